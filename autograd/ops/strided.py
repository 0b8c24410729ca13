"""Windows on memory: any shape, any steps."""

from __future__ import annotations

import numpy as np

from .index import getitem, put_at
from .op import op
from .shape import memory_of, reshape, seen_as


@op(view=True, derivative="∂L/∂x = ∂L/∂out added where it came from", level="internal")
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
