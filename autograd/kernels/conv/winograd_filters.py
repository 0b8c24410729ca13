"""The transforms of 3x3 and 5x5 filters for Winograd's algorithm: ``G·w·Gᵀ``, and the adjoint for gradients."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel, teacher
from ..compiling.machine import VECTOR
from ..compiling.memory import flat, scratch
from ..compiling.require import require, require_range
from ..compiling.threads import divided
from .microkernels.accumulate import FILTERS

# Row i of G makes of a filter its value at a point, as a polynomial: at 0, 1, -1, 2, -2, and at infinity, where that is
# its last number. The values are divided by what B makes them larger.
POINTS, DIVISORS = np.array([0, 1, -1, 2, -2]), np.array([4, -6, -6, 24, 24])
G = {
    taps: np.vstack([POINTS[:, None] ** np.arange(taps) / DIVISORS[:, None], np.arange(taps) == taps - 1])
    for taps in (3, 5)
}
# The same for filters as vectors.
WEIGH = {taps: np.kron(matrix, matrix) for taps, matrix in G.items()}
# About how long a transformed number takes, in nanoseconds: it is written to memory.
COST = 0.2


def transformed(weight, turned):
    """``G·w·Gᵀ`` of filters (O, C, taps, taps), as `winograd` reads it: [place, block of filters, channel, filter].

    turned: filters and channels swap their roles and each filter is turned by 180 degrees, as the gradient in the
    image asks for. In memory that the next call of this thread overwrites.
    """
    channels, filters = weight.shape[:2] if turned else weight.shape[1::-1]
    taps = weight.shape[2]
    blocks = -(-filters // FILTERS)
    out = scratch("transformed weights", weight.dtype, 36 * blocks * channels * FILTERS)
    lines = flat(weight)
    some = lambda start, stop: winograd_filters(lines, out, filters, channels, taps, turned, start, stop)
    divided(blocks, some, COST * out.size)
    return out


def weight_from(total, shape):
    """``Gᵀ·m·G`` of [place, filter, channel]: the gradient in the weight, of ``shape``. There may be more of both."""
    found = WEIGH[shape[2]].T.astype(total.dtype) @ total.reshape(36, -1)
    found = found.reshape(len(found), -(-shape[0] // FILTERS) * FILTERS, -1)[:, : shape[0], : shape[1]]
    return np.ascontiguousarray(found.transpose(1, 2, 0)).reshape(shape)


def filters_in(weight, x, step, taps, places, inside, kept, out, y, apart):
    """``G·w·Gᵀ`` of a vector of filters: number k of one is at ``x + step·k`` and its place, 0 if not ``inside``.

    inside: a bit a filter, of which the first is set. So many as are ``kept`` are stored; the places of ``out`` are
    ``apart``.
    """
    lanes = np.arange(len(places))
    inside, kept = (inside >> lanes & 1) == 1, lanes < kept
    found = np.where(inside, weight[np.where(inside, x + step * np.arange(taps * taps)[:, None] + places, 0)], 0)
    out[y + apart * np.arange(36)[:, None] + lanes[kept]] = (WEIGH[taps].astype(out.dtype) @ found)[:, kept]


@teacher
def compile_filters():
    """Teach Numba what that is in a kernel."""
    from ..compiling.emitter import written

    def weighed(emit, w):
        """G of three vectors, or of five."""
        builder, constant = emit.builder, emit.constant
        even, odd, far, half = w[0], w[1], builder.fmul(constant(1 / 24), w[0]), builder.fmul(constant(1 / 12), w[1])
        for k in range(2, len(w)):
            if k % 2:
                odd, half = builder.fadd(odd, w[k]), emit.fma(constant(2**k / 24), w[k], half)
            else:
                even, far = builder.fadd(even, w[k]), emit.fma(constant(2**k / 24), w[k], far)
        even, odd = builder.fmul(constant(-1 / 6), even), builder.fmul(constant(1 / 6), odd)
        return [
            builder.fmul(constant(1 / 4), w[0]),
            builder.fsub(even, odd),
            builder.fadd(even, odd),
            builder.fadd(far, half),
            builder.fsub(far, half),
            w[-1],
        ]

    def write_in(emit, taps, weight, step, indices, inside, kept, out, apart):
        found = [emit.gather_masked(emit.at(weight, emit.times(step, k)), inside, indices) for k in range(taps * taps)]
        columns = [weighed(emit, found[j::taps]) for j in range(taps)]
        for i in range(6):
            for j, value in enumerate(weighed(emit, [column[i] for column in columns])):
                emit.store_first(value, emit.at(out, emit.times(apart, 6 * i + j)), kept)

    @written(filters_in)
    def _(emit, weight, x, step, taps, places, inside, kept, out, y, apart):
        arguments = emit.at(weight, x), step, emit.indices(places), emit.bits(inside), kept, emit.at(out, y)
        emit.choose(taps, {each: lambda each=each: write_in(emit, each, *arguments, apart) for each in G})


def filters_numpy(weight, out, filters, channels, taps, turned, start, stop):
    lines = weight.reshape(*(channels, filters) if turned else (filters, channels), taps * taps)
    lines = lines[..., ::-1] if turned else lines
    lines = lines.transpose(2, 0, 1) if turned else lines.transpose(2, 1, 0)
    places = out.reshape(36, -1, channels, FILTERS)
    for block in range(start, stop):
        part = lines[..., block * FILTERS : (block + 1) * FILTERS]
        made = (WEIGH[taps].astype(out.dtype) @ part.reshape(taps * taps, -1)).reshape(36, *part.shape[1:])
        places[:, block, :, : part.shape[-1]] = made
        places[:, block, :, part.shape[-1] :] = 0


@kernel(twin=filters_numpy)
def winograd_filters(weight, out, filters, channels, taps, turned, start, stop):
    """`transformed` for the blocks of filters from ``start`` to ``stop``; both arrays flat."""
    blocks = (filters + FILTERS - 1) // FILTERS
    require(weight.size == filters * channels * taps * taps and out.size >= 36 * blocks * channels * FILTERS)
    require_range(start, stop, blocks)
    for block in range(start, stop):
        y, apart = block * channels * FILTERS, blocks * channels * FILTERS
        weighed(weight, filters, channels, taps, turned, block, block + 1, 0, channels, out, y, apart)


@helper
def weighed(weight, filters, channels, taps, turned, first, last, base, depth, out, y, apart):
    """Transform the blocks of filters from ``first`` to ``last``, ``depth`` channels of each from ``base`` on.

    At ``y`` begins [block, channel, filter] of the first of the 36 places, which are ``apart``.
    """
    lanes = VECTOR // weight.itemsize
    size = taps * taps
    across, down = (size, size * filters) if turned else (size * channels, size)
    start, step = (size - 1, -1) if turned else (0, 1)
    # A vector is a block of filters of as many channels as it has room for.
    together = lanes // FILTERS
    require(together > 0)
    places = np.empty(lanes, np.int64)
    for lane in range(lanes):
        places[lane] = lane % FILTERS * across + lane // FILTERS * down
    for channel in range(0, depth, together):
        count = min(together, depth - channel)
        for block in range(first, last):
            row, inside = (1 << min(FILTERS, filters - block * FILTERS)) - 1, 0
            for i in range(count):
                inside |= row << FILTERS * i
            filters_in(
                weight, start + block * FILTERS * across + (base + channel) * down, step, taps, places, inside,
                count * FILTERS, out, y + ((block - first) * depth + channel) * FILTERS, apart,
            )  # fmt: skip
