"""Normalization of rows made of segments, each with one scale and one offset, as in batch norm and group norm."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require
from .blocks import BLOCK, asked_ahead, following, is_far, require_rows, total_of


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
def squares_of(x, at, length, shift, after, ahead):
    """The sum of the squares of ``x[at : at + length]`` minus ``shift``."""
    total, end = 0.0, at + length
    for first in range(at, end, BLOCK):
        prefetch(x, following(first, end, after), ahead)
        block = x[first : min(first + BLOCK, end)]
        part = x.dtype.type(0)
        for i in range(block.size):
            part += (block[i] - shift) * (block[i] - shift)
        total += part
    return total


@kernel(twin=normalize_segments_numpy)
def normalize_segments(x, out, weight, bias, moments, eps, across, given, start, stop):
    """As `normalize_lines`, for rows of segments; ``given``: whether ``moments`` has mean and variance already."""
    segments, length, row_step, step = steps_of(x, across)
    require(out.shape == x.shape and bias.shape == weight.shape)
    require_rows(x.shape[1 if across else 0], moments, weight, segments if weight.shape[1] > 1 else 1, start, stop)
    center, variance, inverse = moments[0], moments[1], moments[2]
    x, out = x.reshape(x.size), out.reshape(x.size)
    count = segments * length
    ahead = asked_ahead(x, length)
    again = ahead if segments > 1 else 0
    nothing = x.dtype.type(0)
    for r in range(start, stop):
        begin, beyond = r * row_step, (r + 1) * row_step
        if not given:
            total = 0.0
            for k in range(segments):
                at = begin + k * step
                total += total_of(x, at, length, nothing, at + step if k + 1 < segments else beyond, ahead)
            center[r] = total / count
            total = 0.0
            for k in range(segments):
                at = begin + k * step
                total += squares_of(x, at, length, center[r], at + step if k + 1 < segments else begin, again)
            variance[r] = total / count
            if is_far(center[r], variance[r]):
                rest = 0.0
                for k in range(segments):
                    at = begin + k * step
                    rest += total_of(x, at, length, center[r], at + step if k + 1 < segments else begin, again)
                rest /= count
                center[r] += rest
                variance[r] = max(0.0, total / count - rest * rest)
        inverse[r] = 1 / np.sqrt(variance[r] + eps)
        mean, scale = center[r], inverse[r]
        weights, offsets = weight[r % weight.shape[0]], bias[r % weight.shape[0]]
        for k in range(segments):
            at = begin + k * step
            end, after = at + length, at + step if k + 1 < segments else beyond
            column = k if weights.size > 1 else 0
            a, b = scale * weights[column], offsets[column]
            for first in range(at, end, BLOCK):
                prefetch(x, following(first, end, after), again)
                prefetch_to_write(out, following(first, end, after), ahead)
                line, made = x[first : min(first + BLOCK, end)], out[first : min(first + BLOCK, end)]
                for i in range(line.size):
                    made[i] = (line[i] - mean) * a + b


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
def products_of(g, x, at, length, shift, after, ahead):
    """``Σ g`` and ``Σ g·(x - shift)`` from ``at`` to ``at + length``; ``after`` is where the next segment begins."""
    total, product, end = 0.0, 0.0, at + length
    for first in range(at, end, BLOCK):
        prefetch(g, following(first, end, after), ahead)
        prefetch(x, following(first, end, after), ahead)
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
    ahead = asked_ahead(x, length)
    again = ahead if segments > 1 else 0
    for r in range(start, stop):
        begin, beyond = r * row_step, (r + 1) * row_step
        mean, scale = center[r], inverse[r]
        weights = weight[r % weight.shape[0]]
        total, product = 0.0, 0.0
        for k in range(segments):
            at = begin + k * step
            after = at + step if k + 1 < segments else beyond
            part, other = products_of(g, x, at, length, mean, after, ahead)
            w = weights[k if weights.size > 1 else 0]
            sums[r, k], products[r, k] = part, other * scale
            total += part * w
            product += other * scale * w
        shift, slope = x.dtype.type(total / count), x.dtype.type(product / count)
        for k in range(segments):
            at = begin + k * step
            end, after = at + length, at + step if k + 1 < segments else beyond
            w = weights[k if weights.size > 1 else 0]
            for first in range(at, end, BLOCK):
                prefetch(g, following(first, end, after), again)
                prefetch(x, following(first, end, after), again)
                prefetch_to_write(dx, following(first, end, after), ahead)
                up, line = g[first : min(first + BLOCK, end)], x[first : min(first + BLOCK, end)]
                made = dx[first : min(first + BLOCK, end)]
                if given:
                    for i in range(line.size):
                        made[i] = up[i] * w * scale
                else:
                    for i in range(line.size):
                        made[i] = (up[i] * w - shift - (line[i] - mean) * scale * slope) * scale
