"""The transforms of 3x3 and 5x5 filters for Winograd's algorithm: ``G·w·Gᵀ``, and the adjoint for gradients."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel, teacher
from ..compiling.machine import VECTOR
from ..compiling.memory import LINE, flat, scratch
from ..compiling.prefetch import prefetch
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
# Numbers by which what is read or written at once is moved apart, so that it doesn't share lines of the cache.
APART = LINE // 4
# About how long a transformed number takes, in nanoseconds: it is written to memory.
COST = 0.2


@helper
def size_ahead(filters, channels):
    """From one of the 36 places to the next in filters that are transformed ahead."""
    return (filters + FILTERS - 1) // FILTERS * channels * FILTERS + APART


def transformed(weight, turned):
    """``G·w·Gᵀ`` of filters (O, C, taps, taps), as `winograd` reads it: [place, block of filters, channel, filter].

    turned: filters and channels swap their roles and each filter is turned by 180 degrees, as the gradient in the
    image asks for. In memory that the next call of this thread overwrites.
    """
    channels, filters = weight.shape[:2] if turned else weight.shape[1::-1]
    taps = weight.shape[2]
    blocks = -(-filters // FILTERS)
    out = scratch("transformed weights", weight.dtype, 36 * size_ahead(filters, channels))
    lines = flat(weight)
    some = lambda start, stop: winograd_filters(lines, out, filters, channels, taps, turned, start, stop)
    divided(blocks, some, COST * out.size)
    return out


def weight_from(total, shape):
    """``Gᵀ·m·G`` of [place, filter, channel]: the gradient in the weight, of ``shape``. There may be more of both."""
    found = WEIGH[shape[2]].T.astype(total.dtype) @ total.reshape(36, -1)
    found = found.reshape(len(found), -(-shape[0] // FILTERS) * FILTERS, -1)[:, : shape[0], : shape[1]]
    return np.ascontiguousarray(found.transpose(1, 2, 0)).reshape(shape)


def filters_in(weight, turned, taps, places, count, out, y, apart):
    """``G·w·Gᵀ`` of a vector of filters: the numbers of each lie side by side from its place on.

    turned: whether they come from the last to the first. ``count`` blocks of filters are stored, of as many as there is
    room for in a vector. The places of ``out`` are ``apart``.
    """
    found = weight[np.arange(taps * taps)[:, None] + places]
    kept = np.arange(count * FILTERS)
    found = found[::-1] if turned else found
    out[y + apart * np.arange(36)[:, None] + kept] = (WEIGH[taps].astype(out.dtype) @ found)[:, kept]


@teacher
def compile_filters():
    """Teach Numba what that is in a kernel."""
    from llvmlite import ir

    from ..compiling.emitter import number, written

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

    def numbers(emit, weight, size, places):
        """The numbers of the filters at ``places``, one of each filter in a vector: columns of squares of them."""
        found = []
        for start in range(0, size, emit.lanes):
            mask = ir.Constant(emit.all.type, [start + lane < size for lane in range(emit.lanes)])
            corners = [emit.at(weight, emit.builder.add(place, number(start))) for place in places]
            whole = start + emit.lanes <= size
            found += emit.transposed([emit.load(each) if whole else emit.load_masked(each, mask) for each in corners])
        return found[:size]

    def write_in(emit, taps, blocks, weight, turned, places, out, apart):
        found = numbers(emit, weight, taps * taps, [emit.number_at(places, lane) for lane in range(emit.lanes)])
        found = [emit.builder.select(turned, *pair) for pair in zip(found[::-1], found)]
        columns = [weighed(emit, found[j::taps]) for j in range(taps)]
        for i in range(6):
            for j, value in enumerate(weighed(emit, [column[i] for column in columns])):
                place = emit.at(out, emit.times(apart, 6 * i + j))
                emit.store(emit.part(value, 0, blocks * FILTERS), place)

    @written(filters_in)
    def _(emit, weight, turned, taps, places, count, out, y, apart):
        turned = emit.builder.icmp_signed("!=", turned, number(0))
        kind = emit.builder.add(emit.times(taps, 10), count)
        ends = weight, turned, places, emit.at(out, y), apart
        cases = {
            10 * taps + blocks: lambda sizes=(taps, blocks): write_in(emit, *sizes, *ends)
            for taps in G
            for blocks in {1, emit.lanes // FILTERS}
        }
        emit.choose(kind, cases)


def filters_numpy(weight, out, filters, channels, taps, turned, start, stop):
    lines = weight.reshape(*(channels, filters) if turned else (filters, channels), taps * taps)
    lines = lines[..., ::-1] if turned else lines
    lines = lines.transpose(2, 0, 1) if turned else lines.transpose(2, 1, 0)
    blocks = -(-filters // FILTERS)
    places = out.reshape(36, -1)[:, : blocks * channels * FILTERS].reshape(36, blocks, channels, FILTERS)
    for block in range(start, stop):
        part = lines[..., block * FILTERS : (block + 1) * FILTERS]
        made = (WEIGH[taps].astype(out.dtype) @ part.reshape(taps * taps, -1)).reshape(36, *part.shape[1:])
        places[:, block, :, : part.shape[-1]] = made
        places[:, block, :, part.shape[-1] :] = made[..., -1:]


@kernel(twin=filters_numpy)
def winograd_filters(weight, out, filters, channels, taps, turned, start, stop):
    """`transformed` for the blocks of filters from ``start`` to ``stop``; both arrays flat."""
    blocks = (filters + FILTERS - 1) // FILTERS
    require(weight.size == filters * channels * taps * taps and out.size >= 36 * size_ahead(filters, channels))
    require_range(start, stop, blocks)
    for block in range(start, stop):
        y, apart = block * channels * FILTERS, size_ahead(filters, channels)
        weighed(weight, filters, channels, taps, turned, block, block + 1, 0, channels, out, y, apart)


@helper
def weighed(weight, filters, channels, taps, turned, first, last, base, depth, out, y, apart):
    """Transform the blocks of filters from ``first`` to ``last``, ``depth`` channels of each from ``base`` on.

    At ``y`` begins [block, channel, filter] of the first of the 36 places, which are ``apart``.
    """
    lanes = VECTOR // weight.itemsize
    size = taps * taps
    across, down = (size, size * filters) if turned else (size * channels, size)
    # A vector is a block of filters of as many channels as it has room for. There are as many of both as fill it, some
    # of them more than once, which nobody looks at.
    together = lanes // FILTERS
    require(0 < together <= 2)
    places = np.empty(lanes, np.int64)
    vectors = (depth + together - 1) // together
    for i in range((last - first) * vectors):
        # In the order in which the numbers are in memory.
        if turned:
            vector, block = divmod(i, last - first)
        else:
            block, vector = divmod(i, vectors)
        channel = vector * together
        count = min(together, depth - channel)
        for lane in range(lanes):
            filter = min((first + block) * FILTERS + lane % FILTERS, filters - 1)
            places[lane] = filter * across + (base + channel + min(lane // FILTERS, count - 1)) * down
        if turned and block == 0:
            # The filters that come next, before the next channels.
            for k in range(count):
                some = (last - first) * FILTERS * across
                prefetch(weight, (base + channel + k) * down + last * FILTERS * across, some)
        filters_in(weight, turned, taps, places, count, out, y + (block * depth + channel) * FILTERS, apart)
