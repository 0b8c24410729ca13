"""Normalization of channels that are short in each image: all of them side by side, as the columns of one matrix."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.require import require
from .blocks import FEW, is_far, move, require_rows
from .segments import normalize_segments_backward_numpy, normalize_segments_numpy

# So many columns at a time have all that is known of them in the fastest cache.
WIDE = 1024


def normalize_columns_numpy(x, out, weight, bias, moments, eps, given, start, stop):
    normalize_segments_numpy(x, out, weight, bias, moments, eps, True, given, start, stop)


@helper
def add_columns(x, first, shift, total, squared):
    """Add to ``total`` the columns of ``x`` from ``first`` on minus ``shift``, or the squares of that."""
    part = np.zeros(total.size, x.dtype)
    for r in range(x.shape[0]):
        line = x[r, first : first + part.size]
        if squared:
            for i in range(part.size):
                part[i] += (line[i] - shift[i]) * (line[i] - shift[i])
        else:
            for i in range(part.size):
                part[i] += line[i] - shift[i]
        if r % FEW == FEW - 1 or r == x.shape[0] - 1:
            move(part, total)


@helper
def sum_of(columns, c, length):
    """The sum over those of channel c."""
    total = 0.0
    for i in range(c * length, (c + 1) * length):
        total += columns[i]
    return total


@kernel(twin=normalize_columns_numpy)
def normalize_columns(x, out, weight, bias, moments, eps, given, start, stop):
    """As `normalize_segments` for channels (across), but along the columns of a matrix of all channels side by side.

    What is one number for each channel there is one for each column of a channel here.
    """
    n, channels, length = x.shape
    require(out.shape == x.shape and bias.shape == weight.shape and weight.shape[0] == channels)
    require_rows(channels, moments, weight, 1, start, stop)
    x, out = x.reshape(n, channels * length), out.reshape(n, channels * length)
    some = max(1, WIDE // max(length, 1))
    for first in range(start, stop, some):
        normalize_some(x, out, weight, bias, moments, eps, given, length, first, min(first + some, stop))


@helper
def normalize_some(x, out, weight, bias, moments, eps, given, length, start, stop):
    """Normalize so many channels that what is known of their columns stays in a cache."""
    n, center, variance, inverse = x.shape[0], moments[0], moments[1], moments[2]
    first, size = start * length, (stop - start) * length
    mean, scale, offset = np.zeros(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    if not given:
        total, squares = np.zeros(size), np.zeros(size)
        add_columns(x, first, mean, total, False)
        for c in range(start, stop):
            center[c] = sum_of(total, c - start, length) / (n * length)
            mean[(c - start) * length : (c - start + 1) * length] = center[c]
        add_columns(x, first, mean, squares, True)
        far = False
        for c in range(start, stop):
            variance[c] = sum_of(squares, c - start, length) / (n * length)
            far |= is_far(center[c], variance[c])
        if far:
            total[:] = 0
            add_columns(x, first, mean, total, False)
            for c in range(start, stop):
                rest = sum_of(total, c - start, length) / (n * length)
                center[c] += rest
                variance[c] = max(0.0, variance[c] - rest * rest)
    for c in range(start, stop):
        inverse[c] = 1 / np.sqrt(variance[c] + eps)
        at, end = (c - start) * length, (c - start + 1) * length
        mean[at:end], scale[at:end], offset[at:end] = center[c], inverse[c] * weight[c, 0], bias[c, 0]
    for r in range(n):
        line, made = x[r, first : first + size], out[r, first : first + size]
        for i in range(size):
            made[i] = (line[i] - mean[i]) * scale[i] + offset[i]


def normalize_columns_backward_numpy(g, x, dx, weight, moments, totals, given, start, stop):
    parts = np.zeros((2, x.shape[1], x.shape[0]))
    normalize_segments_backward_numpy(g, x, dx, weight, moments, parts, True, given, start, stop)
    totals[:, start:stop] = parts[:, start:stop].sum(axis=2, keepdims=True)


@kernel(twin=normalize_columns_backward_numpy)
def normalize_columns_backward(g, x, dx, weight, moments, totals, given, start, stop):
    """As `normalize_segments_backward` for what `normalize_columns` computes; the sums are of each channel."""
    n, channels, length = x.shape
    require(dx.shape == g.shape == x.shape and totals.shape == (2, channels, 1) and weight.shape[0] == channels)
    require_rows(channels, moments, weight, 1, start, stop)
    shape = (n, channels * length)
    g, x, dx = g.reshape(shape), x.reshape(shape), dx.reshape(shape)
    some = max(1, WIDE // max(length, 1))
    for first in range(start, stop, some):
        pass_back_some(g, x, dx, weight, moments, totals, given, length, first, min(first + some, stop))


@helper
def pass_back_some(g, x, dx, weight, moments, totals, given, length, start, stop):
    """The gradients of as many channels as `normalize_some` normalizes at a time."""
    n, center, inverse, products, sums = x.shape[0], moments[0], moments[2], totals[0], totals[1]
    first, size = start * length, (stop - start) * length
    mean, part, other = np.empty(size, x.dtype), np.zeros(size, x.dtype), np.zeros(size, x.dtype)
    total, product = np.zeros(size), np.zeros(size)
    for c in range(start, stop):
        mean[(c - start) * length : (c - start + 1) * length] = center[c]
    for r in range(n):
        up, line = g[r, first : first + size], x[r, first : first + size]
        for i in range(size):
            part[i] += up[i]
            other[i] += up[i] * (line[i] - mean[i])
        if r % FEW == FEW - 1 or r == n - 1:
            move(part, total)
            move(other, product)
    # From here on what is subtracted, by element, and by element and its distance from the mean; and the scale.
    shift, slope, scale = part, other, np.empty(size, x.dtype)
    for c in range(start, stop):
        sums[c, 0] = sum_of(total, c - start, length)
        products[c, 0] = sum_of(product, c - start, length) * inverse[c]
        at, end = (c - start) * length, (c - start + 1) * length
        scale[at:end], shift[at:end] = weight[c, 0] * inverse[c], sums[c, 0] / (n * length)
        slope[at:end] = products[c, 0] * inverse[c] / (n * length)
    for r in range(n):
        up, line, made = g[r, first : first + size], x[r, first : first + size], dx[r, first : first + size]
        if given:
            for i in range(size):
                made[i] = up[i] * scale[i]
        else:
            for i in range(size):
                made[i] = (up[i] - shift[i] - (line[i] - mean[i]) * slope[i]) * scale[i]
