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

    @functools.cached_property
    def stride(self):
        """How far apart the rows begin, if all have the same `FEW` weights, as windows have; 0 if they don't."""
        taps, weight = self.weights.shape[1], self.weights[:1, :1]
        stride = int(self.starts[1]) if len(self) > 1 else taps
        even = (self.starts == stride * np.arange(len(self))).all() and (self.counts == taps).all()
        return stride if even and taps <= FEW and (self.weights == weight).all() else 0

    @functools.cached_property
    def repeats(self):
        """How many rows in turn are an element times the same weight, before zeros at the end; 0 if it isn't so."""
        stride = self.adjoint.stride
        return stride if stride == self.adjoint.weights.shape[1] else 0

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


# How many neighbours are few: more of them fill vectors by themselves.
FEW = 8
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


class Weighing:
    """How arrays of ``shape`` are multiplied by ``bands``, worked out once: small arrays would wait longer for it.

    lead: the dimensions that stay. made: the shape of the result. whole: the weights of a box where each matrix has but
    one row, and that without zeros; shares: the same of the adjoints. Otherwise the passes, in each of which `weigh`
    goes over planes: their shape, that of its result, and what it is told besides.
    """

    def __init__(self, shape, dtype, bands):
        self.lead, sizes = shape[: len(shape) - len(bands)], shape[len(shape) - len(bands) :]
        self.made, planes = (*self.lead, *map(len, bands)), math.prod(self.lead)
        adjoints = [band.adjoint for band in bands]
        self.whole = product(bands, dtype) if all(band.sees_all for band in bands) else None
        self.shares = product(adjoints, dtype) if all(band.sees_all for band in adjoints) else None
        self.passes = []
        *outer, rows, columns = (SAME, *bands) if len(bands) == 1 else bands
        for depth in outer:
            # In front of the last two dimensions, which are one long row to it.
            width, sizes = math.prod(sizes[1:]), sizes[1:]
            parts = *parts_of(depth, dtype), *parts_of(SAME, dtype), False, 0, 0
            self.passes.append(((planes, depth.size, width), (planes, len(depth), width), parts))
            planes *= len(depth)
        parts = *parts_of(rows, dtype), *parts_of(columns, dtype), True, columns.stride, columns.repeats
        self.passes.append(((planes, rows.size, columns.size), (planes, len(rows), len(columns)), parts))


weighing_of = functools.lru_cache(256)(Weighing)


def parts_of(band, dtype):
    """What `weigh` takes of a matrix."""
    return band.starts, band.counts, band.weights_as(dtype)


def product(bands, dtype):
    """The weights of the elements of a box where each matrix has but one row."""
    return functools.reduce(np.multiply.outer, [band.weights_as(dtype)[0] for band in bands])


def weighted(x, bands):
    """``x`` with its last dimensions multiplied by ``bands``, one matrix a dimension."""
    if x.dtype == np.float16:
        # Sums in float16 soon have no digits left for what is added.
        return weighted(x.astype(np.float32), bands).astype(x.dtype)
    way = weighing_of(x.shape, x.dtype, tuple(bands))
    if not x.size or 0 in way.made:
        return np.zeros(way.made, x.dtype)
    if way.whole is not None:
        return (x.reshape(-1, way.whole.size) @ way.whole.ravel()).reshape(way.made)
    if way.shares is not None:
        return np.multiply.outer(x.reshape(way.lead), way.shares)
    for seen, made, parts in way.passes:
        x = weigh_planes(np.ascontiguousarray(x).reshape(seen), made, parts)
    return x.reshape(way.made)


def weigh_planes(x, made, parts):
    """What `weigh` makes of the planes of ``x``, of the shape ``made``."""
    out = np.empty(made, x.dtype)
    divided(len(x), lambda start, stop: weigh(x[start:stop], out[start:stop], *parts), nanoseconds=x.size + out.size)
    return out


