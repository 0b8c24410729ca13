"""Ops that lay elements out anew, and those that pick some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calls import Value, replaced
from ..sizes import Size
from .registry import row

FARTHEST = np.iinfo(np.int64).max


@row("reshape", "view")
def reshape(g: Any, out: Value, x: Value, shape: Any) -> str:
    return g.reshape(x, out.shape)


@row("flatten")
def flatten(g: Any, out: Value, x: Value, start_dim: int, end_dim: int) -> str:
    return g.reshape(x, out.shape)


@row("squeeze")
def squeeze(g: Any, out: Value, x: Value, dim: Any) -> str:
    return g.reshape(x, out.shape)


@row("unsqueeze")
def unsqueeze(g: Any, out: Value, x: Value, dim: int) -> str:
    return g.node("Unsqueeze", x, g.ints(dim))


def turned(g: Any, x: Value, order: list[int]) -> str:
    """``x`` with its dimensions in ``order``; a number has none."""
    return str(g.node("Transpose", x, perm=order) if order else g.node("Identity", x))


@row("permute")
def permute(g: Any, out: Value, x: Value, dims: Sequence[int]) -> str:
    return turned(g, x, [dim % x.ndim for dim in dims])


@row("transpose")
def transpose(g: Any, out: Value, x: Value, dim0: int, dim1: int) -> str:
    order = list(range(x.ndim))
    if order:
        order[dim0], order[dim1] = order[dim1], order[dim0]
    return turned(g, x, order)


@row("t")
def t(g: Any, out: Value, x: Value) -> str:
    return g.node("Transpose", x)


@row("expand")
def expand(g: Any, out: Value, x: Value, shape: Any) -> str:
    return g.node("Expand", x, g.sizes(out.shape))


@row("repeat")
def repeat(g: Any, out: Value, x: Value, sizes: Sequence[Any]) -> str:
    wider = (1,) * (len(sizes) - x.ndim) + tuple(x.shape)
    return g.node("Tile", g.reshape(x, wider) if len(sizes) > x.ndim else x, g.sizes(sizes))


@row("flip")
def flip(g: Any, out: Value, x: Value, dims: Any) -> str:
    dims = dims if isinstance(dims, (tuple, list)) else (dims,)
    if not x.ndim or not dims:
        return g.node("Identity", x)
    steps = [-1] * len(dims)
    return g.node("Slice", x, g.ints(*steps), g.ints(*[-FARTHEST] * len(dims)), g.ints(*dims), g.ints(*steps))


@row("roll")
def roll(g: Any, out: Value, x: Value, shifts: Any, dims: Any) -> str:
    made: Any = x
    shape = list(x.shape)
    shifts, dims = (list(one) if isinstance(one, (tuple, list)) else [one] for one in (shifts, dims))
    if dims == [None] or not dims:
        # One after the other.
        made, shape, dims = g.node("Reshape", x, g.ints(-1)), [x.array.size], [0]
        if any(isinstance(size, Size) for size in x.shape):
            raise g.refuse("rolling all elements of a dynamic size")
    for shift, dim in zip(shifts, dims):
        size = shape[dim]
        cut = -(shift % max(size, 1)) if not isinstance(size, Size) else -shift
        if cut:
            late, early = sliced(g, made, dim, cut, FARTHEST), sliced(g, made, dim, 0, cut)
            made = g.node("Concat", late, early, axis=dim)
    return g.reshape(made, x.shape) if len(shape) != x.ndim else g.name(made)


@row("constant_pad")
def constant_pad(g: Any, out: Value, x: Value, pad: Sequence[Any], value: Any) -> str:
    pairs = [(0, 0)] * (x.ndim - len(pad) // 2) + [tuple(pad[i : i + 2]) for i in range(0, len(pad), 2)][::-1]
    ends = [start for start, _ in pairs] + [end for _, end in pairs]
    if x.dtype == bool:
        padded = g.node("Pad", g.cast(x, bool, np.int32), g.sizes(ends), g.number(bool(value), np.int32))
        return g.cast(padded, np.int32, bool)
    return g.node("Pad", x, g.sizes(ends), g.number(value, x.dtype))


@row("cat")
def cat(g: Any, out: Value, tensors: Sequence[Value], dim: int) -> str:
    # What is empty and has no dimensions of the others is left out, as PyTorch does.
    parts = [one for one in tensors if one.ndim == out.ndim]
    return g.node("Concat", *[g.cast(one, one.dtype, out.dtype) for one in parts], axis=dim)


@row("stack")
def stack(g: Any, out: Value, tensors: Sequence[Value], dim: int) -> str:
    parts = [g.node("Unsqueeze", g.cast(one, one.dtype, out.dtype), g.ints(dim % out.ndim)) for one in tensors]
    return g.node("Concat", *parts, axis=dim)


def triangle(upper: int) -> Any:
    """The row of what keeps one triangle; bools are made integers for it."""

    def add(g: Any, out: Value, x: Value, diagonal: Any) -> str:
        dtype = np.dtype(np.int64) if x.dtype == bool else x.dtype
        made = g.node("Trilu", g.operand(x, dtype), g.number(diagonal, np.int64), upper=upper)
        return g.cast(made, dtype, x.dtype)

    return add


row("tril")(triangle(0))
row("triu")(triangle(1))


@row("gather")
def gather(g: Any, out: Value, x: Value, dim: int, index: Value) -> str:
    return g.node("GatherElements", x, index, axis=dim)


@row("index_select")
def index_select(g: Any, out: Value, x: Value, dim: int, index: Value) -> str:
    return g.node("Gather", x, index, axis=dim)


@row("embedding")
def embedding(g: Any, out: Value, input: Value, weight: Value, padding_idx: int, scale_grad_by_freq: bool) -> str:
    return g.node("Gather", weight, input, axis=0)


@row("diagonal")
def diagonal(g: Any, out: Value, x: Value, offset: int, dim1: int, dim2: int) -> str:
    if any(isinstance(size, Size) for size in (x.shape[dim1], x.shape[dim2])):
        raise g.refuse("the diagonal of a dynamic size")
    rest = [i for i in range(x.ndim) if i not in (dim1 % x.ndim, dim2 % x.ndim)]
    last = g.node("Transpose", x, perm=[*rest, dim1 % x.ndim, dim2 % x.ndim])
    rows, columns = x.shape[dim1], x.shape[dim2]
    places = np.arange(rows * columns).reshape(rows, columns).diagonal(offset)
    flat = g.reshape(last, [*[x.shape[i] for i in rest], rows * columns])
    return g.node("Gather", flat, g.constant(np.ascontiguousarray(places)), axis=len(rest))


@row("getitem")
def getitem(g: Any, out: Value, x: Value, key: Any) -> str:
    parts = parts_of(key, x.ndim)
    arrays = [(i, part) for i, part in enumerate(parts) if is_array(part)]
    made: Any = x
    if any(part.dtype == bool for _, part in arrays):
        raise g.refuse("a mask picks as many elements as it has True; use where() or masked_fill()")
    # First the slices, by dimension of x; then the ints and the new dimensions; at the end the arrays.
    dims = [part for part in parts if part is not None]
    starts, ends, axes, steps = [], [], [], []
    for axis, part in enumerate(dims):
        if isinstance(part, slice) and part != slice(None):
            size = x.array.shape[axis]
            step = 1 if part.step is None else part.step
            starts.append((0 if step > 0 else -1) if part.start is None else part.start)
            ends.append((FARTHEST if step > 0 else -FARTHEST) if part.stop is None else part.stop)
            axes.append(axis)
            steps.append(step)
            if not isinstance(ends[-1], Size) and ends[-1] == size and isinstance(x.shape[axis], Size):
                ends[-1] = x.shape[axis]
    if axes:
        made = g.node("Slice", made, g.sizes(starts), g.sizes(ends), g.ints(*axes), g.ints(*steps))
    picked = 0
    for axis, part in enumerate(dims):
        if not isinstance(part, slice) and not is_array(part):
            made = g.node("Gather", made, g.number(part, np.int64), axis=axis - picked)
            picked += 1
    left = [part for part in parts if part is None or isinstance(part, slice) or is_array(part)]
    new = [i for i, part in enumerate(left) if part is None]
    if new:
        made = g.node("Unsqueeze", made, g.ints(*new))
    where = [i for i, part in enumerate(left) if is_array(part)]
    if len(where) == 1:
        index = next(part for part in left if is_array(part))
        return g.node("Gather", made, g.operand(index, np.int64), axis=where[0])
    if where:
        return several_arrays(g, made, [part for part in left if is_array(part)], where, len(left))
    return g.name(made)


def several_arrays(g: Any, made: Any, arrays: list[Value], where: list[int], ndim: int) -> str:
    """Elements picked by arrays that are broadcast to each other, in place of the dimensions ``where``."""
    if where != list(range(where[0], where[0] + len(where))):
        raise g.refuse("arrays of indices with dimensions between them")
    shape = np.broadcast_shapes(*[array.array.shape for array in arrays])
    rank = len(shape)
    order = [*where, *[i for i in range(ndim) if i not in where]]
    full = [size for array in sorted(arrays, key=lambda a: a.ndim) for size in [array.shape]]
    target = g.sizes(
        [max((s[len(s) - rank + i] for s in full if len(s) >= rank - i), key=example) for i in range(rank)]
    )
    index = [g.node("Unsqueeze", g.node("Expand", g.operand(a, np.int64), target), g.ints(rank)) for a in arrays]
    together = g.node("Concat", *index, axis=rank)
    turned = made if order == list(range(ndim)) else g.node("Transpose", made, perm=order)
    picked = g.node("GatherND", turned, together)
    ahead = where[0]
    if not ahead:
        return picked
    rest = ndim - len(where)
    return g.node(
        "Transpose", picked, perm=[*range(rank, rank + ahead), *range(rank), *range(rank + ahead, rank + rest)]
    )


def example(size: Any) -> float:
    """A size as it was in the first run."""
    return size.example if isinstance(size, Size) else size


def is_array(part: Any) -> bool:
    return isinstance(part, Value)


def parts_of(key: Any, ndim: int) -> list[Any]:
    """``key`` with an entry for each dimension: the dots written out as slices, lists as arrays."""
    parts = list(key) if isinstance(key, tuple) else [key]
    parts = [Value(np.array(part)) if isinstance(part, list) else part for part in parts]
    dims = sum(
        part.ndim if is_array(part) and part.dtype == bool else 1
        for part in parts
        if part is not None and part is not ...
    )
    dots = next((i for i, part in enumerate(parts) if part is ...), len(parts))
    return [*parts[:dots], *[slice(None)] * (ndim - dims), *parts[dots + 1 :]]


def sliced(g: Any, value: Any, axis: int, start: Any, end: Any) -> str:
    """A part of ``value`` along one axis."""
    return g.node("Slice", value, g.sizes([start]), g.sizes([end]), g.ints(axis))


def scattered(g: Any, x: Any, shape: Sequence[int], values: str, key: Any, reduction: str) -> str | None:
    """``x`` with ``values`` at, or combined with what is at, the places of a key of arrays; None for another key.

    The arrays are of integers, and come first: one element, or what is left of the dimensions, for each place.
    """
    parts = parts_of(key, len(shape))
    arrays = [part if is_array(part) else Value(np.asarray(part)) for part in parts if not isinstance(part, slice)]
    rest = parts[len(arrays) :]
    sizes = [size for array in arrays for size in array.shape]
    if (
        not arrays
        or any(part != slice(None) for part in rest)
        or any(array.dtype.kind not in "iu" for array in arrays)
        or any(isinstance(size, Size) for size in (*shape, *sizes))
    ):
        return None
    common = np.broadcast_shapes(*[array.array.shape for array in arrays])
    columns = [
        g.node("Unsqueeze", g.node("Expand", g.operand(array, np.int64), g.ints(*common)), g.ints(-1))
        for array in arrays
    ]
    spread = g.node("Expand", values, g.ints(*common, *shape[len(arrays) :]))
    return str(g.node("ScatterND", x, g.node("Concat", *columns, axis=-1), spread, reduction=reduction))


def at_known_places(g: Any, x: Any, shape: Sequence[Any], values: Any, key: Any, reduction: str) -> str | None:
    """The same where the places are known, whatever the key; None where they aren't."""
    known = replaced(lambda part: part.array if is_array(part) and part.is_constant else part, key)
    if any(isinstance(size, Size) for size in shape) or holds_arrays(known):
        return None
    places = np.arange(int(np.prod(shape))).reshape(shape)[known]
    spread = g.node("Reshape", g.node("Expand", values, g.ints(*np.shape(places))), g.ints(-1))
    flat = g.node("Reshape", x, g.ints(-1))
    made = g.node("ScatterElements", flat, g.constant(np.reshape(places, -1)), spread, reduction=reduction)
    return str(g.reshape(made, shape))


