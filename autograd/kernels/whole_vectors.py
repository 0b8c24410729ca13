"""Passes along a row of numbers in whole vectors, its last numbers too.

A loop that Numba makes vectors of leaves what doesn't fill four of them to be computed one by one, which takes a third
of the time where rows have some hundred numbers. A kernel whose twin runs calls none of these.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from .compiling.jit import teacher
from .elementary_functions import E2, E3, E4, E5, LN2_HIGH, LN2_LOW, LOG2_E, SMALLEST

# Of so many vectors sums are in their own dtype, and sums of these in float64.
FEW = 64


def find_largest(x, i, count, found):
    """``found[0]``: the largest of ``x[i : i + count]``. NaN is none, and ``-inf`` the largest of none."""


def raise_differences(x, i, count, top, made, j, totals, k, logarithm):
    """Write ``e^(x - top[0])`` of ``x[i : i + count]``, none of which is above that, from ``made[j]`` on.

    ``totals[k]`` is their sum. With ``logarithm`` it is the differences that are written.
    """


def scale(x, i, count, factors, k, made, j, logarithm):
    """Write ``x·factors[k]`` of ``x[i : i + count]``, or with ``logarithm`` ``x - factors[k]``, from ``made[j]`` on."""


def subtract_powers(g, i, x, j, count, factor, made, k):
    """Write ``g - e^x·factor[0]`` from ``g[i]`` and ``x[j]`` on, none of which is above 0, from ``made[k]`` on."""


# A number added to this is rounded to a whole one, which is in the last bits of the sum.
ROUNDER = 1.5 * 2**23
ROUNDER_BITS = int(np.float32(ROUNDER).view(np.int32))


@teacher
def compile_passes():
    """Teach Numba what these are in a kernel."""
    from llvmlite import ir

    from .compiling.emitter import number, written

    def passes(emit, count, turn, together):
        """``turn(at, some, k)`` for each vector that begins at ``at``, the last of ``some`` numbers; k < together."""
        done = number(0)
        for size in (together, 1):
            rest = emit.builder.sub(count, done)
            turns = emit.builder.sdiv(rest, number(size * emit.lanes))
            with emit.loop(turns) as loop:
                at = emit.builder.add(done, emit.times(loop.index, size * emit.lanes))
                for k in range(size):
                    turn(emit.builder.add(at, number(k * emit.lanes)), None, k)
            done = emit.builder.add(done, emit.times(turns, size * emit.lanes))
        some = emit.builder.sub(count, done)
        with emit.builder.if_then(emit.builder.icmp_signed(">", some, number(0))):
            turn(done, some, 0)

    def load(emit, pointer, some, filling):
        """A vector, or one of ``some`` numbers and ``filling``."""
        if some is None:
            return emit.load(pointer)
        mask = emit.first(some, emit.lanes)
        return emit.builder.select(mask, emit.load_masked(pointer, mask), filling)

    def store(emit, value, pointer, some):
        if some is None:
            emit.store(value, pointer)
        else:
            emit.store_first(value, pointer, some)

    def larger(emit, a, b):
        return emit.builder.select(emit.builder.fcmp_ordered(">", a, b), a, b)

    def of_lanes(emit, value, join):
        """What ``join`` makes of all lanes, by halves."""
        while value.type.count > 1:
            half = value.type.count // 2
            value = join(emit.part(value, 0, half), emit.part(value, half, half))
        return emit.builder.extract_element(value, ir.IntType(32)(0))

    def exp_of_less(emit, x):
        """``eˣ`` for x <= 0, as in `softmax`; NaN stays NaN."""
        if emit.size == 8:
            return emit.builder.call(emit._intrinsic("exp", emit.vector, emit.vector), [x])
        build, constant = emit.builder, lambda value: emit.constant(float(value))
        tiny = build.fcmp_ordered("<", x, constant(SMALLEST))
        inside = build.select(tiny, constant(SMALLEST), x)
        kind = ir.VectorType(ir.IntType(32), emit.lanes)
        every = lambda value: ir.Constant(kind, [value] * emit.lanes)
        # Not (x·log₂e + ROUNDER) - ROUNDER: kernels may compute in another order, and that is x·log₂e.
        rounded = emit.fma(inside, constant(LOG2_E), constant(ROUNDER))
        whole = build.sub(build.bitcast(rounded, kind), every(ROUNDER_BITS))
        n = build.sitofp(whole, emit.vector)
        r = emit.fma(n, constant(-LN2_LOW), emit.fma(n, constant(-LN2_HIGH), inside))
        sum = constant(E5)
        for c in (E4, E3, E2):
            sum = emit.fma(sum, r, constant(c))
        rest = emit.fma(build.fmul(r, r), sum, r)
        bits = build.shl(build.add(whole, every(127)), every(23))
        scale = build.bitcast(bits, emit.vector)
        return build.select(tiny, emit.zero, emit.fma(scale, rest, scale))

    @written(find_largest)
    def _(emit, x, i, count, found):
        x, lowest = emit.at(x, i), emit.constant(-math.inf)
        tops = [emit.register(lowest) for _ in range(4)]

        def turn(at, some, k):
            value = load(emit, emit.at(x, at), some, lowest)
            emit.builder.store(larger(emit, value, emit.builder.load(tops[k])), tops[k])

        passes(emit, count, turn, together=4)
        value = functools.reduce(functools.partial(larger, emit), map(emit.builder.load, tops))
        emit.builder.store(of_lanes(emit, value, functools.partial(larger, emit)), found)

    def summed(emit, count, term, total):
        """Write the sum of what ``term(at, some)`` gives for each vector, in float64."""
        double = ir.DoubleType()
        emit.builder.store(double(0), total)
        sums = [emit.register(emit.zero) for _ in range(2)]
        block = number(FEW * emit.lanes)
        blocks = emit.builder.sdiv(emit.builder.add(count, number(FEW * emit.lanes - 1)), block)
        with emit.loop(blocks) as loop:
            begin = emit.builder.mul(loop.index, block)
            rest = emit.builder.sub(count, begin)
            for place in sums:
                emit.builder.store(emit.zero, place)

            def turn(at, some, k):
                value = term(emit.builder.add(begin, at), some)
                emit.builder.store(emit.builder.fadd(emit.builder.load(sums[k]), value), sums[k])

            passes(emit, emit.builder.select(emit.builder.icmp_signed("<", rest, block), rest, block), turn, together=2)
            value = emit.builder.fadd(*map(emit.builder.load, sums))
            wide = value if emit.size == 8 else emit.builder.fpext(value, ir.VectorType(double, emit.lanes))
            sum = of_lanes(emit, wide, emit.builder.fadd)
            emit.builder.store(emit.builder.fadd(emit.builder.load(total), sum), total)

    def either(emit, flag, write):
        """Write code for a flag that is set, and for one that isn't."""
        with emit.builder.if_else(emit.builder.icmp_signed("!=", flag, number(0))) as (set, unset):
            with set:
                write(True)
            with unset:
                write(False)

    @written(raise_differences)
    def _(emit, x, i, count, top, made, j, totals, k, logarithm):
        x, made, top = emit.at(x, i), emit.at(made, j), emit.spread(emit.builder.load(top))

        def write(logarithm):
            def term(at, some):
                less = emit.builder.fsub(load(emit, emit.at(x, at), some, emit.constant(-math.inf)), top)
                power = exp_of_less(emit, less)
                store(emit, less if logarithm else power, emit.at(made, at), some)
                return power

            summed(emit, count, term, emit.at(totals, k))

        either(emit, logarithm, write)

    @written(scale)
    def _(emit, x, i, count, factors, k, made, j, logarithm):
        x, made, factor = emit.at(x, i), emit.at(made, j), emit.spread(emit.number_at(factors, k))

        def write(logarithm):
            join = emit.builder.fsub if logarithm else emit.builder.fmul

            def turn(at, some, _):
                store(emit, join(load(emit, emit.at(x, at), some, emit.zero), factor), emit.at(made, at), some)

            passes(emit, count, turn, together=4)

        either(emit, logarithm, write)

    @written(subtract_powers)
    def _(emit, g, i, x, j, count, factor, made, k):
        g, x, made = emit.at(g, i), emit.at(x, j), emit.at(made, k)
        factor = emit.builder.fneg(emit.spread(emit.builder.load(factor)))

        def turn(at, some, _):
            up, power = (load(emit, emit.at(one, at), some, emit.zero) for one in (g, x))
            store(emit, emit.fma(exp_of_less(emit, power), factor, up), emit.at(made, at), some)

        passes(emit, count, turn, together=2)
