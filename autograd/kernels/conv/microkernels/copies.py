"""Copies of runs, of rows, and of transposed matrices, a vector at a time."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher


def transpose(source, x, apart, rows, columns, target, y, spacing):
    """Copy a matrix, whose rows are ``apart``, to its transpose, whose rows are ``spacing``."""
    lines = source[x + apart * np.arange(rows)[:, None] + np.arange(columns)]
    target[y + spacing * np.arange(columns)[:, None] + np.arange(rows)] = lines.T


def copy_run(source, x, step, target, y, spacing, count):
    """Copy ``count`` numbers, every ``step``-th, to every ``spacing``-th place; one of the two is 1."""
    target[y : y + count * spacing : spacing] = source[x : x + count * step : step]


def copy_rows(source, x, apart, step, target, y, across, rows, count):
    """Copy a matrix, whose rows are ``apart`` and the numbers of a row ``step``, to one whose rows are ``across``.

    Compiled, whole vectors are stored, which may write zeros after a row: what else belongs there is copied later.
    """
    lines = source[x + apart * np.arange(rows)[:, None] + step * np.arange(count)]
    target[y + across * np.arange(rows)[:, None] + np.arange(count)] = lines


@teacher
def compile_copies():
    """Teach Numba what these are in a kernel."""
    from ...compiling.emitter import number, written

    @written(transpose)
    def _(emit, source, x, apart, rows, columns, target, y, spacing):
        def tiles(length):
            return emit.loop(emit.builder.sdiv(emit.builder.add(length, number(emit.lanes - 1)), number(emit.lanes)))

        def masks(count, other):
            """Of each lane's vector: the first lanes that there are, none from ``count`` on."""
            some = emit.first(other, emit.lanes)
            there = [emit.builder.icmp_signed("<", number(lane), count) for lane in range(emit.lanes)]
            return [emit.builder.select(each, some, emit.none) for each in there]

        source, target = emit.at(source, x), emit.at(target, y)
        with tiles(rows) as down, tiles(columns) as right:
            row, column = emit.times(down.index, emit.lanes), emit.times(right.index, emit.lanes)
            tall, wide = emit.builder.sub(rows, row), emit.builder.sub(columns, column)
            corner = emit.at(source, emit.builder.add(emit.builder.mul(row, apart), column))
            place = emit.at(target, emit.builder.add(emit.builder.mul(column, spacing), row))
            lines = [emit.at(corner, emit.times(apart, lane)) for lane in range(emit.lanes)]
            found = emit.transposed([emit.load_masked(*each) for each in zip(lines, masks(tall, wide))])
            for lane, (vector, mask) in enumerate(zip(found, masks(wide, tall))):
                emit.store_masked(vector, emit.at(place, emit.times(spacing, lane)), mask)

    @written(copy_run)
    def _(emit, source, x, step, target, y, spacing, count):
        source, target = emit.at(source, x), emit.at(target, y)
        close, dense = (emit.builder.icmp_signed("==", apart, number(1)) for apart in (step, spacing))
        vectors = emit.builder.sdiv(emit.builder.add(count, number(emit.lanes - 1)), number(emit.lanes))
        with emit.loop(vectors) as loop:
            done = emit.times(loop.index, emit.lanes)
            mask = emit.first(emit.builder.sub(count, done), emit.lanes)
            place = emit.at(target, emit.builder.mul(done, spacing))
            with emit.builder.if_else(close) as (run, apart):
                with run:
                    found = emit.load_masked(emit.at(source, done), mask)
                    with emit.builder.if_else(dense) as (beside, scattered):
                        with beside:
                            emit.store_masked(found, place, mask)
                        with scattered:
                            emit.scatter_masked(found, place, mask, emit.every(spacing))
                with apart:
                    found = emit.gather_masked(emit.at(source, emit.builder.mul(done, step)), mask, emit.every(step))
                    emit.store_masked(found, place, mask)

    @written(copy_rows)
    def _(emit, source, x, apart, step, target, y, across, rows, count):
        source, target = emit.at(source, x), emit.at(target, y)
        whole = emit.builder.sdiv(emit.builder.sub(count, number(1)), number(emit.lanes))
        done = emit.times(whole, emit.lanes)
        mask = emit.first(emit.builder.sub(count, done), emit.lanes)
        with emit.builder.if_else(emit.builder.icmp_signed("==", step, number(1))) as (close, scattered):
            with close, emit.loop(rows) as loop:
                line = emit.at(source, emit.builder.mul(loop.index, apart))
                place = emit.at(target, emit.builder.mul(loop.index, across))
                with emit.loop(whole) as vector:
                    p = emit.times(vector.index, emit.lanes)
                    emit.store(emit.load(emit.at(line, p)), emit.at(place, p))
                emit.store(emit.load_masked(emit.at(line, done), mask), emit.at(place, done))
            with scattered, emit.loop(rows) as loop:
                line = emit.at(source, emit.builder.mul(loop.index, apart))
                place = emit.at(target, emit.builder.mul(loop.index, across))
                each = emit.every(step)
                with emit.loop(whole) as vector:
                    p = emit.times(vector.index, emit.lanes)
                    found = emit.gather_masked(emit.at(line, emit.builder.mul(p, step)), emit.all, each)
                    emit.store(found, emit.at(place, p))
                found = emit.gather_masked(emit.at(line, emit.builder.mul(done, step)), mask, each)
                emit.store(found, emit.at(place, done))