@row("put_at")
def put_at(g: Any, out: Value, x: Value, key: Any, shape: Sequence[int]) -> str:
    zeros = g.constant(np.zeros(shape, out.dtype)) if not any(isinstance(size, Size) for size in shape) else None
    made = zeros and (
        at_known_places(g, zeros, shape, x, key, "add") or scattered(g, zeros, shape, g.name(x), key, "add")
    )
    if not made:
        raise g.refuse("sums at places in a dynamic size, or beside slices")
    return made


@row("combine_at", opset=18)
def combine_at(g: Any, out: Value, x: Value, values: Value, key: Any, reduce: str) -> str:
    kind = {"prod": "mul", "amax": "max", "amin": "min"}[reduce]
    made = scattered(g, x, x.shape, g.name(values), key, kind)
    if made is None:
        raise g.refuse("what is combined at places in a dynamic size, or beside slices")
    return made


@row("place_diagonal")
def place_diagonal(g: Any, out: Value, x: Value, shape: Any, offset: int, dim1: int, dim2: int) -> str:
    dim1, dim2 = dim1 % out.ndim, dim2 % out.ndim
    if any(isinstance(size, Size) for size in (x.shape[-1], *shape)):
        raise g.refuse("a diagonal in a dynamic size")
    down, across = np.arange(shape[dim1])[:, None], np.arange(shape[dim2])
    there = across - down == offset
    spread = g.node("Gather", x, np.where(there, np.minimum(down, across), 0), axis=x.ndim - 1)
    made = g.node("Where", g.constant(there), spread, g.number(0, x.dtype))
    others = iter(range(out.ndim - 2))
    order = [out.ndim - 2 if i == dim1 else out.ndim - 1 if i == dim2 else next(others) for i in range(out.ndim)]
    return g.node("Transpose", made, perm=order)


