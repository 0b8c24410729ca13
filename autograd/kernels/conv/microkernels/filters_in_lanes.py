"""Sums over taps for a block of places by filters: filters lie side by side in the lanes of vectors."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import helper, teacher
from ...compiling.machine import MACHINE, VECTOR

# How many vectors of sums a block has: as many as there are registers, but for the weights and a pixel.
SUMS = 24 if MACHINE.registers >= 32 else 12
# How many vectors of filters it has at most.
MOST = 3


@helper
def width_of(vectors):
    """How many places a block has in each of its rows at most; there are two rows of one vector, or one of more."""
    return SUMS // max(vectors, 2)


@helper
def rows_of(vectors):
    """How many rows a block has."""
    return 2 if vectors == 1 else 1


def accumulate_in_lanes(
    weights, w, source, x, offsets, first, count, step, down, fresh, bias, b, out, y, spacing, below, width,
    vectors, rows,
):  # fmt: skip
    """Fill a block of ``rows`` x ``width`` x ``vectors`` of ``out``, with filters f in the lanes of the vectors:

    ``out[r, p, f] = bias[f] + Σₖ weights[k, f]·source[offsets[k] + r·down + p·step]``

    p is less than `width_of` the 1, 2 or 3 ``vectors``, and there are at most as many rows as `rows_of` them. In
    ``out`` what belongs to r and p begins at ``r·below + p·spacing``. Unless ``fresh``, the sums are added to what is
    in ``out``, and the bias is not.
    """
    lanes = np.arange(vectors * VECTOR // out.itemsize)
    places = down * np.arange(rows)[:, None] + step * np.arange(width)
    seen = source[x + offsets[first : first + count, None, None] + places]
    lines = weights[w : w + count * len(lanes)].reshape(count, len(lanes))
    target = y + (below * np.arange(rows)[:, None] + spacing * np.arange(width))[..., None] + lanes
    out[target] = (bias[b + lanes] if fresh else out[target]) + np.tensordot(seen, lines, (0, 0))


@teacher
def compile_filters_in_lanes():
    """Teach Numba what this is in a kernel."""
    from ...compiling.emitter import number, written

    def write_in_lanes(
        emit, weights, source, offsets, count, step, down, fresh, bias, out, spacing, below, width, vectors, rows
    ):
        sums = [[[emit.register(emit.zero) for _ in range(vectors)] for _ in range(width)] for _ in range(rows)]
        targets = [
            [emit.at(out, emit.builder.add(emit.times(below, r), emit.times(spacing, p))) for p in range(width)]
            for r in range(rows)
        ]
        each = [(r, p, v) for r in range(rows) for p in range(width) for v in range(vectors)]
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                constant = [emit.load(emit.at(bias, v * emit.lanes)) for v in range(vectors)]
                for r, p, v in each:
                    emit.builder.store(constant[v], sums[r][p][v])
            with more:
                for r, p, v in each:
                    emit.builder.store(emit.load(emit.at(targets[r][p], v * emit.lanes)), sums[r][p][v])
        # Multiples of the step for two addresses fit into the registers, those for one don't.
        half = width_of(1) // 2
        steps = [emit.times(step, p) for p in range(half + 1)]
        with emit.long_loop(count) as loop:
            row = emit.at(weights, emit.times(loop.index, vectors * emit.lanes))
            lines = [emit.load(emit.at(row, v * emit.lanes)) for v in range(vectors)]
            near = emit.at(source, emit.number_at(offsets, loop.index))
            for r in range(rows):
                far = emit.at(near, steps[half])
                for p in range(width):
                    pixel = emit.spread(emit.number_at(near if p < half else far, steps[p % half]))
                    for v in range(vectors):
                        emit.add_product(sums[r][p][v], lines[v], pixel)
                near = emit.at(near, down)
        for r, p, v in each:
            emit.store(emit.builder.load(sums[r][p][v]), emit.at(targets[r][p], v * emit.lanes))

    @written(accumulate_in_lanes)
    def _(
        emit, weights, w, source, x, offsets, first, count, step, down, fresh, bias, b, out, y, spacing, below, width,
        vectors, rows,
    ):  # fmt: skip
        pointers = [emit.at(weights, w), emit.at(source, x), emit.at(offsets, first), count, step, down, fresh]
        pointers += [emit.at(bias, b), emit.at(out, y), spacing, below]
        kind = emit.builder.add(emit.times(vectors, 100), emit.times(emit.builder.sub(rows, number(1)), 50))
        emit.call("accumulate_in_lanes", write_blocks, *pointers, emit.builder.add(kind, width))

    def write_blocks(emit, weights, source, offsets, count, step, down, fresh, bias, out, spacing, below, kind):
        fresh = emit.builder.icmp_signed("!=", fresh, number(0))
        pointers = weights, source, offsets, count, step, down, fresh, bias, out, spacing, below
        cases = {
            100 * v + 50 * (r - 1) + p: lambda sizes=(p, v, r): write_in_lanes(emit, *pointers, *sizes)
            for v, r in ((1, 1), (1, 2), (2, 1), (3, 1))
            for p in range(1, width_of(v) + 1)
        }
        emit.choose(kind, cases)
