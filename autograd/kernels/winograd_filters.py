"""The transforms of 3x3 filters for Winograd's algorithm: ``G·w·Gᵀ``, and the adjoint for gradients."""

from __future__ import annotations

import numpy as np

from .jit import helper, kernel, teacher
from .memory import scratch
from .threads import divided
from .vectors import FILTERS

G = np.array([
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
])  # fmt: skip
# The same for filters as vectors.
WEIGH = np.kron(G, G)
# About how long a transformed number takes, in nanoseconds: it is written to memory.
COST = 0.2


def transformed(weight, turned):
    """``G·w·Gᵀ`` of filters (O, C, 3, 3), as `winograd` reads it: [place, block of filters, channel, filter].

    turned: filters and channels swap their roles and each filter is turned by 180 degrees, as the gradient in the
    image asks for. In memory that the next call of this thread overwrites.
    """
    channels, filters = weight.shape[:2] if turned else weight.shape[1::-1]
    blocks = -(-filters // FILTERS)
    out = scratch("transformed weights", weight.dtype, 36 * blocks * channels * FILTERS)
    lines = np.require(weight, requirements="CW").reshape(-1)
    some = lambda start, stop: winograd_filters(lines, out, filters, channels, turned, start, stop)
    divided(blocks, some, COST * out.size)
    return out


def weight_from(total, filters, channels):
    """``Gᵀ·m·G`` of [place, filter, channel]: the gradient in the weight (O, C, 3, 3). There may be more of both."""
    found = (WEIGH.T.astype(total.dtype) @ total.reshape(36, -1)).reshape(9, -(-filters // FILTERS) * FILTERS, -1)
    return np.ascontiguousarray(found[:, :filters, :channels].transpose(1, 2, 0)).reshape(filters, channels, 3, 3)


def filters_in(weight, x, step, places, inside, kept, out, y, apart):
    """``G·w·Gᵀ`` of a vector of filters: number k of one is at ``x + step·k`` and its place, 0 if not ``inside``.

    Those that are ``kept`` are stored; the places of ``out`` are ``apart``. Both are a bit a filter.
    """
    lanes = np.arange(len(places))
    inside, kept = (inside >> lanes & 1) == 1, (kept >> lanes & 1) == 1
    found = np.where(inside, weight[np.where(inside, x + step * np.arange(9)[:, None] + places, 0)], 0)
    out[y + apart * np.arange(36)[:, None] + lanes[kept]] = (WEIGH.astype(out.dtype) @ found)[:, kept]


@teacher
def compile_filters():
    """Teach Numba what that is in a kernel."""
    from .emit import written

    def weighed(emit, w):
        """G of three vectors."""
        builder = emit.builder
        sixth = builder.fmul(emit.constant(-1 / 6), builder.fadd(w[0], w[2]))
        near = builder.fmul(emit.constant(1 / 6), w[1])
        far = emit.fma(emit.constant(1 / 24), w[0], builder.fmul(emit.constant(1 / 6), w[2]))
        half = builder.fmul(emit.constant(1 / 12), w[1])
        return [
            builder.fmul(emit.constant(1 / 4), w[0]),
            builder.fsub(sixth, near),
            builder.fadd(sixth, near),
            builder.fadd(far, half),
            builder.fsub(far, half),
            w[2],
        ]

    @written(filters_in)
    def _(emit, weight, x, step, places, inside, kept, out, y, apart):
        inside, kept, indices = emit.bits(inside), emit.bits(kept), emit.indices(places)
        taps = [emit.at(weight, emit.builder.add(x, emit.times(step, k))) for k in range(9)]
        found = [emit.gather_masked(tap, inside, indices) for tap in taps]
        columns = [weighed(emit, found[j::3]) for j in range(3)]
        out = emit.at(out, y)
        for i in range(6):
            for j, value in enumerate(weighed(emit, [column[i] for column in columns])):
                emit.store_masked(value, emit.at(out, emit.times(apart, 6 * i + j)), kept)


def filters_numpy(weight, out, filters, channels, turned, start, stop):
    lines = weight.reshape(channels, filters, 9)[..., ::-1] if turned else weight.reshape(filters, channels, 9)
    lines = lines.transpose(2, 0, 1) if turned else lines.transpose(2, 1, 0)
    places = out.reshape(36, -1, channels, FILTERS)
    for block in range(start, stop):
        part = lines[..., block * FILTERS : (block + 1) * FILTERS]
        made = (WEIGH.astype(out.dtype) @ part.reshape(9, -1)).reshape(36, *part.shape[1:])
        places[:, block, :, : part.shape[-1]] = made
        places[:, block, :, part.shape[-1] :] = 0


@kernel(twin=filters_numpy)
def winograd_filters(weight, out, filters, channels, turned, start, stop):
    """`transformed` for the blocks of filters from ``start`` to ``stop``; both arrays flat."""
    blocks = (filters + FILTERS - 1) // FILTERS
    for block in range(start, stop):
        y, apart = block * channels * FILTERS, blocks * channels * FILTERS
        weighed(weight, filters, channels, turned, block, block + 1, 0, channels, out, y, apart)


@helper
def weighed(weight, filters, channels, turned, first, last, base, depth, out, y, apart):
    """Transform the blocks of filters from ``first`` to ``last``, ``depth`` channels of each from ``base`` on.

    At ``y`` begins [block, channel, filter] of the first of the 36 places, which are ``apart``.
    """
    lanes = 64 // weight.itemsize
    across, down = (9, 9 * filters) if turned else (9 * channels, 9)
    start, step = (8, -1) if turned else (0, 1)
    # A vector is a block of filters of as many channels as it has room for.
    together = lanes // FILTERS
    places = np.empty(lanes, np.int64)
    for lane in range(lanes):
        places[lane] = lane % FILTERS * across + lane // FILTERS * down
    for channel in range(0, depth, together):
        count = min(together, depth - channel)
        for block in range(first, last):
            row, inside, kept = (1 << min(FILTERS, filters - block * FILTERS)) - 1, 0, 0
            for i in range(count):
                inside |= row << FILTERS * i
                kept |= ((1 << FILTERS) - 1) << FILTERS * i
            filters_in(
                weight, start + block * FILTERS * across + (base + channel) * down, step, places, inside, kept,
                out, y + ((block - first) * depth + channel) * FILTERS, apart,
            )  # fmt: skip
