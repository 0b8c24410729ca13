"""Rows of scores turned into probabilities or into their logarithms, and what both pass back.

float64 takes the NumPy twins: NumPy's exponentials of float64 become vectors, those that kernels have don't.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.machine import VECTOR
from .compiling.require import require, require_range
from .compiling.threads import divided
from .compiling.widest_vectors import widest_vectors
from .elementary_functions import SMALLEST, log_of_more, power_of_two, reduced, single
from .normalization.blocks import move
from .whole_vectors import find_largest, raise_differences, scale, subtract_powers

# Sums are of blocks of so many numbers, each in their own dtype, and these in float64.
BLOCK = 1024
# About so many numbers are gone through before what their lines are divided by is computed, for all of these at once.
TOGETHER = 4096
# Of short rows of columns at least so many are gone through at a time.
NARROWEST = 256
# What is copied of columns at a time stays in a cache of the second level, as long as they are not that long.
COLUMNS = 1 << 14
# So many rows of columns are summed in their own dtype.
FEW = 16


@helper
def ordered(bits):
    """The bits of a float32 as an integer that is the larger, the larger the number is; and the way back."""
    return bits ^ ((bits >> np.int32(31)) & np.int32(0x7FFFFFFF))


@helper
def largest(x):
    """The largest number in ``x``; ``-inf`` if there is none. NaN may count as one."""
    if x.itemsize == 4:
        # The maximum of integers becomes vectors. That of floats doesn't, as one may be NaN.
        bits, most = x.view(np.int32), np.int32(-0x80000000)
        for i in range(bits.size):
            place = ordered(bits[i])
            most = place if place > most else most
        found = np.int32(ordered(most)).view(np.float32)
        return x.dtype.type(found if bits.size else -np.inf)
    top = x.dtype.type(-np.inf)
    for i in range(x.size):
        top = x[i] if x[i] > top else top
    return top


@helper
def exp_single(x):
    inside = x if x > SMALLEST else SMALLEST
    n, rest = reduced(inside)
    scale = power_of_two(n)
    value = scale * rest + scale
    value = single(0) if x < SMALLEST else value
    return value if x == x else x


@helper(single=exp_single)
def exp_of_less(x):
    """``eˣ`` for x ≤ 0, which can't overflow."""
    return np.exp(x)


@helper
def total_of(x):
    """The sum of ``x``."""
    total = 0.0
    for first in range(0, x.size, BLOCK):
        some, part = x[first : first + BLOCK], x.dtype.type(0)
        for i in range(some.size):
            part += some[i]
        total += part
    return total


@helper
def exponentials(x, made):
    """``made = eˣ`` of numbers none of which is above 0."""
    widest_vectors()
    for i in range(x.size):
        made[i] = exp_of_less(x[i])


@helper
def logarithms(totals, made):
    """``made = ln totals`` of numbers from 1 on, which have more digits than what is made."""
    widest_vectors()
    for i in range(made.size):
        total = made.dtype.type(totals[i])
        made[i] = log_of_more(total) + made.dtype.type((totals[i] - total) / total)


@helper
def pitch_of(width, x):
    """How far apart rows of so many columns begin in a copy: a number of whole vectors."""
    lanes = VECTOR // x.itemsize
    return (width + lanes - 1) // lanes * lanes


def exact_sum(x):
    """The sums along axis 1: in float64, as rows that are added one after another would stall."""
    return x.sum(axis=1, keepdims=True, dtype=np.float64).astype(x.dtype)


def softmax_numpy(x, out, logarithm, start, stop):
    some = x[start:stop]
    shifted = some - np.max(some, axis=1, keepdims=True)
    p = np.exp(shifted)
    total = exact_sum(p)
    out[start:stop] = shifted - np.log(total) if logarithm else p / total


