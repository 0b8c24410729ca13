"""Arrays that begin with a cache line: a vector that straddles two lines takes twice as long to load."""

from __future__ import annotations

import math

import numpy as np

LINE = 64


def aligned(dtype, *shapes):
    """An uninitialised array of each shape, in one piece of memory."""
    itemsize = np.dtype(dtype).itemsize
    sizes = [math.prod(shape) * itemsize for shape in shapes]
    memory = np.empty(sum(sizes) + LINE * len(shapes), np.uint8)
    start = -address(memory) % LINE
    made = []
    for shape, size in zip(shapes, sizes):
        made.append(memory[start : start + size].view(dtype).reshape(shape))
        start += size + -size % LINE
    return made


def address(x):
    """Where the memory of ``x`` begins."""
    return x.__array_interface__["data"][0]


def by_rows(x):
    """``x`` itself if its elements lie row by row from the beginning of a cache line on, or a copy that does."""
    if x.flags.c_contiguous and not address(x) % LINE:
        return x
    (made,) = aligned(x.dtype, x.shape)
    made[...] = x
    return made
