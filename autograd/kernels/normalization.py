"""Normalization: rows brought to mean 0 and variance 1, then scaled and shifted. Batch, layer, group, instance and root
mean square normalization differ in what a row is.

A row is a number of segments, each of which lies side by side in memory: ``x[row, segment]``, or ``x[segment, row]``
where a row goes ``across`` (a channel of a batch). Scale and offset are numbers for each segment, or for each element
where a row is one segment only (``elementwise``); rows take turns in those: row r has the r-th, modulo their number.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from .jit import helper, kernel
from .threads import divided

# Segments that are shorter are joined.
SHORT = 8
# So many numbers are summed in their own dtype, and what that gives in float64.
BLOCK = 1024


class Layout(NamedTuple):
    """How an array is made of rows."""

    shape: tuple[int, int, int]
    across: bool
    elementwise: bool
    # Whether the array has channels first, which are then moved to the front: short segments of rows that go across.
    turned: bool = False

    @property
    def rows(self) -> int:
        return self.shape[1] if self.across else self.shape[0]

    @property
    def segments(self) -> int:
        return self.shape[0] if self.across else self.shape[1]

    def view(self, x):
        """``x`` so, in rows."""
        return np.ascontiguousarray(np.moveaxis(x, 1, 0) if self.turned else x).reshape(self.shape)

    def room(self, x):
        """An array for what is computed of ``x``, and its view in rows; the first still to be passed to `undo`."""
        made = np.empty((x.shape[1], x.shape[0], *x.shape[2:]) if self.turned else x.shape, x.dtype)
        return made, made.reshape(self.shape)

    def undo(self, made):
        """The dimensions in the order they had, in an array that owns its memory."""
        return np.ascontiguousarray(np.moveaxis(made, 0, 1)) if self.turned else made


def by_channel(shape):
    """A row for each channel of (N, C, ...), over the whole batch."""
    n, channels = shape[:2]
    length = math.prod(shape[2:])
    if length < SHORT:
        return Layout((channels, 1, n * length), False, False, True)
    return Layout((n, channels, length), True, False)


def by_group(shape, groups):
    """A row for each of ``groups`` groups of channels of each of (N, C, ...)."""
    n, channels = shape[:2]
    length = math.prod(shape[2:])
    if length < SHORT:
        return Layout((n * groups, 1, channels // groups * length), False, True)
    return Layout((n * groups, channels // groups, length), False, False)


def by_last(shape, dims):
    """A row for what the last ``dims`` dimensions hold."""
    return Layout((math.prod(shape[: len(shape) - dims]), 1, math.prod(shape[len(shape) - dims :])), False, True)


def normalize(x, layout, weight, bias, eps, center=None, variance=None, centered=True):
    """``(x - μ)/√(σ² + eps)·weight + bias``, with μ, σ² and the inverse of the root.

    weight, bias: (rows that take turns, 1 or segments or elements). center, variance: those given, not the rows' own.
    Not ``centered`` means μ = 0, so that σ² is the mean square.
    """
    given = variance is not None
    rows, (made, out) = layout.view(x), layout.room(x)
    if not given:
        center, variance = np.zeros(layout.rows, x.dtype), np.zeros(layout.rows, x.dtype)
    inverse = np.empty(layout.rows, x.dtype)
    if x.size:
        how = layout.across, layout.elementwise, given, centered
        divided(
            layout.rows,
            lambda start, stop: normalize_rows(
                rows, out, weight, bias, center, variance, inverse, eps, *how, start, stop
            ),
            nanoseconds=x.size,
        )
    return layout.undo(made), center, variance, inverse


def normalize_backward(g, x, layout, weight, center, inverse, given=False, centered=True):
    """The gradients of the input, and of weight and bias in the shape of ``weight``."""
    up, rows = layout.view(g), layout.view(x)
    made, dx = layout.room(x)
    turns, columns = weight.shape
    how = layout.across, layout.elementwise, given, centered
    shape = (2, *weight.shape) if layout.elementwise else (2, layout.rows, layout.segments)

    def work(start, stop):
        sums = np.zeros(shape)
        pull_rows(up, rows, dx, weight, center, inverse, sums[0], sums[1], *how, start, stop)
        return sums

    parts = divided(layout.rows, work, nanoseconds=2 * x.size) if x.size else [np.zeros(shape)]
    total = functools.reduce(np.add, parts)
    if not layout.elementwise:
        total = total if columns > 1 else total.sum(axis=2, keepdims=True)
        total = total.reshape(2, layout.rows // turns if turns else 0, turns, columns).sum(axis=1)
    dweight, dbias = total.astype(x.dtype)
    return layout.undo(made), dweight, dbias


def as_lines(x, across):
    """``x`` as (rows, segments, length)."""
    return x.swapaxes(0, 1) if across else x


def per_row(v, rows, elementwise):
    """Scales that rows take turns in, for each row, to broadcast against (rows, segments, length)."""
    every = v[np.arange(rows) % len(v)]
    return every[:, None, :] if elementwise else every[:, :, None]


def normalize_rows_numpy(
    x, out, weight, bias, center, variance, inverse, eps, across, elementwise, given, centered, start, stop
):
    some = slice(start, stop)
    lines, made = as_lines(x, across)[some].astype(np.float64), as_lines(out, across)[some]
    if not given:
        if centered:
            center[some] = lines.mean(axis=(1, 2))
        variance[some] = np.square(lines - center[some, None, None].astype(np.float64)).mean(axis=(1, 2))
    inverse[some] = 1 / np.sqrt(variance[some].astype(np.float64) + eps)
    scale, offset = (per_row(v, stop, elementwise)[some] for v in (weight, bias))
    made[:] = (lines - center[some, None, None]) * inverse[some, None, None] * scale + offset


@helper
def total_of(line, shift):
    """The sum of ``line`` minus ``shift``."""
    total = 0.0
    for first in range(0, line.size, BLOCK):
        block = line[first : first + BLOCK]
        part = line.dtype.type(0)
        for i in range(block.size):
            part += block[i] - shift
        total += part
    return total


@helper
def squares_of(line, shift):
    """The sum of the squares of ``line`` minus ``shift``."""
    total = 0.0
    for first in range(0, line.size, BLOCK):
        block = line[first : first + BLOCK]
        part = line.dtype.type(0)
        for i in range(block.size):
            part += (block[i] - shift) * (block[i] - shift)
        total += part
    return total


@kernel(twin=normalize_rows_numpy)
def normalize_rows(
    x, out, weight, bias, center, variance, inverse, eps, across, elementwise, given, centered, start, stop
):
    """Two passes for mean and variance, and one that writes: a row stays in the cache between them."""
    segments = x.shape[0] if across else x.shape[1]
    count = segments * x.shape[2]
    zero = x.dtype.type(0)
    for r in range(start, stop):
        if not given:
            if centered:
                total = 0.0
                for k in range(segments):
                    total += total_of(x[k, r] if across else x[r, k], zero)
                center[r] = total / count
            total = 0.0
            for k in range(segments):
                total += squares_of(x[k, r] if across else x[r, k], center[r])
            variance[r] = total / count
        inverse[r] = 1 / np.sqrt(variance[r] + eps)
        mean, scale = center[r], inverse[r]
        weights, offsets = weight[r % weight.shape[0]], bias[r % weight.shape[0]]
        for k in range(segments):
            line, made = (x[k, r], out[k, r]) if across else (x[r, k], out[r, k])
            if elementwise:
                for i in range(line.size):
                    made[i] = (line[i] - mean) * scale * weights[i] + offsets[i]
            else:
                column = k if weights.size > 1 else 0
                a, b = scale * weights[column], offsets[column]
                for i in range(line.size):
                    made[i] = (line[i] - mean) * a + b


def pull_rows_numpy(
    g, x, dx, weight, center, inverse, products, sums, across, elementwise, given, centered, start, stop
):
    some = slice(start, stop)
    up, lines = (as_lines(v, across)[some].astype(np.float64) for v in (g, x))
    normal = (lines - center[some, None, None]) * inverse[some, None, None]
    slope = up * per_row(weight, stop, elementwise)[some]
    if elementwise:
        turn = np.arange(start, stop) % len(weight)
        np.add.at(products, turn, (up * normal)[:, 0])
        np.add.at(sums, turn, up[:, 0])
    else:
        products[some], sums[some] = (up * normal).sum(axis=2), up.sum(axis=2)
    if not given:
        mean = slope.mean(axis=(1, 2), keepdims=True) if centered else 0
        slope = slope - mean - normal * (slope * normal).mean(axis=(1, 2), keepdims=True)
    as_lines(dx, across)[some] = slope * inverse[some, None, None]


@helper
def products_of(up, line, shift):
    """``Σ up`` and ``Σ up·(line - shift)``."""
    total, product = 0.0, 0.0
    for first in range(0, line.size, BLOCK):
        u, x = up[first : first + BLOCK], line[first : first + BLOCK]
        part, other = line.dtype.type(0), line.dtype.type(0)
        for i in range(x.size):
            part += u[i]
            other += u[i] * (x[i] - shift)
        total += part
        product += other
    return total, product


@helper
def weighed_products_of(up, line, weights, shift):
    """``Σ up·weights`` and ``Σ up·weights·(line - shift)``."""
    total, product = 0.0, 0.0
    for first in range(0, line.size, BLOCK):
        u, x, w = up[first : first + BLOCK], line[first : first + BLOCK], weights[first : first + BLOCK]
        part, other = line.dtype.type(0), line.dtype.type(0)
        for i in range(x.size):
            part += u[i] * w[i]
            other += u[i] * w[i] * (x[i] - shift)
        total += part
        product += other
    return total, product


@helper
def add_products(up, line, shift, scale, products, sums):
    """Add ``up·(line - shift)·scale`` and ``up``, element by element."""
    for i in range(line.size):
        products[i] += up[i] * ((line[i] - shift) * scale)
        sums[i] += up[i]


@kernel(twin=pull_rows_numpy)
def pull_rows(g, x, dx, weight, center, inverse, products, sums, across, elementwise, given, centered, start, stop):
    """``dx = (g·w - mean(g·w) - x̂·mean(g·w·x̂))/σ`` for each row, and the sums ``Σ g·x̂`` and ``Σ g``.

    Those are of each segment, or of each element over all rows.
    """
    segments = x.shape[0] if across else x.shape[1]
    count = segments * x.shape[2]
    turns = weight.shape[0]
    # What elements sum over rows is summed in their own dtype over a few of them.
    some_products = np.zeros(weight.shape if elementwise else (1, 1), x.dtype)
    some_sums = np.zeros_like(some_products)
    for r in range(start, stop):
        mean, scale = center[r], inverse[r]
        weights = weight[r % turns]
        total, product = 0.0, 0.0
        for k in range(segments):
            up, line = (g[k, r], x[k, r]) if across else (g[r, k], x[r, k])
            if elementwise:
                total, product = weighed_products_of(up, line, weights, mean)
                product *= scale
                add_products(up, line, mean, scale, some_products[r % turns], some_sums[r % turns])
            else:
                part, other = products_of(up, line, mean)
                w = weights[k if weights.size > 1 else 0]
                sums[r, k], products[r, k] = part, other * scale
                total += part * w
                product += other * scale * w
        shift = x.dtype.type(0 if given or not centered else total / count)
        slope = x.dtype.type(0 if given else product / count)
        for k in range(segments):
            up, line, made = (g[k, r], x[k, r], dx[k, r]) if across else (g[r, k], x[r, k], dx[r, k])
            if elementwise:
                for i in range(line.size):
                    made[i] = (up[i] * weights[i] - shift - (line[i] - mean) * scale * slope) * scale
            else:
                w = weights[k if weights.size > 1 else 0]
                for i in range(line.size):
                    made[i] = (up[i] * w - shift - (line[i] - mean) * scale * slope) * scale
        if elementwise and (r + 1 == stop or (r - start) % (64 * turns) == 64 * turns - 1):
            products += some_products
            sums += some_sums
            some_products[:] = 0
            some_sums[:] = 0