@row("write_at")
def write_at(g: Any, out: Value, x: Value, values: Any, key: Any) -> str:
    given, values = values, g.operand(values, out.dtype)
    if key is ...:
        return g.node("Expand", values, g.sizes(out.shape))
    made = at_known_places(g, x, x.shape, values, key, "none")
    if made is not None:
        return made
    parts = parts_of(key, x.ndim)
    first = parts[0] if parts else None
    whole = all(part == slice(None) for part in parts[1:])
    dims = getattr(given, "ndim", 0)
    if isinstance(first, Value) and first.dtype == bool and whole and dims <= x.ndim - first.ndim:
        # What is written is the same wherever the mask holds.
        over = g.ints(*range(first.ndim, x.ndim))
        return g.node("Where", g.node("Unsqueeze", first, over) if x.ndim > first.ndim else first, values, x)
    if not any(part is None for part in parts) and any(map(is_array, parts)):
        made = scattered(g, x, x.shape, values, key, "none")
        if made is not None:
            return made
    narrow = [i for i, part in enumerate(parts) if is_array(part) or part != slice(None)]
    if len(narrow) != 1 or any(part is None for part in parts):
        raise g.refuse("a write into a dynamic size, but for one index or slice along one dimension")
    (axis,) = narrow
    part = parts[axis]
    if is_array(part):
        if part.dtype == bool or part.ndim != 1:
            raise g.refuse("a write into a dynamic size where a mask or a matrix says")
        index = g.operand(part, np.int64)
        shape = g.node("Shape", g.node("Gather", x, index, axis=axis))
        column = g.reshape(index, [-1, *[1] * (x.ndim - axis - 1)])
        return g.node("ScatterElements", x, g.node("Expand", column, shape), g.node("Expand", values, shape), axis=axis)
    if isinstance(part, slice):
        if part.step not in (None, 1):
            raise g.refuse("a write into every so many elements of a dynamic size")
        start, end = part.start or 0, FARTHEST if part.stop is None else part.stop
    else:
        start, end = part, FARTHEST if part == -1 else part + 1
    inner = g.node("Shape", sliced(g, x, axis, start, end))
    if not isinstance(part, slice):
        # An index leaves its dimension out.
        values = g.node("Unsqueeze", g.node("Expand", values, without(g, inner, axis, x.ndim)), g.ints(axis))
    else:
        values = g.node("Expand", values, inner)
    pieces = [values]
    if start != 0:
        pieces.insert(0, sliced(g, x, axis, 0, start))
    if not isinstance(end, int) or end != FARTHEST:
        pieces.append(sliced(g, x, axis, end, FARTHEST))
    return g.node("Concat", *pieces, axis=axis)


