"""Weighted sums of neighbours along dimensions of an array, which is what averages and interpolation are.

Along one dimension that is a product with a banded matrix, one whose rows are zero but for a few neighbours. It is
linear, so its adjoint is the same with the transposed matrix.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require
from .compiling.threads import divided


class BandedMatrix:
    """The matrix of ``out[i] = Σₖ weights[i, k]·x[starts[i] + k]``, the rest of whose rows is zero.

    Row i has ``counts[i]`` weights; neither starts nor ends ever decrease from a row to the next.
    """

    def __init__(self, size, starts, counts, weights):
        self.size, self.starts, self.counts, self.weights = size, starts, counts, weights
        self._cast = {}

    def __len__(self):
        return len(self.starts)

    def __repr__(self):
        return f"<{len(self)} weighted sums of {self.weights.shape[1]} of {self.size}>"

    @functools.cached_property
    def sees_all(self):
        """Whether it is one row, and that without zeros: a mean of everything, such as ends many networks."""
        return len(self) == 1 and self.counts[0] == self.size

    def weights_as(self, dtype):
        """The weights in ``dtype``."""
        if dtype not in self._cast:
            self._cast[dtype] = self.weights.astype(dtype)
        return self._cast[dtype]

    @functools.cached_property
    def adjoint(self):
        """The transposed matrix."""
        column = np.arange(self.size)
        starts = np.searchsorted(self.starts + self.counts, column, side="right")
        counts = np.maximum(np.searchsorted(self.starts, column, side="right") - starts, 0)
        weights = np.zeros((self.size, max(counts.max(initial=0), 1)))
        for k in range(weights.shape[1]):
            (there,) = np.nonzero(k < counts)
            row = starts[there] + k
            weights[there, k] = self.weights[row, there - self.starts[row]]
        made = BandedMatrix(len(self), np.minimum(starts, max(len(self) - 1, 0)), counts, weights)
        made.adjoint = self
        return made


# A dimension of one element left as it is.
SAME = BandedMatrix(1, np.zeros(1, np.int64), np.ones(1, np.int64), np.ones((1, 1)))


def evenly(size, starts, ends, weight):
    """Equal weights, one number a row or one for all, on ``starts`` to ``ends``."""
    taps = np.arange(max((ends - starts).max(initial=1), 1))
    weights = np.where(taps < (ends - starts)[:, None], np.reshape(weight, (-1, 1)), 0.0)
    return BandedMatrix(size, starts, ends - starts, weights)


def from_taps(size, taps, weights):
    """Bands of any taps (rows, k) with their weights; those outside count for the elements on the border."""
    taps = np.clip(taps, 0, size - 1)
    starts, ends = taps.min(axis=1, initial=size - 1), taps.max(axis=1, initial=0) + 1
    dense = np.zeros((len(taps), max((ends - starts).max(initial=1), 1)))
    np.add.at(dense, (np.arange(len(taps))[:, None], taps - starts[:, None]), weights)
    return BandedMatrix(size, starts, ends - starts, dense)


def weighted(x, bands):
    """``x`` with its last dimensions multiplied by ``bands``, one matrix a dimension."""
    if x.dtype == np.float16:
        # Sums in float16 soon have no digits left for what is added.
        return weighted(x.astype(np.float32), bands).astype(x.dtype)
    lead, sizes = x.shape[: x.ndim - len(bands)], x.shape[x.ndim - len(bands) :]
    planes = math.prod(lead)
    if x.size and all(band.sees_all for band in bands):
        return (x.reshape(planes, -1) @ product(bands, x.dtype).ravel()).reshape(*lead, *map(len, bands))
    if x.size and all(band.adjoint.sees_all for band in bands):
        return np.multiply.outer(x.reshape(lead), product([band.adjoint for band in bands], x.dtype))
    *outer, rows, columns = (SAME, *bands) if len(bands) == 1 else bands
    for depth in outer:
        # In front of the last two dimensions, which are one long row to it.
        made = np.empty((planes, len(depth), math.prod(sizes[1:])), x.dtype)
        weigh_planes(x.reshape(planes, depth.size, -1) if x.size else x, made, depth, None)
        planes, x = planes * len(depth), made
    out = np.empty((*lead, *map(len, bands)), x.dtype)
    if x.size:
        weigh_planes(
            x.reshape(planes, rows.size, columns.size), out.reshape(planes, len(rows), len(columns)), rows, columns
        )
    else:
        out[:] = 0
    return out


def product(bands, dtype):
    """The weights of the elements of a box where each matrix has but one row."""
    return functools.reduce(np.multiply.outer, [band.weights_as(dtype)[0] for band in bands])


def weigh_planes(x, out, rows, columns):
    """Fill ``out`` with ``rows @ x @ columnsᵀ`` for each plane; ``columns`` None is for the identity."""
    if not (x.size and out.size):
        return
    x, across = np.ascontiguousarray(x), columns is not None
    parts = [part for side in (rows, columns or SAME) for part in (side.starts, side.counts, side.weights_as(x.dtype))]
    divided(
        len(x), lambda start, stop: weigh(x[start:stop], out[start:stop], *parts, across), nanoseconds=x.size + out.size
    )


def weigh_numpy(x, out, row_starts, row_counts, row_weights, starts, counts, weights, across):
    down = along(x, 1, row_starts, row_counts, row_weights)
    out[:] = along(down, 2, starts, counts, weights) if across else down


def along(x, axis, starts, counts, weights):
    """The sums along one axis."""
    column = (slice(None),) + (None,) * (2 - axis)
    total = 0
    for k in range(weights.shape[1]):
        seen = np.take(x, np.minimum(starts + k, x.shape[axis] - 1), axis)
        total = total + np.where((k < counts)[column], seen * weights[:, k][column], x.dtype.type(0))
    return total


@helper
def weigh_down(x, line, starts, counts, weights, p):
    """``line`` = the weighted sum of neighbouring rows of ``x`` that makes row p."""
    start = starts[p]
    for k in range(counts[p]):
        row, weight = x[start + k], weights[p, k]
        if k == 0:
            for z in range(line.size):
                line[z] = row[z] * weight
        else:
            for z in range(line.size):
                line[z] += row[z] * weight
    if counts[p] == 0:
        line[:] = 0


@helper
def weigh_across(line, out, starts, counts, weights):
    """``out`` = weighted sums of neighbours in ``line``."""
    for q in range(out.size):
        total = out.dtype.type(0)
        start = starts[q]
        for k in range(counts[q]):
            total += line[start + k] * weights[q, k]
        out[q] = total


@helper
def require_band(starts, counts, weights, size, count):
    """Raise `Misfit` unless these are ``count`` weighted sums of neighbours among ``size``."""
    require(starts.size == counts.size == weights.shape[0] == count)
    for i in range(count):
        require(0 <= counts[i] <= weights.shape[1])
        require(counts[i] == 0 or 0 <= starts[i] <= size - counts[i])


@kernel(twin=weigh_numpy)
def weigh(x, out, row_starts, row_counts, row_weights, starts, counts, weights, across):
    """Sums down the rows, in which neighbours lie side by side, and ``across`` each row, on the fewer rows."""
    planes, height, width = x.shape
    many, wide = out.shape[1:]
    require(out.shape[0] == planes and (across or wide == width))
    require_band(row_starts, row_counts, row_weights, height, many)
    if across:
        require_band(starts, counts, weights, width, wide)
    line, lines = np.empty(width, x.dtype), np.empty((height, wide), x.dtype)
    for b in range(planes):
        if not across:
            for p in range(many):
                weigh_down(x[b], out[b, p], row_starts, row_counts, row_weights, p)
        elif many < height:
            for p in range(many):
                weigh_down(x[b], line, row_starts, row_counts, row_weights, p)
                weigh_across(line, out[b, p], starts, counts, weights)
        else:
            for y in range(height):
                weigh_across(x[b, y], lines[y], starts, counts, weights)
            for p in range(many):
                weigh_down(lines, out[b, p], row_starts, row_counts, row_weights, p)
