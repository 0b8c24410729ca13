"""Windows on memory: any shape, any steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import axis_of
from .index import getitem, put_at
from .op import op
from .shape import along, reshape


@op(view=True, derivative="∂L/∂x = sum of ∂L/∂out over the windows", level="internal", backward="UnfoldBackward0")
def windows(x, dimension, size, step):
    """Windows of ``size`` elements along ``dimension``, ``step`` apart, as a new last dimension."""
    if not x.ndim:
        window_count((1,), dimension, size, step)
        return np.reshape(x, 1)[:size]
    axis, count = window_count(x.shape, dimension, size, step)
    return seen_as(
        x,
        (*x.shape[:axis], count, *x.shape[axis + 1 :], size),
        (*x.strides[:axis], x.strides[axis] * step, *x.strides[axis + 1 :], x.strides[axis]),
    )


def seen_as(x: Any, size: Any, strides: Any, offset: int = 0) -> Any:
    """The memory of ``x`` from ``offset`` bytes after its start in other sizes and strides. RuntimeError outside of it.

    Unlike one of NumPy's as_strided, what it returns still knows whose memory it is.
    """
    memory, start = memory_of(x)
    if not memory.flags.forc:
        return np.lib.stride_tricks.as_strided(x, size, strides)
    try:
        buffer = memory if memory.flags.c_contiguous else memory.T
        out = np.ndarray(size, x.dtype, buffer, start + offset, strides)
    except (TypeError, ValueError):
        raise RuntimeError(
            f"sizes {list(size)} and strides {list(strides)} from byte {start + offset} on are out of bounds for "
            f"memory of {memory.nbytes} bytes"
        ) from None
    out.flags.writeable = x.flags.writeable
    return out


def memory_of(x: Any) -> tuple[Any, int]:
    """The array that owns the memory of ``x``, and at which of its bytes ``x`` starts."""
    owner = x
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner, x.ctypes.data - owner.ctypes.data


windows.linear(lambda g, out, x, dimension, size, step: add_windows(g, x.shape, dimension, size, step))


@op(derivative="∂L/∂x = windows(∂L/∂out, dimension, size, step)", level="internal")
def add_windows(x, shape, dimension, size, step):
    """`windows` added up where they came from: its adjoint. Many may overlap: floats are added in float64."""
    out = np.zeros(shape, np.float64 if x.dtype.kind == "f" else x.dtype)
    whole, parts = (out, x) if shape else (np.reshape(out, 1), x[None])
    axis, count = window_count(whole.shape, dimension, size, step)
    for i in range(size):
        whole[along(axis, slice(i, i + count * step, step))] += parts[..., i]
    return out.astype(x.dtype, copy=False)


add_windows.linear(lambda g, out, x, shape, dimension, size, step: windows(g, dimension, size, step))


def window_count(shape, dimension, size, step):
    """The axis that `windows` cuts, and into how many windows."""
    axis = axis_of(dimension, len(shape))
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > shape[axis]:
        raise RuntimeError(f"maximum size for tensor at dimension {axis} is {shape[axis]} but size is {size}")
    if step < 1:
        raise RuntimeError(f"step is {step} but must be > 0")
    return axis, (shape[axis] - size) // step + 1


@op(view=True, derivative="∂L/∂x = ∂L/∂out added where it came from", level="internal", backward="AsStridedBackward0")
def strided(x, size, stride, offset, layout):
    """The memory of ``x`` in steps of ``stride`` elements from ``offset``, relative to its first element.

    layout: the strides of ``x`` when this was called; where it is laid out otherwise now, what would have been there.
    """
    if layout == element_strides(x) and memory_of(x)[0].flags.forc:
        return seen_as(x, size, tuple(step * x.itemsize for step in stride), offset * x.itemsize)
    inside, places = elements(x.shape, size, stride, offset, layout)
    return np.append(x, 0).astype(x.dtype)[np.where(inside, places, -1)].reshape(size)


strided.linear(lambda g, out, x, size, stride, offset, layout: unstrided(g, x.shape, size, stride, offset, layout))


def unstrided(g, shape, size, stride, offset, layout):
    """``g`` added up in what has ``shape``, where `strided` took it from: its adjoint."""
    inside, places = elements(shape, size, stride, offset, layout)
    count = int(np.prod(shape))
    return reshape(put_at(getitem(reshape(g, (-1,)), inside), places[inside], (count,)), shape)


def elements(shape, size, stride, offset, layout):
    """For each element of the result, row by row: whether it is one of ``x``, and its place there, row by row."""
    own = positions(shape, layout)
    order = np.argsort(own, kind="stable")
    wanted = positions(size, stride) + offset
    found = np.searchsorted(own[order], wanted)
    places = np.append(order, 0)[np.minimum(found, len(own))]
    inside = np.append(own, 0)[places] == wanted if len(own) else np.zeros(wanted.shape, bool)
    return inside, places


def positions(shape, strides):
    """Where in memory each element is, row by row, relative to the first."""
    grid = np.ogrid[tuple(map(slice, shape))]
    return np.broadcast_to(sum(i * step for i, step in zip(grid, strides)), shape).reshape(-1)


def element_strides(x):
    """The strides of ``x``, in elements."""
    return tuple(step // x.itemsize for step in x.strides)