def without(g: Any, shape: str, axis: int, ndim: int) -> str:
    """A shape without one axis."""
    return g.node("Gather", shape, g.ints(*[i for i in range(ndim) if i != axis]), axis=0)


def holds_arrays(key: Any) -> bool:
    """Whether a key has arrays or sizes in it."""
    parts = key if isinstance(key, tuple) else (key,)
    ends = [end for part in parts for end in ((part.start, part.stop) if isinstance(part, slice) else (part,))]
    return any(isinstance(end, (Value, Size, list)) for end in ends)


@row("cross")
def cross(g: Any, out: Value, x: Value, y: Value, dim: int | None) -> str:
    axis = x.array.shape.index(3) - x.ndim if dim is None else dim if dim < 0 else dim - x.ndim
    (x1, x2), (y1, y2) = (
        [g.node("Gather", g.operand(one, out.dtype), g.ints(*order), axis=axis) for order in ((1, 2, 0), (2, 0, 1))]
        for one in (x, y)
    )
    return g.node("Sub", g.node("Mul", x1, y2), g.node("Mul", x2, y1))


@row("argwhere")
def argwhere(g: Any, out: Value, x: Value) -> str:
    return g.node("Transpose", g.node("NonZero", x), perm=[1, 0])


@row("windows", fits=lambda x, dimension, size, step: x.ndim > 0)
def windows(g: Any, out: Value, x: Value, dimension: int, size: int, step: int) -> str:
    axis = dimension % x.ndim
    if isinstance(x.shape[axis], Size):
        raise g.refuse("windows of fixed places in a dynamic size")
    places = np.arange(out.array.shape[axis])[:, None] * step + np.arange(size)
    made = g.node("Gather", x, places.astype(np.int64), axis=axis)
    return g.node("Transpose", made, perm=[i for i in range(x.ndim + 1) if i != axis + 1] + [axis + 1])


@row("strided", fits=lambda x, size, stride, offset, layout: x.ndim > 0)
def strided(g: Any, out: Value, x: Value, size: Any, stride: Any, offset: int, layout: Any) -> str:
    in_rows = [int(np.prod(x.array.shape[i + 1 :])) for i in range(x.ndim)]
    if any(isinstance(one, Size) for one in (*x.shape, *size, *stride, offset)) or list(layout) != in_rows:
        raise g.refuse("another look at the memory of what isn't in rows, or of a dynamic size")
    places = offset + sum(np.arange(n).reshape(-1, *[1] * (len(size) - i - 1)) * stride[i] for i, n in enumerate(size))
    return g.node("Gather", g.node("Reshape", x, g.ints(-1)), np.asarray(places, np.int64), axis=0)


@row("zero")
def zero(g: Any, out: Value, x: Value) -> str:
    return g.node("Expand", g.number(0, out.dtype), g.node("Shape", x))
