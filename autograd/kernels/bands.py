"""Weighted sums of neighbours along dimensions of an array: what averages, and interpolation, are. Linear, so their
adjoint is the same with the transposed weights."""

from __future__ import annotations

import functools
import math

import numpy as np

from .jit import helper, kernel
from .threads import divided
from .windows import Bands

# A dimension of one element left as it is.
SAME = Bands(1, np.zeros(1, np.int64), np.ones(1, np.int64), np.ones((1, 1)))


def weighted(x, bands):
    """``x`` with its last dimensions multiplied by ``bands``, one matrix a dimension."""
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


@kernel(twin=weigh_numpy)
def weigh(x, out, row_starts, row_counts, row_weights, starts, counts, weights, across):
    """Sums down the rows, in which neighbours lie side by side, and ``across`` each row, on the fewer rows."""
    planes, height, width = x.shape
    many, wide = out.shape[1:]
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
