"""Sums over places for a block of channels of the upstream gradient by taps."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import MACHINE, VECTOR

# How many channels and taps a block of `correlate` has: as many sums as there are registers, but for what the taps see
# and the upstream gradient that they are multiplied by.
CHANNELS, TAPS = (4, 6) if MACHINE.registers >= 32 else (2, 5)
# Numbers that whole vectors of such a block take.
BLOCK = -(-CHANNELS * TAPS * 4 // VECTOR) * VECTOR // 4


def correlate(g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
    """Fill the block ``out[CHANNELS, TAPS]``, flat, in `BLOCK`: ``out[r, k] = Σ_p g[r, p]·source[offsets[k] + p]``.

    Sums over ``vectors`` of places in each of some ``images``. The rows of g are ``stride`` apart, its images
    ``between``, those of the source ``apart``.
    """
    places = np.arange(vectors * VECTOR // out.itemsize)
    out[: CHANNELS * TAPS] = 0
    for image in range(images):
        rows = g[start + image * between + stride * np.arange(CHANNELS)[:, None] + places]
        seen = source[x + image * apart + offsets[first : first + TAPS, None] + places]
        out[: CHANNELS * TAPS] += (rows @ seen.T).ravel()


@teacher
def compile_correlate():
    """Teach Numba what this is in a kernel."""
    from ...compiling.emitter import written

    @written(correlate)
    def _(emit, g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
        sums = [[emit.register(emit.zero) for _ in range(TAPS)] for _ in range(CHANNELS)]
        offsets, g, source = emit.at(offsets, first), emit.at(g, start), emit.at(source, x)
        taps = [emit.number_at(offsets, k) for k in range(TAPS)]
        rows = [emit.times(stride, r) for r in range(CHANNELS)]
        with emit.loop(images) as image:
            upstream = emit.at(g, emit.builder.mul(image.index, between))
            pixels = emit.at(source, emit.builder.mul(image.index, apart))
            lines = [emit.at(upstream, row) for row in rows]
            views = [emit.at(pixels, tap) for tap in taps]
            with emit.long_loop(vectors) as loop:
                p = emit.times(loop.index, emit.lanes)
                seen = [emit.load(emit.at(view, p)) for view in views]
                for r in range(CHANNELS):
                    pulled = emit.load(emit.at(lines[r], p))
                    for k in range(TAPS):
                        emit.add_product(sums[r][k], pulled, seen[k])
        found = [emit.builder.load(register) for row in sums for register in row]
        for start in range(0, len(found), emit.lanes):
            emit.store(emit.totals(found[start : start + emit.lanes]), emit.at(out, start))
