"""Sums over taps, and over places, where groups of one channel and one filter lie side by side in the lanes."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import MACHINE, VECTOR
from .depthwise import SINGLE_TAPS

# How many places a block has: as many sums as there are registers, but for the weights and a pixel. Where a stride lies
# between the pixels, their distances take registers too.
PLACES, STRIDED = min(14, MACHINE.registers - 2), 8


def accumulate_groups(weights, w, source, x, offsets, first, count, step, bias, b, out, y, spacing, width):
    """``out[p, l] = bias[l] + Σₖ weights[k, l]·source[offsets[k] + p·step, l]``, with a group l in each lane.

    p is less than ``width``, at most `PLACES`, or `STRIDED` unless the step is 1. In ``out`` places are ``spacing``
    vectors apart.
    """
    lanes = VECTOR // out.itemsize
    lane, right = np.arange(lanes), np.arange(width)[:, None]
    seen = source[x + lanes * (offsets[first : first + count, None, None] + step * right) + lane]
    lines = weights[w : w + count * lanes].reshape(count, 1, lanes)
    out[y + lanes * spacing * right + lane] = bias[b : b + lanes] + (lines * seen).sum(axis=0)


def correlate_groups(g, y, rows, width, source, x, down, step, offsets, first, count, sums, k):
    """``sums[t, l] += Σᵣₚ g[r, p, l]·source[offsets[t] + r·down + p·step, l]``, with a group l in each lane.

    t counts ``count`` taps from ``first`` on, at most `SINGLE_TAPS`. In ``g`` the ``rows`` x ``width`` places lie side
    by side.
    """
    lanes = VECTOR // sums.itemsize
    places = down * np.arange(rows)[:, None] + step * np.arange(width)
    seen = source[x + lanes * (offsets[first : first + count, None, None, None] + places[..., None]) + np.arange(lanes)]
    pulled = g[y : y + rows * width * lanes].reshape(rows, width, lanes)
    sums[k : k + count * lanes] += (seen * pulled).sum(axis=(1, 2)).ravel()


@teacher
def compile_groups():
    """Teach Numba what this is in a kernel."""
    from ...compiling.emitter import number, written

    def write_groups(emit, weights, source, offsets, count, step, bias, out, spacing, width):
        constant = emit.load(bias)
        sums = [emit.register(constant) for _ in range(width)]
        steps = [step * p if isinstance(step, int) else emit.times(step, p) for p in range(width)]
        with (emit.long_loop if width > STRIDED // 2 else emit.loop)(count) as loop:
            line = emit.load(emit.at(weights, emit.times(loop.index, emit.lanes)))
            pixels = emit.at(source, emit.times(emit.number_at(offsets, loop.index), emit.lanes))
            for register, right in zip(sums, steps):
                emit.add_product(register, line, emit.load(emit.at(pixels, right)))
        for p, register in enumerate(sums):
            emit.store(emit.builder.load(register), emit.at(out, emit.times(spacing, p)))

    @written(accumulate_groups)
    def _(emit, weights, w, source, x, offsets, first, count, step, bias, b, out, y, spacing, width):
        pointers = [emit.at(weights, w), emit.at(source, x), emit.at(offsets, first), count]
        ends = [emit.at(bias, b), emit.at(out, y), emit.times(spacing, emit.lanes)]
        step = emit.times(step, emit.lanes)

        def write_some(step, most):
            cases = range(1, most + 1)
            emit.choose(width, {p: lambda p=p: write_groups(emit, *pointers, step, *ends, p) for p in cases})

        with emit.builder.if_else(emit.builder.icmp_signed("==", step, number(emit.lanes))) as (close, apart):
            with close:
                write_some(emit.lanes, PLACES)
            with apart:
                write_some(step, STRIDED)

    def write_taps(emit, g, rows, width, source, down, step, offsets, sums, count):
        registers = [emit.register(emit.zero) for _ in range(count)]
        offset = lambda t: emit.times(emit.number_at(offsets, number(t)), emit.lanes)
        taps = [emit.at(source, offset(t)) for t in range(count)]
        with emit.loop(rows) as row:
            line = emit.at(g, emit.times(emit.builder.mul(row.index, width), emit.lanes))
            below = emit.builder.mul(row.index, down)
            with emit.long_loop(width) as place:
                pulled = emit.load(emit.at(line, emit.times(place.index, emit.lanes)))
                right = emit.builder.add(below, emit.builder.mul(place.index, step))
                for register, tap in zip(registers, taps):
                    emit.add_product(register, pulled, emit.load(emit.at(tap, right)))
        for t, register in enumerate(registers):
            target = emit.at(sums, t * emit.lanes)
            emit.store(emit.builder.fadd(emit.load(target), emit.builder.load(register)), target)

    @written(correlate_groups)
    def _(emit, g, y, rows, width, source, x, down, step, offsets, first, count, sums, k):
        down, step = emit.times(down, emit.lanes), emit.times(step, emit.lanes)
        pointers = [emit.at(g, y), rows, width, emit.at(source, x), down, step, emit.at(offsets, first)]
        pointers += [emit.at(sums, k)]
        cases = {each: lambda each=each: write_taps(emit, *pointers, each) for each in range(1, SINGLE_TAPS + 1)}
        emit.choose(count, cases)