@kernel(twin=softmax_numpy)
def softmax_lines(x, out, logarithm, start, stop):
    """``out = e^(x - top)/total`` for each line of ``x``, or the logarithm of that."""
    count, length = x.shape
    require(out.shape == x.shape and length > 0)
    require_range(start, stop, count)
    pitch = pitch_of(length, x)
    lines = max(1, TOGETHER // pitch)
    flat, made, space = x.reshape(x.size), out.reshape(x.size), np.empty(lines * pitch, x.dtype)
    top, totals, shares = np.empty(1, x.dtype), np.empty(lines), np.empty(lines, x.dtype)
    for first in range(start, stop, lines):
        some = min(lines, stop - first)
        for k in range(some):
            at = (first + k) * length
            find_largest(flat, at, length, top)
            raise_differences(flat, at, length, top, space, k * pitch, totals, k, logarithm)
        if logarithm:
            logarithms(totals[:some], shares[:some])
        else:
            for k in range(some):
                shares[k] = 1 / totals[k]
        for k in range(some):
            scale(space, k * pitch, length, shares, k, made, (first + k) * length, logarithm)


def softmax_backward_numpy(g, out, dx, logarithm, start, stop):
    up, p = g[start:stop], out[start:stop]
    if logarithm:
        dx[start:stop] = up - np.exp(p) * exact_sum(up)
    else:
        dx[start:stop] = p * (up - exact_sum(up * p))


@kernel(twin=softmax_backward_numpy)
def softmax_lines_backward(g, out, dx, logarithm, start, stop):
    """``dx = p·(g - Σ g·p)`` for each line of probabilities ``out``, ``g - e^out·Σ g`` for logarithms of them."""
    count, length = g.shape
    require(g.shape == out.shape == dx.shape)
    require_range(start, stop, count)
    flat, flat_out, made_flat = g.reshape(g.size), out.reshape(g.size), dx.reshape(g.size)
    factor = np.empty(1, g.dtype)
    for r in range(start, stop):
        up, p, made = g[r], out[r], dx[r]
        if logarithm:
            at = r * length
            factor[0] = total_of(up)
            subtract_powers(flat, at, flat_out, at, length, factor, made_flat, at)
        else:
            total = 0.0
            for begin in range(0, length, BLOCK):
                some, other, part = up[begin : begin + BLOCK], p[begin : begin + BLOCK], g.dtype.type(0)
                for i in range(some.size):
                    part += some[i] * other[i]
                total += part
            share = g.dtype.type(total)
            for i in range(length):
                made[i] = p[i] * (up[i] - share)


@helper
def width_of(columns, length):
    """How many columns of so many numbers are gone through at a time."""
    return min(columns, max(NARROWEST, COLUMNS // length))


@helper
def add_exponentials(row, top, part, logarithm):
    """``row -= top`` and ``part += e^row``, which ``row`` becomes unless logarithms are wanted."""
    widest_vectors()
    if logarithm:
        for i in range(row.size):
            row[i] -= top[i]
            part[i] += exp_of_less(row[i])
    else:
        for i in range(row.size):
            row[i] = exp_of_less(row[i] - top[i])
            part[i] += row[i]


@kernel(twin=softmax_numpy)
def softmax_columns(x, out, logarithm, start, stop):
    """What `softmax_lines` does, for the columns of each of some matrices; several columns at a time, side by side.

    They are copied first: their numbers lie far apart, often by a power of two, and few of those stay in a cache.
    """
    count, length, columns = x.shape
    require(out.shape == x.shape and length > 0)
    require_range(start, stop, count)
    wide = width_of(columns, length)
    pitch = pitch_of(wide, x)
    rows, tops, parts = np.zeros(length * pitch, x.dtype), np.empty(pitch, x.dtype), np.zeros(pitch, x.dtype)
    totals = np.empty(pitch, np.float64)
    for matrix in range(start, stop):
        for begin in range(0, columns, wide):
            width = min(wide, columns - begin)
            top, total = tops[:width], totals[:width]
            # What fills up the last vector has no powers.
            tops[:], totals[:] = np.inf, 0
            top[:] = -np.inf
            for j in range(length):
                some, made = x[matrix, j, begin : begin + width], rows[j * pitch : j * pitch + width]
                for i in range(width):
                    # Read once, whatever the answer, so that this becomes vectors without masks, too.
                    value, most = some[i], top[i]
                    made[i] = value
                    top[i] = value if value > most else most
            for j in range(length):
                add_exponentials(rows[j * pitch : (j + 1) * pitch], tops, parts, logarithm)
                if j % FEW == FEW - 1 or j == length - 1:
                    move(parts, totals)
            if logarithm:
                logarithms(total, top)
            else:
                for i in range(width):
                    top[i] = 1 / total[i]
            for j in range(length):
                some, made = rows[j * pitch : j * pitch + width], out[matrix, j, begin : begin + width]
                if logarithm:
                    for i in range(width):
                        made[i] = some[i] - top[i]
                else:
                    for i in range(width):
                        made[i] = some[i] * top[i]


@kernel(twin=softmax_backward_numpy)
def softmax_columns_backward(g, out, dx, logarithm, start, stop):
    """What `softmax_lines_backward` does, for the columns of each of some matrices, copied as in `softmax_columns`."""
    count, length, columns = g.shape
    require(g.shape == out.shape == dx.shape)
    require_range(start, stop, count)
    wide = width_of(columns, max(length, 1))
    ups, powers = np.empty(length * wide, g.dtype), np.empty(length * wide, g.dtype)
    parts, shares, totals = np.zeros(wide, g.dtype), np.empty(wide, g.dtype), np.empty(wide, np.float64)
    for matrix in range(start, stop):
        for begin in range(0, columns, wide):
            width = min(wide, columns - begin)
            part, share, total = parts[:width], shares[:width], totals[:width]
            total[:] = 0
            for j in range(length):
                some, up = g[matrix, j, begin : begin + width], ups[j * wide : j * wide + width]
                other, p = out[matrix, j, begin : begin + width], powers[j * wide : j * wide + width]
                if logarithm:
                    exponentials(other, p)
                    for i in range(width):
                        up[i] = some[i]
                        part[i] += some[i]
                else:
                    for i in range(width):
                        up[i], p[i] = some[i], other[i]
                        part[i] += some[i] * other[i]
                if j % FEW == FEW - 1 or j == length - 1:
                    move(part, total)
            for i in range(width):
                share[i] = total[i]
            for j in range(length):
                up, p = ups[j * wide : j * wide + width], powers[j * wide : j * wide + width]
                made = dx[matrix, j, begin : begin + width]
                if logarithm:
                    for i in range(width):
                        made[i] = up[i] - p[i] * share[i]
                else:
                    for i in range(width):
                        made[i] = p[i] * (up[i] - share[i])


def softmax(x, axis, logarithm):
    """``softmax(x)`` along ``axis``, or the logarithm of it."""
    return along(softmax_lines, softmax_columns, (x,), axis, logarithm)


def softmax_of_rows(x, logarithm):
    """`softmax` of each row of a matrix that is one piece of memory: a short way for few of them."""
    if x.dtype.char == "e":
        return softmax(x, 1, logarithm)
    made = np.empty_like(x)
    if made.size:
        x = x if x.flags.writeable else x.copy()
        work = softmax_lines if x.dtype.char == "f" else softmax_lines.twin
        divided(len(x), functools.partial(work, x, made, logarithm), nanoseconds=made.size)
    return made


def softmax_backward(g, out, axis, logarithm):
    """The gradient of the scores; ``out`` is what `softmax` gave."""
    return along(softmax_lines_backward, softmax_columns_backward, (g, out), axis, logarithm)


def along(by_line, by_column, arrays, axis, logarithm):
    """What one of two loops makes of arrays of one shape, along ``axis``. float16 is computed in float32."""
    shape, dtype = arrays[0].shape, arrays[0].dtype
    if dtype.char == "e":
        return along(by_line, by_column, [x.astype(np.float32) for x in arrays], axis, logarithm).astype(dtype)
    made = np.empty(shape, dtype)
    if made.size:
        length, columns = shape[axis], math.prod(shape[axis + 1 :])
        work, view = (
            (by_line, (-1, length)) if columns == 1 else (by_column, (made.size // (length * columns), length, columns))
        )
        work = work if dtype.char == "f" else work.twin
        # What is writable is one type less to compile for.
        rows = [(x if x.flags.carray else np.require(x, requirements="CW")).reshape(view) for x in arrays]
        out = made.reshape(view)
        divided(len(out), functools.partial(work, *rows, out, logarithm), nanoseconds=made.size)
    return made
