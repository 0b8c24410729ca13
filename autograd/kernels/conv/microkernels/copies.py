"""Copies of runs, of rows, and of transposed matrices, a vector at a time."""

from __future__ import annotations

import numpy as np

from ...compiling.jit import teacher
from ...compiling.machine import VECTOR


def transpose(source, x, apart, rows, columns, target, y, spacing):
    """Copy a matrix, whose rows are ``apart``, to its transpose, whose rows are ``spacing``."""
    lines = source[x + apart * np.arange(rows)[:, None] + np.arange(columns)]
    target[y + spacing * np.arange(columns)[:, None] + np.arange(rows)] = lines.T


def transpose_to(source, x, apart, rows, places, columns, target, y):
    """Copy each column of a matrix, whose rows are ``apart``, as a vector to its place, counted from ``y``.

    There are at most as many rows as lanes, and zeros after them.
    """
    lanes = np.arange(VECTOR // target.itemsize)
    lines = source[x + apart * np.arange(rows)[:, None] + np.arange(columns)]
    target[y + places[:columns, None] + lanes] = np.pad(lines, ((0, len(lanes) - rows), (0, 0))).T


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

    def runs(emit, length):
        return emit.loop(emit.builder.sdiv(emit.builder.add(length, number(emit.lanes - 1)), number(emit.lanes)))

    def copy_each(emit, source, step, target, spacing, count):
        """Number by number: to gather and to scatter lanes takes as long."""
        with emit.loop(count) as loop:
            value = emit.number_at(source, emit.builder.mul(loop.index, step))
            emit.builder.store(value, emit.at(target, emit.builder.mul(loop.index, spacing)))

    def blocks(emit, length):
        """Where blocks of as many as there are lanes begin: the last ends with the length, where that is enough."""
        room = emit.builder.sub(length, number(emit.lanes))
        last = emit.builder.select(emit.builder.icmp_signed(">", room, number(0)), room, number(0))
        with runs(emit, length) as loop:
            begin = emit.times(loop.index, emit.lanes)
            yield emit.builder.select(emit.builder.icmp_signed("<", begin, last), begin, last)

    def transpose_block(emit, corner, apart, tall, wide, store):
        """``store`` each of the columns, a vector, of a block ``tall`` x ``wide``: with its number and a mask."""
        lines = [emit.at(corner, emit.times(apart, lane)) for lane in range(emit.lanes)]
        full = [emit.builder.icmp_signed(">=", size, number(emit.lanes)) for size in (tall, wide)]
        with emit.builder.if_else(emit.builder.and_(*full)) as (all, some):
            with all:
                for lane, vector in enumerate(emit.transposed([emit.load(line) for line in lines])):
                    store(vector, lane, None)
            with some:
                inside = emit.first(wide, emit.lanes)
                there = [emit.builder.icmp_signed("<", number(lane), tall) for lane in range(emit.lanes)]
                masks = [emit.builder.select(each, inside, emit.none) for each in there]
                found = emit.transposed([emit.load_masked(*each) for each in zip(lines, masks)])
                for lane, vector in enumerate(found):
                    store(vector, lane, emit.builder.icmp_signed("<", number(lane), wide))

    def write_transpose(emit, source, apart, rows, columns, target, spacing):
        for row in blocks(emit, rows):
            for column in blocks(emit, columns):
                tall, wide = emit.builder.sub(rows, row), emit.builder.sub(columns, column)
                corner = emit.at(source, emit.builder.add(emit.builder.mul(row, apart), column))
                place = emit.at(target, emit.builder.add(emit.builder.mul(column, spacing), row))

                def store(vector, lane, inside, place=place, tall=tall):
                    place = emit.at(place, emit.times(spacing, lane))
                    if inside is None:
                        emit.store(vector, place)
                    else:
                        emit.store_first(vector, place, emit.builder.select(inside, tall, number(0)))

                transpose_block(emit, corner, apart, tall, wide, store)

    @written(transpose)
    def _(emit, source, x, apart, rows, columns, target, y, spacing):
        arguments = emit.at(source, x), apart, rows, columns, emit.at(target, y), spacing
        emit.call("transpose", write_transpose, *arguments)

    @written(transpose_to)
    def _(emit, source, x, apart, rows, places, columns, target, y):
        source, target = emit.at(source, x), emit.at(target, y)
        for column in blocks(emit, columns):
            ours = emit.at(places, column)

            def store(vector, lane, inside, ours=ours):
                if inside is None:
                    emit.store(vector, emit.at(target, emit.number_at(ours, number(lane))))
                else:
                    with emit.builder.if_then(inside):
                        emit.store(vector, emit.at(target, emit.number_at(ours, number(lane))))

            transpose_block(emit, emit.at(source, column), apart, rows, emit.builder.sub(columns, column), store)

    @written(copy_run)
    def _(emit, source, x, step, target, y, spacing, count):
        source, target = emit.at(source, x), emit.at(target, y)
        close, dense = (emit.builder.icmp_signed("==", apart, number(1)) for apart in (step, spacing))
        with emit.builder.if_else(emit.builder.and_(close, dense)) as (beside, apart):
            with beside, runs(emit, count) as loop:
                done = emit.times(loop.index, emit.lanes)
                rest = emit.builder.sub(count, done)
                found = emit.load_masked(emit.at(source, done), emit.first(rest, emit.lanes))
                emit.store_first(found, emit.at(target, done), rest)
            with apart:
                copy_each(emit, source, step, target, spacing, count)

    @written(copy_rows)
    def _(emit, source, x, apart, step, target, y, across, rows, count):
        source, target = emit.at(source, x), emit.at(target, y)
        whole = emit.builder.sdiv(emit.builder.sub(count, number(1)), number(emit.lanes))
        done = emit.times(whole, emit.lanes)
        mask = emit.first(emit.builder.sub(count, done), emit.lanes)

        def copy_line(line, place):
            with emit.loop(whole) as vector:
                p = emit.times(vector.index, emit.lanes)
                emit.store(emit.load(emit.at(line, p)), emit.at(place, p))
            emit.store(emit.load_masked(emit.at(line, done), mask), emit.at(place, done))

        def pairs_of_line(line, place):
            """Every other number: two vectors become one."""

            def halves(p, load, limit):
                pair = (
                    emit.at(line, emit.times(p, 2)),
                    emit.at(line, emit.builder.add(emit.times(p, 2), number(emit.lanes))),
                )
                return emit.every_other(
                    load(pair[0], limit), load(pair[1], emit.builder.sub(limit, number(emit.lanes)))
                )

            with emit.loop(whole) as vector:
                p = emit.times(vector.index, emit.lanes)
                emit.store(halves(p, lambda pointer, _: emit.load(pointer), number(0)), emit.at(place, p))
            rest = emit.builder.sub(emit.times(emit.builder.sub(count, done), 2), number(1))
            last = halves(done, lambda pointer, limit: emit.load_masked(pointer, emit.first(limit, emit.lanes)), rest)
            emit.store(last, emit.at(place, done))

        def each_of_line(line, place):
            copy_each(emit, line, step, place, number(1), count)

        def copy_lines(copy):
            with emit.loop(rows) as loop:
                copy(
                    emit.at(source, emit.builder.mul(loop.index, apart)),
                    emit.at(target, emit.builder.mul(loop.index, across)),
                )

        is_step = lambda size: emit.builder.icmp_signed("==", step, number(size))
        with emit.builder.if_else(is_step(1)) as (close, further):
            with close:
                copy_lines(copy_line)
            with further, emit.builder.if_else(is_step(2)) as (pairs, scattered):
                with pairs:
                    copy_lines(pairs_of_line)
                with scattered:
                    copy_lines(each_of_line)
