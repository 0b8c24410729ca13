"""Normalization: rows brought to mean 0 and variance 1, then scaled and shifted. Batch, layer, group, instance and root
mean square normalization differ in what a row is.

A row is a line, ``x[row]``, with a scale and an offset for each element; or a number of segments, each of which lies
side by side in memory, with a scale and an offset for each: ``x[row, segment]``, or ``x[segment, row]`` where a row
goes ``across`` (a channel of a batch). Rows take turns in those: row r has the r-th, modulo their number.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from .fetching import expect, expect_written
from .jit import helper, kernel
from .threads import divided

# Of segments across that are shorter, those of all rows together are gone through at once.
NARROW = 100
# What is larger is asked for ahead of time.
CACHED = 1 << 15
# Groups of channels that are shorter are one segment each.
SHORT = 8
# So many numbers are summed in their own dtype, and what that gives in float64.
BLOCK = 1024
# And so many rows of columns.
FEW = 64


class Layout:
    """How an array is made of rows: lines of (rows, length), segments of (rows, segments, length), or across those."""

    def __init__(self, shape, across=False):
        self.shape, self.across, self.length = shape, across, shape[-1]
        self.rows, self.segments = (shape[1], shape[0]) if across else (shape[0], math.prod(shape[1:-1]))
        self.lines, self.narrow = len(shape) == 2, across and self.length < NARROW

    def __repr__(self):
        return f"<{self.rows} rows of {self.segments} x {self.length}>"

    def view(self, x):
        """``x`` so, in rows."""
        return np.ascontiguousarray(x).reshape(self.shape)


@functools.lru_cache(256)
def by_channel(shape):
    """A row for each channel of (N, C, ...), over the whole batch."""
    return Layout((*shape[:2], math.prod(shape[2:])), across=True)


@functools.lru_cache(256)
def by_group(shape, groups):
    """A row for each of ``groups`` groups of channels of each of (N, C, ...)."""
    n, channels = shape[:2]
    length = math.prod(shape[2:])
    if length < SHORT:
        return Layout((n * groups, channels // groups * length))
    return Layout((n * groups, channels // groups, length))


@functools.lru_cache(256)
def by_last(shape, dims):
    """A row for what the last ``dims`` dimensions hold."""
    return Layout((math.prod(shape[: len(shape) - dims]), math.prod(shape[len(shape) - dims :])))


def normalize(x, layout, weight, bias, eps, given=None, centered=True):
    """``(x - μ)/√(σ² + eps)·weight + bias``, and (3, rows): μ, σ² and the inverse of the root.

    weight, bias: (rows that take turns, 1 or segments or elements). given: μ and σ², if they are not the rows' own.
    Lines that are not ``centered`` have μ = 0, so that σ² is the mean square.
    """
    made = np.empty(x.shape, x.dtype)
    rows, out = layout.view(x), made.reshape(layout.shape)
    moments = np.empty((3, layout.rows), x.dtype)
    if given is not None:
        moments[:2] = given
    if x.size:
        loop, how = normalize_rows, (layout.across, given is not None)
        if layout.lines:
            loop, how = normalize_lines, (centered,)
        elif layout.narrow:
            loop, how = normalize_columns, (given is not None,)
        work = functools.partial(loop, rows, out, weight, bias, moments, eps, *how)
        divided(layout.rows, work, nanoseconds=x.size)
    return made, moments


def normalize_backward(g, x, layout, weight, moments, given=False, centered=True):
    """The gradient of the input, and in float64 those of weight and bias, one array (2, *weight.shape)."""
    made = np.empty(x.shape, x.dtype)
    up, rows, dx = layout.view(g), layout.view(x), made.reshape(layout.shape)
    turns, columns = weight.shape
    loop, how, shape = pull_rows, (layout.across, given), (2, layout.rows, layout.segments)
    if layout.lines:
        loop, how, shape = pull_lines, (centered,), (2, turns, columns)
    elif layout.narrow:
        loop, how, shape = pull_columns, (given,), (2, layout.rows, 1)

    def work(start, stop):
        sums = np.zeros(shape)
        loop(up, rows, dx, weight, moments, sums, *how, start, stop)
        return sums

    parts = divided(layout.rows, work, nanoseconds=2 * x.size) if x.size else [np.zeros(shape)]
    total = functools.reduce(np.add, parts)
    if not layout.lines:
        total = total if columns > 1 else total.sum(axis=2, keepdims=True)
        total = total.reshape(2, layout.rows // turns if turns else 0, turns, columns).sum(axis=1)
    return made, total


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
    center, variance, inverse = moments[0], moments[1], moments[2]
    turns, length = weight.shape
    ahead = min(length, BLOCK) if x.size > CACHED else 0
    x, out = x.reshape(x.size), out.reshape(x.size)
    for r in range(start, stop):
        begin, mean = r * length, x.dtype.type(0)
        if centered:
            total = 0.0
            for first in range(0, length, BLOCK):
                at, size = begin + first, min(BLOCK, length - first)
                expect(x, at + size, ahead)
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
        scale = x.dtype.type(1 / np.sqrt(variance[r] + eps))
        inverse[r] = scale
        weights, offsets = weight[r % turns], bias[r % turns]
        for first in range(0, length, BLOCK):
            at, size = begin + first, min(BLOCK, length - first)
            expect_written(out, at + size, ahead)
            line, made = x[at : at + size], out[at : at + size]
            w, o = weights[first : first + size], offsets[first : first + size]
            for i in range(size):
                made[i] = (line[i] - mean) * scale * w[i] + o[i]


def pull_lines_numpy(g, x, dx, weight, moments, totals, centered, start, stop):
    (center, _, inverse), (products, sums) = moments, totals
    some, turn = slice(start, stop), np.arange(start, stop) % len(weight)
    up, lines = (v[some].astype(np.float64) for v in (g, x))
    normal = (lines - center[some, None]) * inverse[some, None]
    slope = up * weight[turn]
    np.add.at(products, turn, up * normal)
    np.add.at(sums, turn, up)
    mean = slope.mean(axis=1, keepdims=True) if centered else 0
    dx[some] = (slope - mean - normal * (slope * normal).mean(axis=1, keepdims=True)) * inverse[some, None]


@helper
def move(part, total):
    """Add ``part`` to ``total`` and make it 0."""
    for i in range(part.size):
        total[i] += part[i]
        part[i] = 0


@kernel(twin=pull_lines_numpy)
def pull_lines(g, x, dx, weight, moments, totals, centered, start, stop):
    """``dx = (g·w - mean(g·w) - x̂·mean(g·w·x̂))/σ`` for each line, x̂ being the normal one.

    ``totals`` are the sums ``Σ g·x̂`` and ``Σ g`` of each element over all lines.
    """
    center, inverse, products, sums = moments[0], moments[2], totals[0], totals[1]
    turns, length = weight.shape
    ahead = min(length, BLOCK) if x.size > CACHED else 0
    g, x, dx = g.reshape(x.size), x.reshape(x.size), dx.reshape(x.size)
    # What is summed over lines is summed in their own dtype over a few of them.
    some_products, some_sums = np.zeros(weight.shape, x.dtype), np.zeros(weight.shape, x.dtype)
    for r in range(start, stop):
        begin, mine, mean, scale = r * length, r % turns, center[r], inverse[r]
        weights, line_products, line_sums = weight[mine], some_products[mine], some_sums[mine]
        total, product = 0.0, 0.0
        for first in range(0, length, BLOCK):
            at, size = begin + first, min(BLOCK, length - first)
            expect(g, at + size, ahead)
            expect(x, at + size, ahead)
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
        for first in range(0, length, BLOCK):
            at, size = begin + first, min(BLOCK, length - first)
            expect_written(dx, at + size, ahead)
            up, line, w = g[at : at + size], x[at : at + size], weights[first : first + size]
            made = dx[at : at + size]
            for i in range(size):
                made[i] = (up[i] * w[i] - shift - (line[i] - mean) * scale * slope) * scale
        if r + 1 == stop or (r - start) % (FEW * turns) == FEW * turns - 1:
            for turn in range(turns):
                move(some_products[turn], products[turn])
                move(some_sums[turn], sums[turn])


def as_lines(x, across):
    """``x`` as (rows, segments, length)."""
    return x.swapaxes(0, 1) if across else x


def per_row(v, start, stop):
    """Scales that rows take turns in, for each of some rows, to broadcast against (rows, segments, length)."""
    return v[np.arange(start, stop) % len(v), :, None]


def normalize_rows_numpy(x, out, weight, bias, moments, eps, across, given, start, stop):
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
def following(first, end, after):
    """Where the next block begins: ``after``, which is where the next segment does, if this one has ended."""
    return first + BLOCK if first + BLOCK < end else after


@helper
def total_of(x, at, length, after, ahead):
    """The sum of ``x[at : at + length]``.

    ``after`` is where the next such segment begins, ``ahead`` how much is asked for of each block before it is read.
    """
    total, end = 0.0, at + length
    for first in range(at, end, BLOCK):
        expect(x, following(first, end, after), ahead)
        block = x[first : min(first + BLOCK, end)]
        part = x.dtype.type(0)
        for i in range(block.size):
            part += block[i]
        total += part
    return total


@helper
def squares_of(x, at, length, shift, after, ahead):
    """The sum of the squares of ``x[at : at + length]`` minus ``shift``."""
    total, end = 0.0, at + length
    for first in range(at, end, BLOCK):
        expect(x, following(first, end, after), ahead)
        block = x[first : min(first + BLOCK, end)]
        part = x.dtype.type(0)
        for i in range(block.size):
            part += (block[i] - shift) * (block[i] - shift)
        total += part
    return total


@kernel(twin=normalize_rows_numpy)
def normalize_rows(x, out, weight, bias, moments, eps, across, given, start, stop):
    """As `normalize_lines` does of lines, of rows of segments; ``given`` if their mean and variance are."""
    center, variance, inverse = moments[0], moments[1], moments[2]
    segments, length, row_step, step = steps_of(x, across)
    x, out = x.reshape(x.size), out.reshape(x.size)
    count = segments * length
    ahead = min(length, BLOCK) if x.size > CACHED else 0
    again = ahead if segments > 1 else 0
    for r in range(start, stop):
        begin, beyond = r * row_step, (r + 1) * row_step
        if not given:
            total = 0.0
            for k in range(segments):
                at = begin + k * step
                total += total_of(x, at, length, at + step if k + 1 < segments else beyond, ahead)
            center[r] = total / count
            total = 0.0
            for k in range(segments):
                at = begin + k * step
                total += squares_of(x, at, length, center[r], at + step if k + 1 < segments else begin, again)
            variance[r] = total / count
        inverse[r] = 1 / np.sqrt(variance[r] + eps)
        mean, scale = center[r], inverse[r]
        weights, offsets = weight[r % weight.shape[0]], bias[r % weight.shape[0]]
        for k in range(segments):
            at = begin + k * step
            end, after = at + length, at + step if k + 1 < segments else beyond
            column = k if weights.size > 1 else 0
            a, b = scale * weights[column], offsets[column]
            for first in range(at, end, BLOCK):
                expect(x, following(first, end, after), again)
                expect_written(out, following(first, end, after), ahead)
                line, made = x[first : min(first + BLOCK, end)], out[first : min(first + BLOCK, end)]
                for i in range(line.size):
                    made[i] = (line[i] - mean) * a + b


def pull_rows_numpy(g, x, dx, weight, moments, totals, across, given, start, stop):
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
        expect(g, following(first, end, after), ahead)
        expect(x, following(first, end, after), ahead)
        up, line = g[first : min(first + BLOCK, end)], x[first : min(first + BLOCK, end)]
        part, other = x.dtype.type(0), x.dtype.type(0)
        for i in range(line.size):
            part += up[i]
            other += up[i] * (line[i] - shift)
        total += part
        product += other
    return total, product


@kernel(twin=pull_rows_numpy)
def pull_rows(g, x, dx, weight, moments, totals, across, given, start, stop):
    """As `pull_lines` for what `normalize_rows` computes; the sums are of each segment."""
    center, inverse = moments[0], moments[2]
    products, sums = totals[0], totals[1]
    segments, length, row_step, step = steps_of(x, across)
    g, x, dx = g.reshape(x.size), x.reshape(x.size), dx.reshape(x.size)
    count = segments * length
    ahead = min(length, BLOCK) if x.size > CACHED else 0
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
        shift = x.dtype.type(0 if given else total / count)
        slope = x.dtype.type(0 if given else product / count)
        for k in range(segments):
            at = begin + k * step
            end, after = at + length, at + step if k + 1 < segments else beyond
            w = weights[k if weights.size > 1 else 0]
            for first in range(at, end, BLOCK):
                expect(g, following(first, end, after), again)
                expect(x, following(first, end, after), again)
                expect_written(dx, following(first, end, after), ahead)
                up, line = g[first : min(first + BLOCK, end)], x[first : min(first + BLOCK, end)]
                made = dx[first : min(first + BLOCK, end)]
                for i in range(line.size):
                    made[i] = (up[i] * w - shift - (line[i] - mean) * scale * slope) * scale


def normalize_columns_numpy(x, out, weight, bias, moments, eps, given, start, stop):
    normalize_rows_numpy(x, out, weight, bias, moments, eps, True, given, start, stop)


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
    """As `normalize_rows` does of channels (across), but along the columns of a matrix with all channels side by side.

    Whatever is a number for each channel there is one for each of its columns here.
    """
    center, variance, inverse = moments[0], moments[1], moments[2]
    n, channels, length = x.shape
    flat = out.reshape(x.size)
    x, out = x.reshape(n, channels * length), out.reshape(n, channels * length)
    first, size = start * length, (stop - start) * length
    mean, scale, offset = np.zeros(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    if not given:
        total, squares = np.zeros(size), np.zeros(size)
        add_columns(x, first, mean, total, False)
        for c in range(start, stop):
            center[c] = sum_of(total, c - start, length) / (n * length)
            for i in range((c - start) * length, (c - start + 1) * length):
                mean[i] = center[c]
        add_columns(x, first, mean, squares, True)
        for c in range(start, stop):
            variance[c] = sum_of(squares, c - start, length) / (n * length)
    for c in range(start, stop):
        inverse[c] = 1 / np.sqrt(variance[c] + eps)
        for i in range((c - start) * length, (c - start + 1) * length):
            mean[i], scale[i], offset[i] = center[c], inverse[c] * weight[c, 0], bias[c, 0]
    for r in range(n):
        expect_written(flat, (r + 1) * channels * length + first, size)
        line, made = x[r, first : first + size], out[r, first : first + size]
        for i in range(size):
            made[i] = (line[i] - mean[i]) * scale[i] + offset[i]


def pull_columns_numpy(g, x, dx, weight, moments, totals, given, start, stop):
    parts = np.zeros((2, x.shape[1], x.shape[0]))
    pull_rows_numpy(g, x, dx, weight, moments, parts, True, given, start, stop)
    totals[:, start:stop] = parts[:, start:stop].sum(axis=2, keepdims=True)


@kernel(twin=pull_columns_numpy)
def pull_columns(g, x, dx, weight, moments, totals, given, start, stop):
    """As `pull_rows` for what `normalize_columns` computes; the sums are of each channel."""
    center, inverse, products, sums = moments[0], moments[2], totals[0], totals[1]
    n, channels, length = x.shape
    shape, flat = (n, channels * length), dx.reshape(x.size)
    g, x, dx = g.reshape(shape), x.reshape(shape), dx.reshape(shape)
    first, size = start * length, (stop - start) * length
    mean, part, other = np.empty(size, x.dtype), np.zeros(size, x.dtype), np.zeros(size, x.dtype)
    total, product = np.zeros(size), np.zeros(size)
    for i in range(size):
        mean[i] = center[start + i // length]
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
        for i in range((c - start) * length, (c - start + 1) * length):
            scale[i] = weight[c, 0] * inverse[c]
            if not given:
                shift[i], slope[i] = sums[c, 0] / (n * length), products[c, 0] * inverse[c] / (n * length)
    for r in range(n):
        expect_written(flat, (r + 1) * channels * length + first, size)
        up, line, made = g[r, first : first + size], x[r, first : first + size], dx[r, first : first + size]
        for i in range(size):
            made[i] = (up[i] - shift[i] - (line[i] - mean[i]) * slope[i]) * scale[i]
