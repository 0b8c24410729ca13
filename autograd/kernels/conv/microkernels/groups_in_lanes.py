"""Sums over taps for a block of places: groups of one channel and one filter lie side by side in the lanes."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import MACHINE, VECTOR

# How many places a block has: so many sums are under way that none waits for the one before.
PLACES = min(8, MACHINE.registers // 2)


def accumulate_groups(weights, w, source, x, offsets, first, count, step, bias, out, y, spacing, width):
    """``out[p, l] = bias[l] + Σₖ weights[k, l]·source[offsets[k] + p·step, l]``, with a group l in each lane.

    p is less than ``width``, at most `PLACES`. In ``out`` places are ``spacing`` vectors apart.
    """
    lanes = VECTOR // out.itemsize
    lane, right = np.arange(lanes), np.arange(width)[:, None]
    seen = source[x + lanes * (offsets[first : first + count, None, None] + step * right) + lane]
    lines = weights[w : w + count * lanes].reshape(count, 1, lanes)
    out[y + lanes * spacing * right + lane] = bias[:lanes] + (lines * seen).sum(axis=0)


@teacher
def compile_groups():
    """Teach Numba what this is in a kernel."""
    from ...compiling.emitter import written

    def write_groups(emit, weights, source, offsets, count, step, bias, out, spacing, width):
        constant = emit.load(bias)
        sums = [emit.register(constant) for _ in range(width)]
        steps = [emit.times(step, p) for p in range(width)]
        with emit.loop(count) as loop:
            line = emit.load(emit.at(weights, emit.times(loop.index, emit.lanes)))
            pixels = emit.at(source, emit.times(emit.number_at(offsets, loop.index), emit.lanes))
            for register, right in zip(sums, steps):
                emit.add_product(register, line, emit.load(emit.at(pixels, right)))
        for p, register in enumerate(sums):
            emit.store(emit.builder.load(register), emit.at(out, emit.times(spacing, p)))

    @written(accumulate_groups)
    def _(emit, weights, w, source, x, offsets, first, count, step, bias, out, y, spacing, width):
        step, spacing = emit.times(step, emit.lanes), emit.times(spacing, emit.lanes)
        pointers = [emit.at(weights, w), emit.at(source, x), emit.at(offsets, first), count, step]
        pointers += [emit.at(bias, 0), emit.at(out, y), spacing]
        cases = {each: lambda each=each: write_groups(emit, *pointers, each) for each in range(1, PLACES + 1)}
        emit.choose(width, cases)
