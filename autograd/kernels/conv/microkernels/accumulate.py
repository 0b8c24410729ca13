"""Sums over taps for a block of filters by places: places lie side by side in the lanes of vectors."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import MACHINE, VECTOR

# How many filters a block of `accumulate` has, and of `accumulate_few`, and how many vectors of places: as many sums as
# there are registers, but for the places that are read and the weight that they are multiplied by.
FILTERS, FEW_FILTERS = (8, 4) if MACHINE.registers >= 32 and VECTOR >= 32 else (4, 2)
PLACES = (MACHINE.registers - 1) // (FILTERS + 1)
# How far ahead weights are asked for, in elements: those of many channels come from memory, a number at a time, which
# the machine itself doesn't take for a stream.
AHEAD = 1024


def accumulate(
    weights, w, between, blocks, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width
):  # fmt: skip
    """Fill blocks of `FILTERS` rows of ``out``: ``out[r, p] = bias[r] + Σₖ weights[k, r]·source[offsets[k] + p]``.

    The rows are ``stride`` apart, the weights of the ``blocks`` ``between``. ``width``, how many places there are, is
    at most `PLACES` vectors, and is rounded up to whole ones. Unless ``fresh``, the sums are added to what is in
    ``out``, and the bias is not.
    """
    for block in range(blocks):
        fill_block(
            FILTERS, weights, w + block * between, source, x, offsets, first, count, fresh, bias, b + block * FILTERS,
            out, y + block * FILTERS * stride, stride, width,
        )  # fmt: skip


def accumulate_few(weights, w, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width):
    """The first `FEW_FILTERS` rows of one block."""
    fill_block(
        FEW_FILTERS, weights, w, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width
    )  # fmt: skip


def fill_block(filters, weights, w, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width):
    """The first ``filters`` rows of one block, in NumPy."""
    lanes = VECTOR // out.itemsize
    width = -(-width // lanes) * lanes
    seen = source[x + offsets[first : first + count, None] + np.arange(width)]
    rows = weights[w : w + count * FILTERS].reshape(count, FILTERS)
    for r in range(filters):
        line = out[y + r * stride :][:width]
        line[:] = (bias[b + r] if fresh else line) + rows[:, r] @ seen


@teacher
def compile_accumulate():
    """Teach Numba what this is in a kernel."""
    from ...compiling.emitter import number, written

    def write_block(emit, filters, weights, source, offsets, count, fresh, bias, out, stride, places):
        sums = [[emit.register(emit.zero) for _ in range(places)] for _ in range(filters)]
        lines = [
            [emit.at(out, emit.builder.add(emit.times(stride, r), number(v * emit.lanes))) for v in range(places)]
            for r in range(filters)
        ]
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                for r in range(filters):
                    constant = emit.spread(emit.number_at(bias, r))
                    # The next block of places, which belongs to memory that nobody has asked for yet.
                    for v in range(places):
                        emit.prefetch(emit.at(lines[r][v], PLACES * emit.lanes), to_write=True)
                    for register in sums[r]:
                        emit.builder.store(constant, register)
            with more:
                for r in range(filters):
                    for v in range(places):
                        emit.prefetch(lines[r][v])
        with emit.long_loop(count) as loop:
            pixels = emit.at(source, emit.number_at(offsets, loop.index))
            seen = [emit.load(emit.at(pixels, v * emit.lanes)) for v in range(places)]
            row = emit.at(weights, emit.times(loop.index, FILTERS))
            emit.prefetch(emit.at(row, AHEAD))
            for r in range(filters):
                weight = emit.spread(emit.number_at(row, r))
                for v in range(places):
                    emit.add_product(sums[r][v], weight, seen[v])
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                for r in range(filters):
                    for v in range(places):
                        emit.store(emit.builder.load(sums[r][v]), lines[r][v])
            with more:
                for r in range(filters):
                    for v in range(places):
                        total = emit.builder.fadd(emit.load(lines[r][v]), emit.builder.load(sums[r][v]))
                        emit.store(total, lines[r][v])

    def pointers_of(emit, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width):
        ends = [emit.at(source, x), emit.at(offsets, first), count, fresh, emit.at(bias, b), emit.at(out, y), stride]
        return *ends, emit.builder.sdiv(emit.builder.add(width, number(emit.lanes - 1)), number(emit.lanes))

    @written(accumulate)
    def _(emit, weights, w, between, blocks, *rest):
        emit.call("accumulate", write_blocks, emit.at(weights, w), between, blocks, *pointers_of(emit, *rest))

    @written(accumulate_few)
    def _(emit, weights, w, *rest):
        emit.call("accumulate_few", write_few, emit.at(weights, w), *pointers_of(emit, *rest))

    def write_blocks(emit, weights, between, blocks, source, offsets, count, fresh, bias, out, stride, vectors):
        fresh = emit.builder.icmp_signed("!=", fresh, number(0))

        def write_all(places):
            with emit.long_loop(blocks) as block:
                row = emit.times(block.index, FILTERS)
                line, constant = emit.at(out, emit.builder.mul(row, stride)), emit.at(bias, row)
                lines = emit.at(weights, emit.builder.mul(block.index, between))
                write_block(emit, FILTERS, lines, source, offsets, count, fresh, constant, line, stride, places)

        emit.choose(vectors, {places: lambda places=places: write_all(places) for places in range(1, PLACES + 1)})

    def write_few(emit, weights, source, offsets, count, fresh, *rest):
        *ends, vectors = rest
        pointers = weights, source, offsets, count, emit.builder.icmp_signed("!=", fresh, number(0)), *ends
        some = lambda places: write_block(emit, FEW_FILTERS, *pointers, places)
        emit.choose(vectors, {places: lambda places=places: some(places) for places in range(1, PLACES + 1)})
