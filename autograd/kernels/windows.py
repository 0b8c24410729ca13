"""Where the windows of a pooling lie along one dimension, and the weighted sums that averages and interpolations are.

A pooling of any number of dimensions has one of these for each; a box is the product of its sides.
"""

from __future__ import annotations

import functools

import numpy as np


class Windows:
    """Windows along a dimension of ``size``: the i-th sees ``first[i]``, ``first[i] + dilation``, ... ``last[i]``.

    Those that see padding only, whose last would be before their first, are marked in ``empty``, which is None without
    any. At even distances the i-th begins at ``i·stride - padding`` and has ``taps`` places; otherwise stride is 0.
    """

    def __init__(self, size, first, last, dilation=1, stride=0, padding=0, taps=0):
        self.stride, self.padding, self.taps = stride, padding, taps
        nothing = last < first
        self.empty = nothing if nothing.any() else None
        self.size, self.dilation = size, dilation
        self.first, self.last = np.where(nothing, 0, first), np.where(nothing, 0, last)

    def __len__(self):
        return len(self.first)

    def __repr__(self):
        return f"<{len(self)} windows over {self.size}>"


def out_size(size, kernel_size, stride, padding, dilation, ceil_mode):
    """How many windows fit along one dimension; with ``ceil_mode``, a last one may hang over, but must start inside."""
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    places = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (places - 1) * stride >= size + padding:
        places -= 1
    return places


@functools.lru_cache(256)
def sliding(size, kernel_size, stride, padding, dilation, ceil_mode):
    """Windows of one size at even distances."""
    first = np.arange(out_size(size, kernel_size, stride, padding, dilation, ceil_mode)) * stride - padding
    last = first + (kernel_size - 1) * dilation
    first = np.where(first < 0, first % dilation, first)
    last = np.where(last >= size, last - ((last - size) // dilation + 1) * dilation, last)
    return Windows(size, first, last, dilation, stride, padding, kernel_size)


@functools.lru_cache(256)
def adaptive(size, count):
    """``count`` windows that cover a dimension, as alike as they can be."""
    i = np.arange(count)
    return Windows(size, i * size // count, -(-(i + 1) * size // count) - 1)


class Bands:
    """A matrix whose rows are zero but for a few neighbours: ``out[i] = Σₖ weights[i, k]·x[starts[i] + k]``.

    Row i has ``counts[i]`` of them; neither starts nor ends ever decrease from a row to the next.
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
        made = Bands(len(self), np.minimum(starts, max(len(self) - 1, 0)), counts, weights)
        made.adjoint = self
        return made


def evenly(size, starts, ends, weight):
    """Equal weights, one number a row or one for all, on ``starts`` to ``ends``."""
    taps = np.arange(max((ends - starts).max(initial=1), 1))
    weights = np.where(taps < (ends - starts)[:, None], np.reshape(weight, (-1, 1)), 0.0)
    return Bands(size, starts, ends - starts, weights)


@functools.lru_cache(256)
def averages(size, kernel_size, stride, padding, ceil_mode, count_include_pad, divide):
    """The means of sliding windows along one dimension, or their sums unless ``divide``."""
    start = np.arange(out_size(size, kernel_size, stride, padding, 1, ceil_mode)) * stride - padding
    end = np.minimum(start + kernel_size, size + padding)
    starts, ends = np.clip(start, 0, size), np.clip(end, 0, size)
    count = end - start if count_include_pad else ends - starts
    return evenly(size, starts, ends, 1 / np.maximum(count, 1) if divide else 1.0)


@functools.lru_cache(256)
def adaptive_averages(size, count):
    """The means of `adaptive` windows."""
    windows = adaptive(size, count)
    return evenly(size, windows.first, windows.last + 1, 1 / (windows.last - windows.first + 1))


def from_taps(size, taps, weights):
    """Bands of any taps (rows, k) with their weights; those outside count for the elements on the border."""
    taps = np.clip(taps, 0, size - 1)
    starts, ends = taps.min(axis=1, initial=size - 1), taps.max(axis=1, initial=0) + 1
    dense = np.zeros((len(taps), max((ends - starts).max(initial=1), 1)))
    np.add.at(dense, (np.arange(len(taps))[:, None], taps - starts[:, None]), weights)
    return Bands(size, starts, ends - starts, dense)


def source_scale(size, count, align_corners, scale_factor):
    """How far apart the places are that two neighbouring elements of the result are read at."""
    if align_corners:
        return (size - 1) / (count - 1) if count > 1 else 0.0
    return 1 / scale_factor if scale_factor else size / count


@functools.lru_cache(256)
def interpolating(size, count, mode, align_corners, scale_factor, antialias):
    """The weights with which ``count`` elements are read between ``size``; mode: nearest, nearest-exact, linear, cubic.

    scale_factor: what the size was multiplied by, where the result shall be spaced by that and not by the sizes.
    """
    i = np.arange(count)
    if mode.startswith("nearest"):
        # In float32, as PyTorch computes it: for some scales that is another neighbour.
        scale = np.float32(source_scale(size, count, False, scale_factor))
        at = (i + np.float32(0.5 if mode == "nearest-exact" else 0.0)).astype(np.float32) * scale
        tap = np.minimum(np.floor(at).astype(np.int64), size - 1)
        return from_taps(size, tap[:, None], np.ones((count, 1)))
    scale = source_scale(size, count, align_corners, scale_factor)
    if antialias:
        return smoothing(size, i, mode, align_corners, scale)
    at = i * scale if align_corners else (i + 0.5) * scale - 0.5
    if mode == "linear":
        at = np.maximum(at, 0)
    base = np.floor(at)
    offsets = np.arange(2) if mode == "linear" else np.arange(-1, 3)
    taps = base[:, None] + offsets
    curve = triangle if mode == "linear" else cubic(-0.75)
    return from_taps(size, taps.astype(np.int64), curve(at[:, None] - taps))


def smoothing(size, i, mode, align_corners, scale):
    """As `interpolating`, with a curve as wide as the distance of the places, so that nothing between is skipped."""
    wide = max(scale, 1.0)
    reach = (1 if mode == "linear" else 2) * wide
    center = i * scale + 0.5 if align_corners else (i + 0.5) * scale
    first = np.maximum((center - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((center + reach + 0.5).astype(np.int64), size) - 1
    taps = first[:, None] + np.arange(max((last - first + 1).max(initial=1), 1))
    curve = triangle if mode == "linear" else cubic(-0.5)
    weights = np.where(taps <= last[:, None], curve((taps + 0.5 - center[:, None]) / wide), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    return from_taps(size, np.minimum(taps, last[:, None]), weights / np.where(total == 0, 1, total))


def triangle(x):
    """Linear interpolation: 1 at 0, 0 from 1 on."""
    return np.maximum(1 - np.abs(x), 0)


def cubic(a):
    """Keys' cubic with the slope ``a`` at 1 (1981)."""

    def curve(x):
        x = np.abs(x)
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = (((x - 5) * x + 8) * x - 4) * a
        return np.where(x < 1, near, np.where(x < 2, far, 0))

    return curve
