"""3x3 convolution with a quarter of the multiplications: Winograd's F(4x4, 3x3) (Lavin and Gray, 2016).

Tiles d of 6x6 pixels, four apart, and filters w are transformed, multiplied place by place, and transformed back into
4x4 places of the result:

    out = Aᵀ·[Σ_c (G·w·Gᵀ) ⊙ (Bᵀ·d·B)]·A

For each of the 36 places that sum is a matrix product of filters x channels and channels x tiles. A tile is what a
kernel of 6x6 that strides by 4 sees, so the copy of the image is that of the direct algorithm; 16 tiles are a vector.
float32 only: the result is right to about 1e-5 of its largest number.
"""

from __future__ import annotations

import numpy as np

from .direct import columns_of, plan_of, spread
from .jit import helper, kernel, teacher
from .vectors import FILTERS, PLACES, accumulate

# How many tiles are multiplied at a time: more and their transforms leave the cache.
TILES = 48

B = np.array([
    [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
])  # fmt: skip
G = np.array([
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
])  # fmt: skip
A = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])
# The same for tiles as vectors.
READ, WEIGH, WRITE = (np.kron(matrix, matrix) for matrix in (B, G, A))


def transformed(weight):
    """``G·w·Gᵀ`` of filters (O, C, 3, 3), as `winograd` reads it: [place, block of filters, channel, filter]."""
    filters, channels = weight.shape[:2]
    blocks = -(-filters // FILTERS)
    lines = np.zeros((9, blocks, channels, FILTERS), weight.dtype)
    source = weight.reshape(filters, channels, 9).transpose(2, 1, 0)
    for block in range(blocks):
        part = source[..., block * FILTERS : (block + 1) * FILTERS]
        lines[:, block, :, : part.shape[-1]] = part
    return (WEIGH.astype(weight.dtype) @ lines.reshape(9, blocks * channels * FILTERS)).reshape(-1)


def tiles_in(source, x, offsets, out, y, apart):
    """``Bᵀ·d·B`` of a vector of tiles, whose pixels are at ``offsets``: the places of ``out`` are ``apart``."""
    lanes = np.arange(64 // out.itemsize)
    tiles = source[x + offsets[:36, None] + lanes]
    out[y + apart * np.arange(36)[:, None] + lanes] = READ.astype(out.dtype) @ tiles


def tiles_out(sums, x, apart, bias, b, out, y, width, rows, count):
    """``Aᵀ·m·A + bias`` of a vector of tiles, side by side in ``rows`` of ``count`` places; the rows ``width`` long."""
    lanes = 64 // out.itemsize
    tiles = WRITE.astype(out.dtype) @ sums[x + apart * np.arange(36)[:, None] + np.arange(lanes)]
    lines = tiles.reshape(4, 4, lanes).mT.reshape(4, 4 * lanes) + bias[b]
    for i in range(rows):
        out[y + i * width : y + i * width + count] = lines[i, :count]


@teacher
def compile_tiles():
    """Teach Numba what these are in a kernel."""
    from .emit import number, written

    def combined(emit, coefficients, vectors):
        """A sum of ``vectors``, each times a whole number."""
        total = None
        for coefficient, vector in zip(coefficients, vectors):
            if coefficient == 0:
                continue
            if total is None:
                total = vector if coefficient == 1 else emit.builder.fmul(emit.constant(coefficient), vector)
            elif coefficient in (1, -1):
                add = emit.builder.fadd if coefficient == 1 else emit.builder.fsub
                total = add(total, vector)
            else:
                total = emit.fma(emit.constant(coefficient), vector, total)
        return total

    def read(emit, d):
        """Bᵀ of six vectors, with what several places share computed once."""
        builder = emit.builder
        four, two = emit.constant(-4), emit.constant(2)
        even, odd = emit.fma(four, d[2], d[4]), emit.fma(four, d[1], d[3])
        wide, far = builder.fsub(d[4], d[2]), builder.fsub(d[3], d[1])
        return [
            combined(emit, (4, -5, 1), (d[0], d[2], d[4])),
            builder.fadd(even, odd),
            builder.fsub(even, odd),
            emit.fma(two, far, wide),
            emit.fma(emit.constant(-2), far, wide),
            combined(emit, (4, -5, 1), (d[1], d[3], d[5])),
        ]

    def wrote(emit, m):
        """Aᵀ of six vectors."""
        builder = emit.builder
        sum_1, difference_1 = builder.fadd(m[1], m[2]), builder.fsub(m[1], m[2])
        sum_2, difference_2 = builder.fadd(m[3], m[4]), builder.fsub(m[3], m[4])
        return [
            builder.fadd(builder.fadd(m[0], sum_1), sum_2),
            emit.fma(emit.constant(2), difference_2, difference_1),
            emit.fma(emit.constant(4), sum_2, sum_1),
            builder.fadd(emit.fma(emit.constant(8), difference_2, difference_1), m[5]),
        ]

    @written(tiles_in)
    def _(emit, source, x, offsets, out, y, apart):
        source, out = emit.at(source, x), emit.at(out, y)
        columns = [
            read(emit, [emit.load(emit.at(source, emit.number_at(offsets, 6 * i + j))) for i in range(6)])
            for j in range(6)
        ]
        for i in range(6):
            for j, value in enumerate(read(emit, [column[i] for column in columns])):
                emit.store(value, emit.at(out, emit.times(apart, 6 * i + j)))

    @written(tiles_out)
    def _(emit, sums, x, apart, bias, b, out, y, width, rows, count):
        sums, out = emit.at(sums, x), emit.at(out, y)
        constant = emit.spread(emit.number_at(bias, b))
        columns = [
            wrote(emit, [emit.load(emit.at(sums, emit.times(apart, 6 * i + j))) for i in range(6)]) for j in range(6)
        ]
        mask = emit.first(count, 4 * emit.lanes)
        for i in range(4):
            with emit.builder.if_then(emit.builder.icmp_signed(">", rows, number(i))):
                a, b, c, d = (emit.builder.fadd(v, constant) for v in wrote(emit, [column[i] for column in columns]))
                line = emit.interleave(emit.interleave(a, c), emit.interleave(b, d))
                emit.store_masked(line, emit.at(out, emit.times(width, i)), mask)


def plan_of_tiles(sizes, made, padding, channels, filters, itemsize):
    """The plan of the direct algorithm for the tiles that make ``made`` (height, width) of ``sizes``."""
    tiles = tuple(-(-size // 4) for size in made)
    return plan_of(
        (1, *sizes), (1, *tiles), (1, 6, 6), (1, 4, 4), (0, *padding), (1, 1, 1), 1, channels, filters, itemsize, False
    )  # fmt: skip


def together(channels, filters):
    """For how many blocks of filters to multiply the tiles in work, before the cache has room for no more."""
    blocks = -(-filters // FILTERS)
    return min(blocks, 4) if channels <= 128 else blocks


def winograd_numpy(source, weights, bias, out, plan, height, width, together, start, stop):
    rows, columns = plan.rows, plan.columns
    images = source.reshape(-1, plan.channels, 1, rows.size, columns.size)[start:stop]
    count = len(images)
    seen = columns_of(images, plan, 0, 36).reshape(count, plan.channels, 36, rows.places * columns.places)
    tiles = READ.astype(source.dtype) @ seen
    blocks = -(-plan.filters // FILTERS)
    lines = weights.reshape(36, blocks, plan.channels, FILTERS).mT.reshape(36, blocks * FILTERS, plan.channels)
    sums = np.matmul(lines[:, : plan.filters], tiles.transpose(2, 0, 1, 3).swapaxes(0, 1))
    sums = sums.transpose(0, 2, 1, 3).reshape(count, plan.filters, 36, rows.places * columns.places)
    made = (WRITE.astype(source.dtype) @ sums).reshape(count, plan.filters, 4, 4, rows.places, columns.places)
    made = made.transpose(0, 1, 4, 2, 5, 3).reshape(count, plan.filters, 4 * rows.places, 4 * columns.places)
    result = out.reshape(-1, plan.filters, height, width)
    result[start:stop] = made[..., :height, :width] + bias[: plan.filters, None, None]


@helper
def multiply(weights, first, blocks, together, tiles, tiles_apart, lines, filled, nothing, sums, sums_apart, stride):
    """For each of the 36 places, ``together`` blocks of filters from ``first`` on times ``filled`` tiles."""
    channels = len(lines)
    unit = PLACES * (64 // tiles.itemsize)
    for place in range(36):
        for p in range(0, filled, unit):
            for block in range(together):
                accumulate(
                    weights, (place * blocks + first + block) * channels * FILTERS, tiles, place * tiles_apart + p,
                    lines, 0, channels, True, nothing, 0,
                    sums, place * sums_apart + block * FILTERS * stride + p, stride,
                    min(unit, filled - p),
                )  # fmt: skip


@kernel(twin=winograd_numpy)
def winograd(source, weights, bias, out, plan, height, width, together, start, stop):
    """The convolution of the images from ``start`` to ``stop`` with `transformed` weights; all arrays flat.

    plan: of the direct algorithm, for tiles; height, width: of the result; together: blocks of filters worked on at
    a time.
    """
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = 64 // source.itemsize
    blocks = (plan.filters + FILTERS - 1) // FILTERS
    size = len(plan.row_phases) * len(plan.column_phases) * (plan.band + rows.margin) * across
    buffer = np.zeros(plan.channels * size + across + columns.margin + lanes, source.dtype)
    # A vector more than there are tiles, as vectors are stored whole; and places that don't share lines of the cache.
    stride = TILES + lanes
    tiles_apart, sums_apart = plan.channels * stride + lanes, together * FILTERS * stride + lanes
    tiles = np.zeros(36 * tiles_apart, source.dtype)
    sums = np.empty(36 * sums_apart, source.dtype)
    lines = np.arange(plan.channels) * stride
    nothing = np.zeros(FILTERS, source.dtype)
    # The runs of tiles that are in work: image, row, column of tiles, how many tiles, after how many others.
    runs = np.empty((TILES, 5), np.int64)
    filled = found = 0
    for image in range(start, stop):
        for first in range(0, rows.places, plan.band):
            wanted = min(plan.band, rows.places - first)
            spread(source, image * plan.channels, plan.slices[0], first, wanted, buffer, 0, plan)
            for row in range(first, first + wanted):
                for column in range(0, columns.places, lanes):
                    count = min(lanes, columns.places - column)
                    for channel in range(plan.channels):
                        x = channel * size + (row - first) * across + column
                        tiles_in(buffer, x, plan.offsets, tiles, channel * stride + filled, tiles_apart)
                    runs[found, 0], runs[found, 1], runs[found, 2] = image, row, column
                    runs[found, 3], runs[found, 4] = count, filled
                    found += 1
                    filled += count
                    last = image == stop - 1 and row == rows.places - 1 and column + count == columns.places
                    if not last and filled + min(lanes, columns.places) <= TILES:
                        continue
                    for block in range(0, blocks, together):
                        multiply(
                            weights, block, blocks, min(together, blocks - block), tiles, tiles_apart, lines, filled,
                            nothing, sums, sums_apart, stride,
                        )  # fmt: skip
                        for run in range(found):
                            i, top, left = runs[run, 0], 4 * runs[run, 1], 4 * runs[run, 2]
                            for filter in range(block * FILTERS, min((block + together) * FILTERS, plan.filters)):
                                tiles_out(
                                    sums, (filter - block * FILTERS) * stride + runs[run, 4], sums_apart, bias, filter,
                                    out, ((i * plan.filters + filter) * height + top) * width + left, width,
                                    min(4, height - top), min(4 * runs[run, 3], width - left),
                                )  # fmt: skip
                    filled = found = 0
