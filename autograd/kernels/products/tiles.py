"""The innermost loop of matrix products: a tile of sums, a few rows by a few vectors of columns, in the registers."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import teacher
from ..compiling.machine import MACHINE, VECTOR

# How many vectors of sums a tile has at most: as many as there are registers, but for the factors.
SUMS = 24 if MACHINE.registers >= 32 else 12
# How many rows it has at most, and how many vectors of columns. One row of few sums would wait for each addition.
ROWS, WIDEST = 6, 8


def tiles():
    """The rows and vectors of all tiles that there are; the vectors are a power of two."""
    vectors = [1 << k for k in range(WIDEST.bit_length())]
    return [(r, v) for r in range(1, ROWS + 1) for v in vectors if r * v <= SUMS]


def add_tile(a, i, row, step, b, j, apart, depth, c, k, spacing, fresh, rows, vectors):
    """``c[r, v] = Σₖ a[r, k]·b[v, k]`` for one of the `tiles`; added to what is in ``c`` unless ``fresh``.

    ``a[r, k]`` is a number, ``row`` elements after that of the row before and ``step`` after that of the k before;
    ``b[v, k]`` is a vector, right after that of the k before and ``apart`` after the vector beside it. The rows of
    ``c`` are ``spacing`` apart.
    """
    lanes = VECTOR // c.itemsize
    factors = a[i + row * np.arange(rows)[:, None] + step * np.arange(depth)]
    others = b[j + apart * np.arange(vectors)[:, None] + np.arange(depth * lanes)].reshape(vectors, depth, lanes)
    places = k + spacing * np.arange(rows)[:, None] + np.arange(vectors * lanes)
    sums = np.einsum("rk,vkl->rvl", factors, others).reshape(places.shape)
    c[places] = sums if fresh else c[places] + sums


@teacher
def compile_tiles():
    """Teach Numba what this is in a kernel."""
    from ..compiling.emitter import number, written

    def write_tile(emit, a, row, step, b, apart, depth, c, spacing, fresh, rows, vectors):
        sums = [[emit.register(emit.zero) for _ in range(vectors)] for _ in range(rows)]
        lines = [emit.at(a, emit.times(row, r)) for r in range(rows)]
        panels = [emit.at(b, emit.times(apart, v)) for v in range(vectors)]
        # What is added to is asked for before the loop, so that it is there after it.
        for r in range(rows):
            for v in range(0, vectors, emit.line // emit.lanes):
                emit.prefetch(emit.at(c, emit.builder.add(emit.times(spacing, r), number(v * emit.lanes))), True)
        with emit.long_loop(depth) as loop:
            along, down = emit.builder.mul(loop.index, step), emit.times(loop.index, emit.lanes)
            factor = lambda r: emit.spread(emit.number_at(lines[r], along))
            other = lambda v: emit.load(emit.at(panels[v], down))
            # Those that are fewer are held in registers while the others come and go.
            if rows < vectors:
                held = [factor(r) for r in range(rows)]
                for v in range(vectors):
                    passing = other(v)
                    for r in range(rows):
                        emit.add_product(sums[r][v], held[r], passing)
            else:
                held = [other(v) for v in range(vectors)]
                for r in range(rows):
                    passing = factor(r)
                    for v in range(vectors):
                        emit.add_product(sums[r][v], passing, held[v])
        place = lambda r, v: emit.at(c, emit.builder.add(emit.times(spacing, r), number(v * emit.lanes)))
        each = [(emit.builder.load(sums[r][v]), place(r, v)) for r in range(rows) for v in range(vectors)]
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                for total, to in each:
                    emit.store(total, to)
            with more:
                for total, to in each:
                    emit.store(emit.builder.fadd(emit.load(to), total), to)

    def write_tiles(emit, a, row, step, b, apart, depth, c, spacing, fresh, rows, vectors):
        fresh = emit.builder.icmp_signed("!=", fresh, number(0))
        same = a, row, step, b, apart, depth, c, spacing, fresh
        kind = emit.builder.add(emit.times(rows, 2 * WIDEST), vectors)
        emit.choose(kind, {2 * WIDEST * r + v: lambda size=(r, v): write_tile(emit, *same, *size) for r, v in tiles()})

    @written(add_tile)
    def _(emit, a, i, row, step, b, j, apart, depth, c, k, spacing, fresh, rows, vectors):
        emit.call(
            "add_tile", write_tiles, emit.at(a, i), row, step, emit.at(b, j), apart, depth, emit.at(c, k), spacing,
            fresh, rows, vectors,
        )  # fmt: skip
