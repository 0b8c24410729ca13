"""Normalization of rows that are lines, each with a scale and an offset for each element, as in layer norm."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import kernel
from ..compiling.require import require
from .blocks import BLOCK, FEW, is_far, move, require_rows, total_of


def normalize_lines_numpy(x, out, weight, bias, moments, eps, centered, start, stop):
    center, variance, inverse = moments
    some, turn = slice(start, stop), np.arange(start, stop) % len(weight)
    lines = x[some].astype(np.float64)
    center[some] = lines.mean(axis=1) if centered else 0
    variance[some] = np.square(lines - center[some, None].astype(np.float64)).mean(axis=1)
    inverse[some] = 1 / np.sqrt(variance[some].astype(np.float64) + eps)
    out[some] = (lines - center[some, None]) * inverse[some, None] * weight[turn] + bias[turn]


@kernel(twin=normalize_lines_numpy)
def normalize_lines(x, out, weight, bias, moments, eps, centered, start, stop):
    """Two passes for mean and variance, and one that writes: a line stays in the cache between them."""
    require(out.shape == x.shape and bias.shape == weight.shape)
    require_rows(x.shape[0], moments, weight, x.shape[1], start, stop)
    center, variance, inverse = moments[0], moments[1], moments[2]
    turns, length = weight.shape
    x, out = x.reshape(x.size), out.reshape(x.size)
    for r in range(start, stop):
        begin, mean = r * length, x.dtype.type(0)
        if centered:
            total = 0.0
            for first in range(0, length, BLOCK):
                at, size = begin + first, min(BLOCK, length - first)
                line, part = x[at : at + size], x.dtype.type(0)
                for i in range(size):
                    part += line[i]
                total += part
            mean = x.dtype.type(total / length)
        total = 0.0
        for first in range(0, length, BLOCK):
            at, size = begin + first, min(BLOCK, length - first)
            line, part = x[at : at + size], x.dtype.type(0)
            for i in range(size):
                part += (line[i] - mean) * (line[i] - mean)
            total += part
        center[r], variance[r] = mean, total / length
        if centered and is_far(mean, variance[r]):
            rest = total_of(x, begin, length, mean) / length
            mean = x.dtype.type(mean + rest)
            center[r], variance[r] = mean, max(0.0, total / length - rest * rest)
        scale = x.dtype.type(1 / np.sqrt(variance[r] + eps))
        inverse[r] = scale
        weights, offsets = weight[r % turns], bias[r % turns]
        line, made = x[begin : begin + length], out[begin : begin + length]
        for i in range(length):
            made[i] = (line[i] - mean) * scale * weights[i] + offsets[i]


def normalize_lines_backward_numpy(g, x, dx, weight, moments, totals, centered, start, stop):
    (center, _, inverse), (products, sums) = moments, totals
    some, turn = slice(start, stop), np.arange(start, stop) % len(weight)
    up, lines = (v[some].astype(np.float64) for v in (g, x))
    normal = (lines - center[some, None]) * inverse[some, None]
    slope = up * weight[turn]
    np.add.at(products, turn, up * normal)
    np.add.at(sums, turn, up)
    mean = slope.mean(axis=1, keepdims=True) if centered else 0
    dx[some] = (slope - mean - normal * (slope * normal).mean(axis=1, keepdims=True)) * inverse[some, None]


@kernel(twin=normalize_lines_backward_numpy)
def normalize_lines_backward(g, x, dx, weight, moments, totals, centered, start, stop):
    """``dx = (g·w - mean(g·w) - x̂·mean(g·w·x̂))/σ`` for each line, x̂ being the normal one.

    ``totals`` are the sums ``Σ g·x̂`` and ``Σ g`` of each element over all lines.
    """
    require(dx.shape == g.shape == x.shape and totals.shape == (2, *weight.shape))
    require_rows(x.shape[0], moments, weight, x.shape[1], start, stop)
    center, inverse, products, sums = moments[0], moments[2], totals[0], totals[1]
    turns, length = weight.shape
    g, x, dx = g.reshape(x.size), x.reshape(x.size), dx.reshape(x.size)
    # What is summed over lines is summed in their own dtype over a few of them.
    some_products, some_sums = np.zeros(weight.shape, x.dtype), np.zeros(weight.shape, x.dtype)
    for r in range(start, stop):
        begin, mine, mean, scale = r * length, r % turns, center[r], inverse[r]
        weights, line_products, line_sums = weight[mine], some_products[mine], some_sums[mine]
        total, product = 0.0, 0.0
        for first in range(0, length, BLOCK):
            at, size = begin + first, min(BLOCK, length - first)
            up, line, w = g[at : at + size], x[at : at + size], weights[first : first + size]
            added, summed = line_products[first : first + size], line_sums[first : first + size]
            part, other = x.dtype.type(0), x.dtype.type(0)
            for i in range(size):
                both = up[i] * ((line[i] - mean) * scale)
                part += up[i] * w[i]
                other += both * w[i]
                added[i] += both
                summed[i] += up[i]
            total += part
            product += other
        shift, slope = x.dtype.type(total / length if centered else 0), x.dtype.type(product / length)
        up, line, made = g[begin : begin + length], x[begin : begin + length], dx[begin : begin + length]
        for i in range(length):
            made[i] = (up[i] * weights[i] - shift - (line[i] - mean) * scale * slope) * scale
        if r + 1 == stop or (r - start) % (FEW * turns) == FEW * turns - 1:
            for turn in range(turns):
                move(some_products[turn], products[turn])
                move(some_sums[turn], sums[turn])