def weigh_numpy(x, out, row_starts, row_counts, row_weights, starts, counts, weights, across, stride, repeats):
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
def weigh_down(x, out, starts, counts, weights):
    """Weighted sums of neighbouring rows of ``x``, as far as the rows of ``out`` reach."""
    width = min(x.shape[1], out.shape[1])
    for p in range(starts.size):
        line, start, count = out[p], starts[p], counts[p]
        if count == 0:
            line[:] = 0
        elif count == 1:
            row, weight = x[start], weights[p, 0]
            for z in range(width):
                line[z] = row[z] * weight
        else:
            row, below, weight, more = x[start], x[start + 1], weights[p, 0], weights[p, 1]
            for z in range(width):
                line[z] = row[z] * weight + below[z] * more
            for k in range(2, count):
                row, weight = x[start + k], weights[p, k]
                for z in range(width):
                    line[z] += row[z] * weight


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
def weigh_evenly(line, out, stride, taps, weight):
    """``out[q] = Σₖ line[q·stride + k]·weight``. The strides are written out: only those known make vectors."""
    if stride == taps == 2:
        for q in range(out.size):
            out[q] = line[2 * q] * weight + line[2 * q + 1] * weight
        return
    out[:] = 0
    for k in range(taps):
        seen = line[k:]
        if stride == 1:
            for q in range(out.size):
                out[q] += seen[q] * weight
        elif stride == 2:
            for q in range(out.size):
                out[q] += seen[2 * q] * weight
        else:
            for q in range(out.size):
                out[q] += seen[stride * q] * weight


@helper
def repeat(line, out, repeats, weight):
    """``out[q·repeats + k] = line[q]·weight`` for each k, and zeros at the end."""
    if repeats == 2:
        for q in range(line.size):
            value = line[q] * weight
            out[2 * q] = value
            out[2 * q + 1] = value
    else:
        for q in range(line.size):
            for k in range(repeats):
                out[q * repeats + k] = line[q] * weight
    out[line.size * repeats :] = 0


@helper
def require_band(starts, counts, weights, size, count):
    """Raise `Misfit` unless these are ``count`` weighted sums of neighbours among ``size``."""
    require(starts.size == counts.size == weights.shape[0] == count)
    for i in range(count):
        require(0 <= counts[i] <= weights.shape[1])
        require(counts[i] == 0 or 0 <= starts[i] <= size - counts[i])


@kernel(twin=weigh_numpy)
def weigh(x, out, row_starts, row_counts, row_weights, starts, counts, weights, across, stride, repeats):
    """Sums down the rows, in which neighbours lie side by side, and ``across`` each row, on the fewer rows.

    stride, repeats: of the columns, see `BandedMatrix`. What is even goes across all rows as across one long row, as
    rows alone are too short to fill vectors.
    """
    planes, height, width = x.shape
    many, wide = out.shape[1:]
    taps = weights.shape[1]
    require(out.shape[0] == planes and (across or wide == width))
    require_band(row_starts, row_counts, row_weights, height, many)
    if across:
        require_band(starts, counts, weights, width, wide)
        require(stride >= 0 and (wide - 1) * stride + taps * (stride > 0) <= width)
        require(repeats >= 0 and width * repeats <= wide)
    # The rows of even windows are so long that in the next row they go on at the same distance.
    pitch = wide - 1 + -(-max(taps, stride) // max(stride, 1))
    length = pitch * stride if stride > 0 else width
    flat = np.zeros(many * length + taps, x.dtype)
    downs, sums = flat[: many * length].reshape((many, length)), np.empty((many, pitch), x.dtype)
    lines, one = np.empty((height, wide), x.dtype), weights[0, 0]
    for b in range(planes):
        if not across:
            weigh_down(x[b], out[b], row_starts, row_counts, row_weights)
        elif stride > 0:
            weigh_down(x[b], downs, row_starts, row_counts, row_weights)
            if pitch == wide:
                weigh_evenly(flat, out[b].reshape(-1), stride, taps, one)
            else:
                weigh_evenly(flat, sums.reshape(-1), stride, taps, one)
                for p in range(many):
                    for q in range(wide):
                        out[b, p, q] = sums[p, q]
        elif many < height:
            weigh_down(x[b], downs, row_starts, row_counts, row_weights)
            for p in range(many):
                weigh_across(downs[p], out[b, p], starts, counts, weights)
        else:
            if width * repeats == wide:
                repeat(x[b].reshape(-1), lines.reshape(-1), repeats, one)
            else:
                for y in range(height):
                    if repeats > 0:
                        repeat(x[b, y], lines[y], repeats, one)
                    else:
                        weigh_across(x[b, y], lines[y], starts, counts, weights)
            weigh_down(lines, out[b], row_starts, row_counts, row_weights)
