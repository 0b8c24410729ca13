"""Normalization of rows made of segments, each with one scale and one offset, as in batch norm and group norm."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.require import require
from .blocks import BLOCK, is_far, require_rows, total_of


def as_lines(x, across):
    """``x`` as (rows, segments, length)."""
    return x.swapaxes(0, 1) if across else x


def per_row(v, start, stop):
    """The scales of each of some rows, to broadcast against (rows, segments, length)."""
    return v[np.arange(start, stop) % len(v), :, None]


def normalize_segments_numpy(x, out, weight, bias, moments, eps, across, given, start, stop):
    center, variance, inverse = moments
    some = slice(start, stop)
    lines = as_lines(x, across)[some].astype(np.float64)
    if not given:
        center[some] = lines.mean(axis=(1, 2))
        variance[some] = np.square(lines - center[some, None, None].astype(np.float64)).mean(axis=(1, 2))
    inverse[some] = 1 / np.sqrt(variance[some].astype(np.float64) + eps)
    scale, offset = per_row(weight, start, stop), per_row(bias, start, stop)
    as_lines(out, across)[some] = (lines - center[some, None, None]) * inverse[some, None, None] * scale + offset


@helper
def steps_of(x, across):
    """How many segments a row has, how long they are, and how far apart rows and their segments begin in memory."""
    one, two, length = x.shape
    return (one, length, length, two * length) if across else (two, length, two * length, length)


@helper
def squares_of(x, at, length, shift):
    """The sum of the squares of ``x[at : at + length]`` minus ``shift``."""
    total, end = 0.0, at + length
    for first in range(at, end, BLOCK):
        block = x[first : min(first + BLOCK, end)]
        part = x.dtype.type(0)
        for i in range(block.size):
            part += (block[i] - shift) * (block[i] - shift)
        total += part
    return total


@helper
def in_order(task, start, stop, segments, across):
    """The row and the segment that come next in memory, of rows from ``start`` to ``stop``."""
    rows = stop - start
    return (start + task % rows, task // rows) if across else (start + task // segments, task % segments)


@helper
def write_segment(x, out, at, length, weight, bias, center, inverse, r, k):
    """Write segment k of row r, which begins at ``at``."""
    row, column = r % weight.shape[0], k if weight.shape[1] > 1 else 0
    mean, factor, offset = center[r], inverse[r] * weight[row, column], bias[row, column]
    line, made = x[at : at + length], out[at : at + length]
    for i in range(length):
        made[i] = (line[i] - mean) * factor + offset


@kernel(twin=normalize_segments_numpy)
def normalize_segments(x, out, weight, bias, moments, eps, across, given, start, stop):
    """As `normalize_lines`, for rows of segments; ``given``: whether ``moments`` has mean and variance already."""
    segments, length, row_step, step = steps_of(x, across)
    require(out.shape == x.shape and bias.shape == weight.shape)
    require_rows(x.shape[1 if across else 0], moments, weight, segments if weight.shape[1] > 1 else 1, start, stop)
    center, variance, inverse = moments[0], moments[1], moments[2]
    x, out = x.reshape(x.size), out.reshape(x.size)
    count = segments * length
    # What lies in one piece has its moments as one, however short its segments are.
    pieces, size = (segments, length) if across else (1, count)
    nothing = x.dtype.type(0)
    for r in range(start, stop):
        begin = r * row_step
        if not given:
            total = 0.0
            for k in range(pieces):
                total += total_of(x, begin + k * step, size, nothing)
            center[r] = total / count
            total = 0.0
            for k in range(pieces):
                total += squares_of(x, begin + k * step, size, center[r])
            variance[r] = total / count
            if is_far(center[r], variance[r]):
                rest = 0.0
                for k in range(pieces):
                    rest += total_of(x, begin + k * step, size, center[r])
                rest /= count
                center[r] += rest
                variance[r] = max(0.0, total / count - rest * rest)
        inverse[r] = 1 / np.sqrt(variance[r] + eps)
        if not given:
            for k in range(segments):
                write_segment(x, out, begin + k * step, length, weight, bias, center, inverse, r, k)
    if given:
        # Nothing has to be known of a row before, so that memory is gone through as it lies.
        for task in range((stop - start) * segments):
            r, k = in_order(task, start, stop, segments, across)
            write_segment(x, out, r * row_step + k * step, length, weight, bias, center, inverse, r, k)


def normalize_segments_backward_numpy(g, x, dx, weight, moments, totals, across, given, start, stop):
    (center, _, inverse), (products, sums) = moments, totals
    some = slice(start, stop)
    up, lines = (as_lines(v, across)[some].astype(np.float64) for v in (g, x))
    normal = (lines - center[some, None, None]) * inverse[some, None, None]
    slope = up * per_row(weight, start, stop)
    products[some], sums[some] = (up * normal).sum(axis=2), up.sum(axis=2)
    if not given:
        mean = slope.mean(axis=(1, 2), keepdims=True)
        slope = slope - mean - normal * (slope * normal).mean(axis=(1, 2), keepdims=True)
    as_lines(dx, across)[some] = slope * inverse[some, None, None]


@helper
def products_of(g, x, at, length, shift):
    """``Σ g`` and ``Σ g·(x - shift)`` from ``at`` to ``at + length``."""
    total, product, end = 0.0, 0.0, at + length
    for first in range(at, end, BLOCK):
        up, line = g[first : min(first + BLOCK, end)], x[first : min(first + BLOCK, end)]
        part, other = x.dtype.type(0), x.dtype.type(0)
        for i in range(line.size):
            part += up[i]
            other += up[i] * (line[i] - shift)
        total += part
        product += other
    return total, product


@kernel(twin=normalize_segments_backward_numpy)
def normalize_segments_backward(g, x, dx, weight, moments, totals, across, given, start, stop):
    """As `normalize_lines_backward` for what `normalize_segments` computes; the sums are of each segment."""
    segments, length, row_step, step = steps_of(x, across)
    rows = x.shape[1 if across else 0]
    require(dx.shape == g.shape == x.shape and totals.shape == (2, rows, segments))
    require_rows(rows, moments, weight, segments if weight.shape[1] > 1 else 1, start, stop)
    center, inverse = moments[0], moments[2]
    products, sums = totals[0], totals[1]
    g, x, dx = g.reshape(x.size), x.reshape(x.size), dx.reshape(x.size)
    count = segments * length
    if given:
        for task in range((stop - start) * segments):
            r, k = in_order(task, start, stop, segments, across)
            at = r * row_step + k * step
            sums[r, k], product = products_of(g, x, at, length, center[r])
            products[r, k] = product * inverse[r]
            factor = weight[r % weight.shape[0], k if weight.shape[1] > 1 else 0] * inverse[r]
            up, made = g[at : at + length], dx[at : at + length]
            for i in range(length):
                made[i] = up[i] * factor
        return
    for r in range(start, stop):
        begin = r * row_step
        mean, scale = center[r], inverse[r]
        weights = weight[r % weight.shape[0]]
        total, product = 0.0, 0.0
        for k in range(segments):
            part, other = products_of(g, x, begin + k * step, length, mean)
            w = weights[k if weights.size > 1 else 0]
            sums[r, k], products[r, k] = part, other * scale
            total += part * w
            product += other * scale * w
        offset, tilt = x.dtype.type(total / count * scale), x.dtype.type(product / count * scale * scale)
        for k in range(segments):
            at = begin + k * step
            w = weights[k if weights.size > 1 else 0]
            up, line, made = g[at : at + length], x[at : at + length], dx[at : at + length]
            factor = w * scale
            for i in range(length):
                made[i] = up[i] * factor - offset - (line[i] - mean) * tilt
