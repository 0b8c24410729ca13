"""Nodes that lay elements out anew, pick some, or make new ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd
from nn import functional as F

from ...engine.tensor import Tensor, wrap
from ...types.dtypes import canonical
from .elementwise import wrap_of
from .registry import How, axes_of, ints, node


def tensor_of(array: Any) -> Tensor:
    return wrap(canonical(np.asarray(array)), None)


@node("Reshape")
def reshape(how: How, x: Tensor, shape: Tensor | None = None) -> Tensor:
    sizes = list(how.get("shape", ())) if shape is None else ints(shape)
    if not how.get("allowzero"):
        sizes = [x.shape[i] if size == 0 else size for i, size in enumerate(sizes)]
    return x.reshape(sizes)


@node("Flatten")
def flatten(how: How, x: Tensor) -> Tensor:
    axis = how.get("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))


@node("Transpose")
def transpose(how: How, x: Tensor) -> Tensor:
    return x.permute(*how.get("perm", range(x.ndim)[::-1])) if x.ndim else x


@node("Squeeze")
def squeeze(how: How, x: Tensor, axes: Tensor | None = None) -> Tensor:
    found = axes_of(how, axes)
    return x.squeeze() if found is None else x.squeeze(tuple(found))


@node("Unsqueeze")
def unsqueeze(how: How, x: Tensor, axes: Tensor | None = None) -> Tensor:
    found = axes_of(how, axes) or []
    ndim = x.ndim + len(found)
    for axis in sorted(axis % ndim for axis in found):
        x = x.unsqueeze(axis)
    return x


@node("Expand")
def expand(how: How, x: Tensor, shape: Tensor) -> Tensor:
    return x.expand(np.broadcast_shapes(tuple(x.shape), tuple(ints(shape))))


@node("Tile")
def tile(how: How, x: Tensor, repeats: Tensor) -> Tensor:
    return x.repeat(*ints(repeats)) if x.ndim else x


@node("Concat")
def concat(how: How, *xs: Tensor) -> Tensor:
    return autograd.cat(xs, how.get("axis", 1))


@node("Split")
def split(how: How, x: Tensor, sizes: Tensor | None = None) -> Any:
    axis = how.get("axis", 0)
    parts = how.get("split") if sizes is None else ints(sizes)
    if parts is None:
        each = -(-x.shape[axis] // how.outputs)
        parts = [each] * (how.outputs - 1) + [x.shape[axis] - each * (how.outputs - 1)]
    made = x.split(list(parts), axis)
    return made[0] if len(made) == 1 else tuple(made)


@node("Slice")
def slice_(how: How, x: Tensor, *inputs: Tensor | None) -> Tensor:
    given = [None if one is None else ints(one) for one in inputs]
    if not given:
        given = [how.get("starts"), how.get("ends"), how.get("axes")]
    starts, ends, axes, steps = (*given, None, None, None)[:4]
    axes = list(range(len(starts or ()))) if axes is None else axes
    for start, end, axis, step in zip(starts or (), ends or (), axes, steps or [1] * len(axes)):
        size = x.shape[axis]
        first, last, _ = slice(start, None if step < 0 and end < -size else end, step).indices(size)
        if step > 0:
            x = x[(slice(None),) * (axis % x.ndim) + (slice(first, last, step),)]
        else:
            places = list(range(first, last, step))
            x = x.index_select(axis, autograd.tensor(places, dtype=autograd.int64))
    return x


def from_front(index: Tensor, size: int) -> Tensor:
    """Indices, those that count from the end too, from the front."""
    return autograd.where(index < 0, index + size, index).to(autograd.int64)


@node("Gather")
def gather(how: How, x: Tensor, index: Tensor) -> Tensor:
    axis = how.get("axis", 0) % max(x.ndim, 1)
    return x[(slice(None),) * axis + (from_front(index, x.shape[axis]),)]


@node("GatherElements")
def gather_elements(how: How, x: Tensor, index: Tensor) -> Tensor:
    axis = how.get("axis", 0)
    return x.gather(axis, from_front(index, x.shape[axis]))


@node("GatherND")
def gather_nd(how: How, x: Tensor, index: Tensor) -> Tensor:
    if how.get("batch_dims", 0):
        raise NotImplementedError("GatherND with batch_dims")
    return x[tuple(from_front(index[..., i], x.shape[i]) for i in range(index.shape[-1]))]


# What the format calls the ways to combine, and what we do.
REDUCTIONS = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}


@node("ScatterElements", "Scatter")
def scatter_elements(how: How, x: Tensor, index: Tensor, updates: Tensor) -> Tensor:
    axis, index = how.get("axis", 0), from_front(index, x.shape[how.get("axis", 0)])
    if how.get("reduction", "none") == "none":
        return x.scatter(axis, index, updates)
    return x.scatter_reduce(axis, index, updates, REDUCTIONS[how.get("reduction")])


@node("ScatterND")
def scatter_nd(how: How, x: Tensor, index: Tensor, updates: Tensor) -> Tensor:
    key = tuple(from_front(index[..., i], x.shape[i]) for i in range(index.shape[-1]))
    if how.get("reduction", "none") in ("none", "add"):
        return x.index_put(key, updates, accumulate=how.get("reduction", "none") == "add")
    # One after the other the places that are picked are the rows of a matrix.
    rows = x.reshape(math.prod(x.shape[: len(key)]), -1)
    place = autograd.zeros((), dtype=autograd.int64)
    for part, size in zip(key, x.shape):
        place = place * size + part
    places = place.reshape(-1, 1).expand(-1, rows.shape[1])
    made = rows.scatter_reduce(0, places, updates.reshape(places.shape), REDUCTIONS[how.get("reduction")])
    return made.reshape(x.shape)


@node("Shape")
def shape(how: How, x: Tensor) -> Tensor:
    return tensor_of(np.array(x.shape[how.get("start", 0) : how.get("end")], np.int64))


@node("Size")
def size(how: How, x: Tensor) -> Tensor:
    return tensor_of(np.array(x.numel(), np.int64))


@node("Pad")
def pad(
    how: How, x: Tensor, pads: Tensor | None = None, value: Tensor | None = None, axes: Tensor | None = None
) -> Tensor:
    ends = list(how.get("pads", ())) if pads is None else ints(pads)
    along = list(range(x.ndim)) if axes is None else [axis % x.ndim for axis in ints(axes)]
    pairs = [(0, 0)] * x.ndim
    for axis, start, end in zip(along, ends, ends[len(along) :]):
        pairs[axis] = (start, end)
    mode = how.get("mode", "constant")
    fill = how.get("value", 0.0) if value is None else value.item()
    flat = [end for pair in reversed(pairs) for end in pair]
    if mode == "constant":
        return F.pad(x, flat, value=fill)
    while len(flat) > 2 and flat[-2:] == [0, 0]:
        flat = flat[:-2]
    names = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    # Padding other than by a constant wants a batch and channels.
    lead = max(0, len(flat) // 2 + 2 - x.ndim)
    return F.pad(x[(None,) * lead], flat, mode=names[mode])[(0,) * lead]


@node("Trilu")
def trilu(how: How, x: Tensor, diagonal: Tensor | None = None) -> Tensor:
    k = 0 if diagonal is None else int(diagonal.item())
    return autograd.triu(x, k) if how.get("upper", 1) else autograd.tril(x, k)


@node("ConstantOfShape")
def constant_of_shape(how: How, shape: Tensor) -> Tensor:
    value = how.get("value")
    fill = np.zeros(1, np.float32) if value is None else value
    return tensor_of(fill.reshape(())).expand(tuple(ints(shape)))


@node("Constant")
def constant(how: How) -> Tensor:
    for name, dtype in (("value_int", np.int64), ("value_ints", np.int64), ("value_float", np.float32)):
        if name in how.attributes:
            return tensor_of(np.array(how.attributes[name], dtype))
    if "value_floats" in how.attributes:
        return tensor_of(np.array(how.attributes["value_floats"], np.float32))
    if "value" not in how.attributes:
        raise NotImplementedError(f"a Constant of {', '.join(how.attributes) or 'nothing'}")
    return tensor_of(how.attributes["value"])


@node("Range")
def range_(how: How, start: Tensor, limit: Tensor, delta: Tensor) -> Tensor:
    return autograd.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)


@node("OneHot")
def one_hot(how: How, index: Tensor, depth: Tensor, values: Tensor) -> Tensor:
    count = int(depth.item())
    hot = F.one_hot(from_front(index, count), count).to(autograd.bool)
    return autograd.where(hot, values[1], values[0]).movedim(-1, how.get("axis", -1))


@node("DepthToSpace")
def depth_to_space(how: How, x: Tensor) -> Tensor:
    block = how.attributes["blocksize"]
    if how.get("mode", "DCR") == "CRD":
        return F.pixel_shuffle(x, block)
    n, c, h, w = x.shape
    parts = x.reshape(n, block, block, c // block**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return parts.reshape(n, c // block**2, h * block, w * block)


@node("SpaceToDepth")
def space_to_depth(how: How, x: Tensor) -> Tensor:
    block = how.attributes["blocksize"]
    n, c, h, w = x.shape
    parts = x.reshape(n, c, h // block, block, w // block, block).permute(0, 3, 5, 1, 2, 4)
    return parts.reshape(n, c * block**2, h // block, w // block)


@node("NonZero")
def nonzero(how: How, x: Tensor) -> Tensor:
    return x.nonzero().t()


@node("Compress")
def compress(how: How, x: Tensor, condition: Tensor) -> Tensor:
    axis = how.get("axis")
    x, axis = (x.reshape(-1), 0) if axis is None else (x, axis)
    return x.index_select(axis, condition.nonzero()[:, 0])


@node("EyeLike")
def eye_like(how: How, x: Tensor) -> Tensor:
    rows, columns = (autograd.arange(size) for size in x.shape)
    made = rows.unsqueeze(1) + how.get("k", 0) == columns
    return wrap_of(made, how.attributes["dtype"]) if "dtype" in how.attributes else made.to(x.dtype)


@node("ReverseSequence")
def reverse_sequence(how: How, x: Tensor, lengths: Tensor) -> Tensor:
    batch, time = how.get("batch_axis", 1), how.get("time_axis", 0)
    places, ends = autograd.arange(x.shape[time]), lengths.unsqueeze(1)
    order = autograd.where(places < ends, ends - 1 - places, places)
    order = (order if batch < time else order.t()).reshape(*x.shape[:2], *[1] * (x.ndim - 2))
    return x.gather(time, order.broadcast_to(x.shape))


@node("Unique")
def unique(how: How, x: Tensor) -> Any:
    axis = how.get("axis")
    x, axis = (x.reshape(-1), 0) if axis is None else (x, axis)
    _, first, inverse, counts = np.unique(x.numpy(), True, True, True, axis)
    if not how.get("sorted", 1):
        order = np.argsort(first)
        first, inverse, counts = first[order], np.argsort(order)[inverse], counts[order]
    made = [tensor_of(one.reshape(-1).astype(np.int64)) for one in (first, inverse, counts)]
    return (x.index_select(axis, made[0]), *made)[: how.outputs]


@node("HannWindow", "HammingWindow", "BlackmanWindow")
def window(how: How, size: Tensor) -> Tensor:
    # The sums of cosines that the format writes down.
    weights = {"HannWindow": (0.5, 0.5), "HammingWindow": (25 / 46, 21 / 46), "BlackmanWindow": (0.42, 0.5, 0.08)}
    count = int(size.item())
    turn = 2 * np.pi * np.arange(count) / max(count - (not how.get("periodic", 1)), 1)
    made = sum((-1) ** i * weight * np.cos(i * turn) for i, weight in enumerate(weights[how.kind]))
    return wrap_of(tensor_of(made), how.get("output_datatype", 1))
