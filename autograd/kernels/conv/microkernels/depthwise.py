"""Sums for one filter: over taps for a block of rows of places, and over places for a block of taps."""

from __future__ import annotations

import math

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import MACHINE, VECTOR

# Vectors of places in a block of one filter: so many sums are under way that none waits for the one before, and there
# are registers left for a column of taps.
VECTORS = min(8, MACHINE.registers // 2)
# How many taps are summed over places at once: those of 3x3.
SINGLE_TAPS = 9
# How tall the kernels are whose taps in a column share what they load.
TALL = (1, 3, 5, 7)
# How many rows are summed over at once where the taps are a square.
TOGETHER = 4


def accumulate_rows(
    weights, w, source, x, across, offsets, first, count, tall, beside, bias, b, out, y, apart, spacing, rows, width,
    vectors,
):  # fmt: skip
    """Fill a block of ``rows`` of ``out``: ``out[i, p] = bias[b] + Σₖ weights[k]·source[offsets[k] + i·across + p]``.

    In ``out`` rows are ``apart``, places ``spacing``. A row is at most ``vectors`` wide, a power of two, and there are
    at most `VECTORS` / ``vectors`` of them. The taps are matrices of ``tall`` rows, a number in `TALL`, and ``beside``
    columns; from one tap of a column to the next is ``across`` in the source, whose rows are so loaded once for all.
    """
    down, right = np.arange(rows)[:, None], np.arange(width)
    seen = source[x + offsets[first : first + count, None, None] + across * down + right]
    out[y + apart * down + spacing * right] = bias[b] + np.tensordot(weights[w : w + count], seen, 1)


def correlate_rows(g, start, width, source, x, across, offsets, first, square, rows, out, y):
    """Add to a vector for each of `SINGLE_TAPS`: ``out[k] += Σ_(i, p) g[i, p]·source[offsets[k] + i·across + p]``.

    The sums are over ``rows`` of ``width`` places; those of g lie one after another. Places that are as many as there
    are lanes apart are in one lane. square: whether the taps are a matrix of which each row looks ``across`` further.
    """
    lanes = VECTOR // out.itemsize
    pulled = g[start : start + rows * width].reshape(rows, width)
    places = across * np.arange(rows)[:, None] + np.arange(width)
    seen = source[x + offsets[first : first + SINGLE_TAPS, None, None] + places]
    sums = out[y : y + SINGLE_TAPS * lanes].reshape(SINGLE_TAPS, lanes)
    for p in range(width):
        sums[:, p % lanes] += seen[..., p] @ pulled[:, p]


@teacher
def compile_rows():
    """Teach Numba what these are in a kernel."""
    from ...compiling.emitter import number, written

    def write_rows(
        emit, weights, source, across, offsets, count, beside, bias, out, apart, spacing, rows, width, vectors, tall
    ):
        lines = range(VECTORS // vectors)
        constant = emit.spread(emit.number_at(bias, 0))
        sums = [[emit.register(constant) for _ in range(vectors)] for _ in lines]
        with emit.loop(emit.builder.sdiv(count, emit.times(beside, tall))) as matrix, emit.long_loop(beside) as column:
            tap = emit.builder.add(emit.builder.mul(matrix.index, emit.times(beside, tall)), column.index)
            pixels = emit.at(source, emit.number_at(offsets, tap))
            taps = [emit.at(weights, emit.builder.add(tap, emit.times(beside, i))) for i in range(tall)]
            taps = [emit.spread(emit.number_at(each, 0)) for each in taps]
            for seen in range(len(lines) + tall - 1):
                view = emit.at(pixels, emit.times(across, seen))
                for v in range(vectors):
                    found = emit.load(emit.at(view, v * emit.lanes))
                    for i in range(max(0, seen - len(lines) + 1), min(tall, seen + 1)):
                        emit.add_product(sums[seen - i][v], taps[i], found)
        each = []
        for r in lines:
            wide = emit.builder.select(emit.builder.icmp_signed("<", number(r), rows), width, number(0))
            for v in range(vectors):
                each.append((r, v, emit.builder.sub(wide, number(v * emit.lanes))))
        with emit.builder.if_else(emit.builder.icmp_signed("==", spacing, number(1))) as (close, scattered):
            with close:
                for r, v, count in each:
                    place = emit.at(emit.at(out, emit.times(apart, r)), v * emit.lanes)
                    emit.store_first(emit.builder.load(sums[r][v]), place, count)
            with scattered:
                for r, v, count in each:
                    place = emit.at(emit.at(out, emit.times(apart, r)), emit.times(spacing, v * emit.lanes))
                    emit.store_apart(emit.builder.load(sums[r][v]), place, count, spacing)

    @written(accumulate_rows)
    def _(
        emit, weights, w, source, x, across, offsets, first, count, tall, beside, bias, b, out, y, apart, spacing, rows,
        width, vectors,
    ):  # fmt: skip
        arguments = [emit.at(weights, w), emit.at(source, x), across, emit.at(offsets, first), count, beside]
        arguments += [emit.at(bias, b), emit.at(out, y), apart, spacing, rows, width]
        cases = {
            10 * v + t: lambda sizes=(v, t): write_rows(emit, *arguments, *sizes)
            for v in (1, 2, 4, 8)
            for t in (TALL if v <= 2 else (1,))
        }
        emit.choose(emit.builder.add(emit.times(vectors, 10), tall), cases)

    @written(correlate_rows)
    def _(emit, g, start, width, source, x, across, offsets, first, square, rows, out, y):
        offsets, g, source, out = emit.at(offsets, first), emit.at(g, start), emit.at(source, x), emit.at(out, y)
        places = [emit.at(out, k * emit.lanes) for k in range(SINGLE_TAPS)]
        sums = [emit.register(emit.load(place)) for place in places]
        views = [emit.at(source, emit.number_at(offsets, k)) for k in range(SINGLE_TAPS)]
        whole = emit.builder.sdiv(emit.builder.sub(width, number(1)), number(emit.lanes))
        done = emit.times(whole, emit.lanes)
        mask = emit.first(emit.builder.sub(width, done), emit.lanes)
        side = math.isqrt(SINGLE_TAPS)

        def add(row, p, load, tall):
            """What ``tall`` rows add at places p; a row of the source is loaded once for all of a square."""
            at = lambda pointer, row, apart: emit.at(pointer, emit.builder.add(emit.builder.mul(row, apart), p))
            down = [emit.builder.add(row, number(r)) for r in range(tall + side - 1)]
            pulled = [load(at(g, each, width)) for each in down[:tall]]
            if tall == 1:
                for register, view in zip(sums, views):
                    emit.add_product(register, pulled[0], load(at(view, row, across)))
                return
            for seen, each in enumerate(down):
                for j, view in enumerate(views[:side]):
                    found = load(at(view, each, across))
                    for i in range(max(0, seen - tall + 1), min(side, seen + 1)):
                        emit.add_product(sums[side * i + j], pulled[seen - i], found)

        def add_rows(first, count, tall):
            with emit.loop(count) as loop:
                row = emit.builder.add(first, emit.times(loop.index, tall))
                with emit.long_loop(whole) as vector:
                    add(row, emit.times(vector.index, emit.lanes), emit.load, tall)
                add(row, done, lambda pointer: emit.load_masked(pointer, mask), tall)

        blocks = emit.builder.sdiv(emit.builder.mul(square, rows), number(TOGETHER))
        covered = emit.times(blocks, TOGETHER)
        add_rows(number(0), blocks, TOGETHER)
        add_rows(covered, emit.builder.sub(rows, covered), 1)
        for register, place in zip(sums, places):
            emit.store(emit.builder.load(register), place)
