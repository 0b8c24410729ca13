"""Sums that lose nothing to rounding, however many numbers are added.

A sum that runs on grows until what joins it is rounded away: float32 ones add up to 2²⁴ and stay there. NumPy splits
what lies side by side in memory into blocks, but adds up rows one after the other. `total` splits the rows, too.
Numbers of float16 are added in float32, and rounded once at the end.
"""

from __future__ import annotations

import math

import numpy as np

from ..kernels import row_sums
from ..kernels.compiling.memory import flat

# How many numbers NumPy may add one after the other, and how many are in a block.
ROWS, BLOCK = 128, 64
# About how many numbers of a row are added at once: NumPy is fast on long rows, and so many stay in the cache.
WIDTH = 4096
# How long rows may be, and how many there must be, where NumPy takes longer to begin with each than BLAS takes for a
# product with ones. That adds up in several lanes, so that none gets much more than `ROWS`.
SHORT, MANY = 8 * ROWS, 256


def total(x, over, keepdims=False):
    """The sum over the axes ``over``, which are counted from the front; of integers and bools in int64."""
    if x.dtype.char not in "fd":
        if x.dtype.kind == "f":
            return in_float32(total, x, over, keepdims)
        return np.add.reduce(x, over, np.int64, None, keepdims)
    if x.size >= MANY and is_of_short_rows(x, over):
        kept = x.shape[: x.ndim - len(over)]
        length = math.prod(x.shape[len(kept) :])
        sums = x.reshape(-1, length) @ np.ones(length, x.dtype)
        return sums.reshape(kept + (1,) * len(over) if keepdims else kept)
    if x.size <= ROWS or (len(over) == 1 and x.shape[over[0]] <= ROWS) or not runs_on(x, over):
        return np.add.reduce(x, over, None, None, keepdims)
    out = x
    for axis in sorted(over, key=lambda axis: x.shape[axis], reverse=True):
        out = sum_of_blocks(out, axis)
    return out if keepdims else out.squeeze(over)


def in_float32(function, *args):
    """``function`` of arrays and numbers of float16 and of others, computed in float32 and rounded to float16."""
    half = lambda x: isinstance(x, (np.ndarray, np.generic)) and x.dtype.char == "e"
    wide = [x.astype(np.float32) if half(x) else x for x in args]
    return function(*wide).astype(np.float16)


def is_of_short_rows(x, over):
    """Whether what is summed are many short rows, each of which lies side by side."""
    kept = x.ndim - len(over)
    rows = math.prod(x.shape[:kept])
    return min(over, default=-1) >= kept and rows >= MANY and x.size <= SHORT * rows and x.flags.c_contiguous


def runs_on(x, over):
    """Whether NumPy would add more than a few numbers one after the other, and not only what lies side by side."""
    rows = 1
    for axis in over:
        rows *= x.shape[axis]
    if rows <= ROWS:
        return False
    if not x.flags.c_contiguous:
        return True
    last = x.ndim - 1
    while last in over:
        rows //= x.shape[last]
        last -= 1
    return rows > ROWS


def is_innermost(x, axis):
    """Whether no other axis has elements that are closer together, so that NumPy sums along this one, in blocks."""
    step = abs(x.strides[axis])
    return 0 < step <= min(abs(stride) for stride, size in zip(x.strides, x.shape) if size > 1)


def sum_of_blocks(x, axis):
    """The sum along one axis, which stays with one element: of blocks, and of the sums of those."""
    count = x.shape[axis]
    if count <= BLOCK or is_innermost(x, axis):
        return np.add.reduce(x, axis, keepdims=True)
    # A block is of rows that lie some way apart, so that their neighbours are summed with them, each for itself.
    wide = min(count // BLOCK, max(1, WIDTH * x.itemsize // max(abs(x.strides[axis]), 1)))
    blocks = count // (BLOCK * wide)
    whole = blocks * BLOCK * wide
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    first, rest = (x, None) if whole == count else np.split(x, [whole], axis)
    sums = np.add.reduce(first.reshape(*before, blocks, BLOCK, wide, *after), axis + 1)
    out = sum_of_blocks(sums.reshape(*before, blocks * wide, *after), axis)
    return out if rest is None else out + sum_of_blocks(rest, axis)


def added_at(x, key, shape):
    """Zeros of ``shape`` with ``x`` added at ``key``, which may name a place many times."""
    if x.dtype.char == "e":
        return in_float32(added_at, x, key, shape)
    if x.dtype.char == "f" and x.size > ROWS:
        parts = key if isinstance(key, tuple) else (key,)
        if not all(isinstance(part, int) or np.asarray(part).dtype.kind == "i" for part in parts):
            return added_at(x.astype(np.float64), key, shape).astype(x.dtype)
        if np.broadcast(*parts).size > ROWS:
            return added_at_numbers(x, np.broadcast_arrays(*parts), shape)
    out = np.zeros(shape, x.dtype)
    np.add.at(out, key, x)
    return out


def added_at_numbers(x, key, shape):
    """`added_at` for arrays of ints, which number the rows, or the elements, of the first dimensions."""
    lead, count = shape[: len(key)], math.prod(shape[: len(key)])
    rows = np.ravel_multi_index(key, lead, mode="wrap").reshape(-1)
    # NumPy counts in float64, and has to begin with a zero for each element.
    if len(lead) == len(shape) and count < 16 * x.size:
        return np.bincount(rows, x.reshape(-1), count).astype(x.dtype).reshape(shape)
    return sums_of_rows(x.reshape(rows.size, -1), rows, count).reshape(shape)


def sums_of_rows(x, index, count):
    """A matrix of ``count`` rows: number i is the sum of those rows of ``x`` whose ``index``, of a vector, is i."""
    if x.dtype.char == "e":
        return in_float32(sums_of_rows, x, index, count)
    out = np.zeros((count, *x.shape[1:]), x.dtype)
    if x.size:
        row_sums.sums_of_rows(flat(x).reshape(x.shape), np.require(index, np.int64, "CW"), out)
    return out
