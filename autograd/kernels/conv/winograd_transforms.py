"""The transforms of pixels for Winograd's algorithm, before the products and after them.

A vector is of several tiles, or of several channels of one tile: the arithmetic is the same.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import teacher
from ..compiling.machine import VECTOR
from .microkernels.accumulate import FILTERS

B = np.array([
    [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
])  # fmt: skip
# Of tiles that give 4x4 places of the result, with filters of 3x3, and 2x2, with 5x5.
A = {
    4: np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]),
    2: np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 1]]),
}
# The same for tiles as vectors.
READ, WRITE = np.kron(B, B), {step: np.kron(matrix, matrix) for step, matrix in A.items()}


def tiles_in(pixels, corners, first, across, out, y, apart):
    """``Bᵀ·d·B`` of a vector of tiles: their corners in ``pixels`` are ``corners`` from ``first`` on.

    The rows of pixels are ``across`` apart, the places of ``out`` ``apart``.
    """
    lanes, k = VECTOR // out.itemsize, np.arange(36)[:, None]
    tiles = pixels[corners[first : first + lanes] + k // 6 * across + k % 6]
    out[y + apart * k + np.arange(lanes)] = READ.astype(out.dtype) @ tiles


def tiles_out(sums, x, apart, bias, b, step, lines):
    """``Aᵀ·m·A + bias`` of a vector of tiles, side by side in ``step`` lines."""
    lanes = VECTOR // lines.itemsize
    tiles = WRITE[step].astype(lines.dtype) @ sums[x + apart * np.arange(36)[:, None] + np.arange(lanes)]
    lines[: tiles.size] = tiles.reshape(step, step, lanes).mT.ravel() + bias[b]


def tile_in(pixels, offsets, first, out, y, apart):
    """``Bᵀ·d·B`` of a tile of as many channels as there are lanes; pixel k is at ``offsets[first + k]``."""
    lanes = np.arange(VECTOR // out.itemsize)
    out[y + apart * np.arange(36)[:, None] + lanes] = placed(READ, pixels, offsets[first : first + 36])


def tile_back(pixels, offsets, first, step, out, y, between, apart):
    """``A·g·Aᵀ`` of a tile of upstream gradients, of blocks of filters, which are ``between`` in ``out``."""
    lanes = np.arange(VECTOR // out.itemsize)
    lanes = lanes // FILTERS * between + lanes % FILTERS
    out[y + apart * np.arange(36)[:, None] + lanes] = placed(
        WRITE[step].T, pixels, offsets[first : first + step * step]
    )


def placed(transform, pixels, offsets):
    """The transform of a tile of these pixels."""
    return transform.astype(pixels.dtype) @ pixels[offsets[:, None] + np.arange(VECTOR // pixels.itemsize)]


def write_places(emit, columns, transform, out, apart, store):
    """Transform the rows of ``columns`` and store the 36 places, which are ``apart``."""
    for i in range(6):
        for j, value in enumerate(transform(emit, [column[i] for column in columns])):
            store(value, emit.at(out, emit.times(apart, 6 * i + j)))


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


def wrote(emit, step, m):
    """Aᵀ of six vectors."""
    builder = emit.builder
    sum_1, difference_1 = builder.fadd(m[1], m[2]), builder.fsub(m[1], m[2])
    sum_2, difference_2 = builder.fadd(m[3], m[4]), builder.fsub(m[3], m[4])
    near = [builder.fadd(builder.fadd(m[0], sum_1), sum_2), emit.fma(emit.constant(2), difference_2, difference_1)]
    if step == 2:
        return [near[0], builder.fadd(near[1], m[5])]
    return [
        *near,
        emit.fma(emit.constant(4), sum_2, sum_1),
        builder.fadd(emit.fma(emit.constant(8), difference_2, difference_1), m[5]),
    ]


def pulled(emit, g):
    """A of four vectors, or of two."""
    builder = emit.builder
    if len(g) == 2:
        twice = emit.constant(2), emit.constant(-2)
        far = [emit.fma(factor, g[1], g[0]) for factor in twice]
        return [g[0], builder.fadd(*g), builder.fsub(*g), *far, g[1]]
    even, odd = builder.fadd(g[0], g[2]), builder.fadd(g[1], g[3])
    wide, far = emit.fma(emit.constant(4), g[2], g[0]), emit.fma(emit.constant(4), g[3], g[1])
    return [
        g[0],
        builder.fadd(even, odd),
        builder.fsub(even, odd),
        emit.fma(emit.constant(2), far, wide),
        emit.fma(emit.constant(-2), far, wide),
        g[3],
    ]


@teacher
def compile_tiles():
    """Teach Numba what these are in a kernel."""
    from ..compiling.emitter import written

    def quads(emit, row, places):
        """Four vectors: the first to fourth pixel from ``row`` on of the tile at each of ``places``."""
        beside = [emit.few(emit.at(row, place), 4) for place in places]
        groups = [emit.joined(beside[k::4]) for k in range(4)]
        pairs = [
            emit.in_fours(a, b, order) for a, b in (groups[:2], groups[2:]) for order in ((0, 4, 1, 5), (2, 6, 3, 7))
        ]
        return [emit.in_fours(pairs[i], pairs[i + 2], order) for i in (0, 1) for order in ((0, 1, 4, 5), (2, 3, 6, 7))]

    @written(tiles_in)
    def _(emit, pixels, corners, first, across, out, y, apart):
        corners, rows = emit.at(corners, first), []
        places = [emit.number_at(corners, lane) for lane in range(emit.lanes)]
        for i in range(6):
            row = emit.at(pixels, emit.times(across, i))
            rows.append(quads(emit, row, places) + quads(emit, emit.at(row, 2), places)[2:])
        write_places(emit, [read(emit, column) for column in zip(*rows)], read, emit.at(out, y), apart, emit.store)

    def write_out(emit, sums, apart, constant, step, lines):
        columns = [
            wrote(emit, step, [emit.load(emit.at(sums, emit.times(apart, 6 * i + j))) for i in range(6)])
            for j in range(6)
        ]
        for i in range(step):
            row = wrote(emit, step, [column[i] for column in columns])
            row = [emit.builder.fadd(value, constant) for value in row]
            while len(row) > 1:
                half = len(row) // 2
                row = [emit.interleave(*pair) for pair in zip(row[:half], row[half:])]
            emit.store(row[0], emit.at(lines, step * emit.lanes * i))

    @written(tiles_out)
    def _(emit, sums, x, apart, bias, b, step, lines):
        arguments = emit.at(sums, x), apart, emit.spread(emit.number_at(bias, b))
        emit.choose(step, {each: lambda each=each: write_out(emit, *arguments, each, lines) for each in A})

    def write_placed(emit, transform, reach, pixels, offsets, out, apart, store):
        """The transform along columns and then rows."""
        seen = [emit.load(emit.at(pixels, emit.number_at(offsets, k))) for k in range(reach * reach)]
        columns = [transform(emit, seen[j::reach]) for j in range(reach)]
        write_places(emit, columns, transform, out, apart, store)

    @written(tile_in)
    def _(emit, pixels, offsets, first, out, y, apart):
        write_placed(emit, read, 6, pixels, emit.at(offsets, first), emit.at(out, y), apart, emit.store)

    @written(tile_back)
    def _(emit, pixels, offsets, first, step, out, y, between, apart):
        def store(value, place):
            for block in range(emit.lanes // FILTERS):
                part = emit.part(value, block * FILTERS, FILTERS)
                emit.store(part, emit.at(place, emit.times(between, block)))

        arguments = pixels, emit.at(offsets, first), emit.at(out, y), apart, store
        emit.choose(step, {each: lambda each=each: write_placed(emit, pulled, each, *arguments) for each in A})
