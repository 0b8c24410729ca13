"""What convolution spends its time in: small blocks of numbers kept in vector registers while a long sum goes by.

LLVM finds such blocks by itself only where all is of one fixed size, so compiled they are written as instructions of
LLVM. A vector is 64 bytes, the widest register there is; LLVM makes narrower ones of it where the machine has none.
Arrays have one dimension; offsets and starts count elements.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiling.jit import teacher

# How many filters a block of `accumulate` has, and how many vectors of places; those of `correlate`.
FILTERS, PLACES = 8, 3
CHANNELS, TAPS = 4, 6
# How many vectors in each of the two lines of a block of `accumulate_abreast`.
WIDTH = 12
# Numbers that whole vectors of such a block take.
BLOCK = 32
# Vectors of places in a block of one filter, and taps where they are summed over: so many sums are under way that none
# waits for the one before.
ALONE, SINGLE_TAPS = 8, 9
# How tall the kernels are whose taps in a column share what they load.
TALL = (1, 3, 5, 7)
# How many rows are summed over at once where the taps are a square.
TOGETHER = 4
# How far ahead weights are asked for, in elements: those of many channels come from memory, a number at a time, which
# the machine itself doesn't take for a stream.
AHEAD = 1024


def accumulate(weights, w, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width):
    """Fill a block of `FILTERS` rows of ``out``: ``out[r, p] = bias[r] + Σₖ weights[k, r]·source[offsets[k] + p]``.

    The rows are ``stride`` apart. ``width``, how many places there are, is at most `PLACES` vectors, and is rounded up
    to whole ones. Unless ``fresh``, the sums are added to what is in ``out``, and the bias is not.
    """
    lanes = 64 // out.itemsize
    width = -(-width // lanes) * lanes
    seen = source[x + offsets[first : first + count, None] + np.arange(width)]
    rows = weights[w : w + count * FILTERS].reshape(count, FILTERS)
    for r in range(FILTERS):
        line = out[y + r * stride : y + r * stride + width]
        line[:] = (bias[b + r] if fresh else line) + rows[:, r] @ seen


def accumulate_rows(
    weights, w, source, x, across, offsets, first, count, tall, beside, bias, b, out, y, apart, spacing, rows, width,
    vectors,
):  # fmt: skip
    """The same for one filter and rows: ``out[i, p] = bias[b] + Σₖ weights[k]·source[offsets[k] + i·across + p]``.

    In ``out`` rows are ``apart``, places ``spacing``. There are at most `ALONE` / ``vectors`` rows, of at most
    ``vectors``, a power of two. The taps are matrices of ``tall`` rows, one of `TALL`, of ``beside``; the taps of a
    column look ``across`` further each, so that rows of the source are loaded once for all of them.
    """
    down, right = np.arange(rows)[:, None], np.arange(width)
    seen = source[x + offsets[first : first + count, None, None] + across * down + right]
    out[y + apart * down + spacing * right] = bias[b] + np.tensordot(weights[w : w + count], seen, 1)


def accumulate_abreast(
    weights, w, source, x, offsets, first, count, step, down, fresh, bias, b, out, y, spacing, below, width,
    vectors, rows,
):  # fmt: skip
    """Fill a block of ``rows`` x ``width`` x ``vectors`` of ``out``, with filters f in the lanes of the vectors:

    ``out[r, p, f] = bias[f] + Σₖ weights[k, f]·source[offsets[k] + r·down + p·step]``

    p is less than `WIDTH`, and of ``vectors`` and ``rows`` one is 1 and the other 1 or 2. In ``out`` what belongs to r
    and p begins at ``r·below + p·spacing``. Unless ``fresh``, the sums are added to what is in ``out``, and the bias is
    not.
    """
    lanes = np.arange(vectors * 64 // out.itemsize)
    places = down * np.arange(rows)[:, None] + step * np.arange(width)
    seen = source[x + offsets[first : first + count, None, None] + places]
    lines = weights[w : w + count * len(lanes)].reshape(count, len(lanes))
    target = y + (below * np.arange(rows)[:, None] + spacing * np.arange(width))[..., None] + lanes
    out[target] = (bias[b + lanes] if fresh else out[target]) + np.tensordot(seen, lines, (0, 0))


def transpose(source, x, apart, rows, columns, target, y, spacing):
    """Copy a matrix, whose rows are ``apart``, to its transpose, whose rows are ``spacing``."""
    lines = source[x + apart * np.arange(rows)[:, None] + np.arange(columns)]
    target[y + spacing * np.arange(columns)[:, None] + np.arange(rows)] = lines.T


def correlate(g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
    """Fill the block ``out[CHANNELS, TAPS]``, flat, in `BLOCK`: ``out[r, k] = Σ_p g[r, p]·source[offsets[k] + p]``.

    Sums over ``vectors`` of places in each of some ``images``. The rows of g are ``stride`` apart, its images
    ``between``, those of the source ``apart``.
    """
    places = np.arange(vectors * 64 // out.itemsize)
    out[: CHANNELS * TAPS] = 0
    for image in range(images):
        rows = g[start + image * between + stride * np.arange(CHANNELS)[:, None] + places]
        seen = source[x + image * apart + offsets[first : first + TAPS, None] + places]
        out[: CHANNELS * TAPS] += (rows @ seen.T).ravel()


def correlate_rows(g, start, width, source, x, across, offsets, first, square, rows, out, y):
    """Add to a vector for each of `SINGLE_TAPS`: ``out[k] += Σ_(i, p) g[i, p]·source[offsets[k] + i·across + p]``.

    The sums are over ``rows`` of ``width`` places; those of g lie one after another. Places that are as many as there
    are lanes apart are in one lane. square: whether the taps are a matrix of which each row looks ``across`` further.
    """
    lanes = 64 // out.itemsize
    pulled = g[start : start + rows * width].reshape(rows, width)
    places = across * np.arange(rows)[:, None] + np.arange(width)
    seen = source[x + offsets[first : first + SINGLE_TAPS, None, None] + places]
    sums = out[y : y + SINGLE_TAPS * lanes].reshape(SINGLE_TAPS, lanes)
    for p in range(width):
        sums[:, p % lanes] += seen[..., p] @ pulled[:, p]


def copy_run(source, x, step, target, y, spacing, count):
    """Copy ``count`` numbers, every ``step``-th to every ``spacing``-th place, one of which is 1."""
    target[y : y + count * spacing : spacing] = source[x : x + count * step : step]


def copy_rows(source, x, apart, step, target, y, across, rows, count):
    """Copy a matrix, whose rows are ``apart`` and the numbers of a row ``step``, to one whose rows are ``across``.

    Compiled, vectors are stored whole, so there may be zeros after each row: of what comes there nothing may be copied
    before, or it must be zeros.
    """
    lines = source[x + apart * np.arange(rows)[:, None] + step * np.arange(count)]
    target[y + across * np.arange(rows)[:, None] + np.arange(count)] = lines


@teacher
def compile_vectors():
    """Teach Numba what these are in a kernel."""
    from ..compiling.emitter import number, written

    def write_block(emit, weights, source, offsets, count, fresh, bias, out, stride, places):
        sums = [[emit.register(emit.zero) for _ in range(places)] for _ in range(FILTERS)]
        lines = [
            [emit.at(out, emit.builder.add(emit.times(stride, r), number(v * emit.lanes))) for v in range(places)]
            for r in range(FILTERS)
        ]
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                for r in range(FILTERS):
                    constant = emit.spread(emit.number_at(bias, r))
                    for register in sums[r]:
                        emit.builder.store(constant, register)
            with more:
                for r in range(FILTERS):
                    for v in range(places):
                        emit.prefetch(lines[r][v])
        with emit.loop(count) as loop:
            pixels = emit.at(source, emit.number_at(offsets, loop.index))
            seen = [emit.load(emit.at(pixels, v * emit.lanes)) for v in range(places)]
            row = emit.at(weights, emit.times(loop.index, FILTERS))
            emit.prefetch(emit.at(row, AHEAD))
            for r in range(FILTERS):
                weight = emit.spread(emit.number_at(row, r))
                for v in range(places):
                    emit.add_product(sums[r][v], weight, seen[v])
        with emit.builder.if_else(fresh) as (start, more):
            with start:
                for r in range(FILTERS):
                    for v in range(places):
                        emit.store(emit.builder.load(sums[r][v]), lines[r][v])
            with more:
                for r in range(FILTERS):
                    for v in range(places):
                        total = emit.builder.fadd(emit.load(lines[r][v]), emit.builder.load(sums[r][v]))
                        emit.store(total, lines[r][v])

    @written(accumulate)
    def _(emit, weights, w, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width):
        fresh = emit.builder.icmp_signed("!=", fresh, number(0))
        pointers = [emit.at(weights, w), emit.at(source, x), emit.at(offsets, first), count, fresh]
        pointers += [emit.at(bias, b), emit.at(out, y), stride]
        wide = emit.builder.icmp_signed(">", width, number(2 * emit.lanes))
        with emit.builder.if_else(wide) as (three, fewer):
            with three:
                write_block(emit, *pointers, PLACES)
            with fewer, emit.builder.if_else(emit.builder.icmp_signed(">", width, number(emit.lanes))) as (two, one):
                with two:
                    write_block(emit, *pointers, 2)
                with one:
                    write_block(emit, *pointers, 1)

    def write_rows(
        emit, weights, source, across, offsets, count, beside, bias, out, apart, spacing, rows, width, vectors, tall
    ):
        lines = range(ALONE // vectors)
        constant = emit.spread(emit.number_at(bias, 0))
        sums = [[emit.register(constant) for _ in range(vectors)] for _ in lines]
        with emit.loop(emit.builder.sdiv(count, emit.times(beside, tall))) as matrix, emit.loop(beside) as column:
            tap = emit.builder.add(emit.builder.mul(matrix.index, emit.times(beside, tall)), column.index)
            pixels = emit.at(source, emit.number_at(offsets, tap))
            taps = [emit.at(weights, emit.builder.add(tap, emit.times(beside, i))) for i in range(tall)]
            taps = [emit.spread(emit.number_at(each, 0)) for each in taps]
            for seen in range(len(lines) + tall - 1):
                view = emit.at(pixels, emit.times(across, seen))
                for v in range(vectors):
                    found = emit.load(emit.at(view, v * emit.lanes))
                    for i in range(max(0, seen - len(lines) + 1), min(tall, seen + 1)):
                        emit.add_product(sums[seen - i][v], taps[i], found)
        each = []
        for r in lines:
            wide = emit.builder.select(emit.builder.icmp_signed("<", number(r), rows), width, number(0))
            for v in range(vectors):
                each.append((r, v, emit.first(emit.builder.sub(wide, number(v * emit.lanes)), emit.lanes)))
        with emit.builder.if_else(emit.builder.icmp_signed("==", spacing, number(1))) as (close, scattered):
            with close:
                for r, v, mask in each:
                    place = emit.at(emit.at(out, emit.times(apart, r)), v * emit.lanes)
                    emit.store_masked(emit.builder.load(sums[r][v]), place, mask)
            with scattered:
                for r, v, mask in each:
                    place = emit.at(emit.at(out, emit.times(apart, r)), emit.times(spacing, v * emit.lanes))
                    emit.scatter_masked(emit.builder.load(sums[r][v]), place, mask, emit.every(spacing))

    @written(accumulate_rows)
    def _(
        emit, weights, w, source, x, across, offsets, first, count, tall, beside, bias, b, out, y, apart, spacing, rows,
        width, vectors,
    ):  # fmt: skip
        arguments = [emit.at(weights, w), emit.at(source, x), across, emit.at(offsets, first), count, beside]
        arguments += [emit.at(bias, b), emit.at(out, y), apart, spacing, rows, width]
        cases = {
            10 * v + t: lambda sizes=(v, t): write_rows(emit, *arguments, *sizes)
            for v in (1, 2, 4, 8)
            for t in (TALL if v <= 2 else (1,))
        }
        emit.choose(emit.builder.add(emit.times(vectors, 10), tall), cases)

    def write_abreast(
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
        half = WIDTH // 2
        steps = [emit.times(step, p) for p in range(half + 1)]
        with emit.loop(count) as loop:
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

    @written(accumulate_abreast)
    def _(
        emit, weights, w, source, x, offsets, first, count, step, down, fresh, bias, b, out, y, spacing, below, width,
        vectors, rows,
    ):  # fmt: skip
        fresh = emit.builder.icmp_signed("!=", fresh, number(0))
        pointers = [emit.at(weights, w), emit.at(source, x), emit.at(offsets, first), count, step, down, fresh]
        pointers += [emit.at(bias, b), emit.at(out, y), spacing, below]
        cases = {
            100 * v + 50 * (r - 1) + p: lambda sizes=(p, v, r): write_abreast(emit, *pointers, *sizes)
            for v, r in ((1, 1), (1, 2), (2, 1))
            for p in range(1, WIDTH + 1)
        }
        kind = emit.builder.add(emit.times(vectors, 100), emit.times(emit.builder.sub(rows, number(1)), 50))
        emit.choose(emit.builder.add(kind, width), cases)

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

    @written(correlate)
    def _(emit, g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
        sums = [[emit.register(emit.zero) for _ in range(TAPS)] for _ in range(CHANNELS)]
        offsets, g, source = emit.at(offsets, first), emit.at(g, start), emit.at(source, x)
        taps = [emit.number_at(offsets, k) for k in range(TAPS)]
        rows = [emit.times(stride, r) for r in range(CHANNELS)]
        with emit.loop(images) as image:
            upstream = emit.at(g, emit.builder.mul(image.index, between))
            pixels = emit.at(source, emit.builder.mul(image.index, apart))
            lines = [emit.at(upstream, row) for row in rows]
            views = [emit.at(pixels, tap) for tap in taps]
            with emit.loop(vectors) as loop:
                p = emit.times(loop.index, emit.lanes)
                seen = [emit.load(emit.at(view, p)) for view in views]
                for r in range(CHANNELS):
                    pulled = emit.load(emit.at(lines[r], p))
                    for k in range(TAPS):
                        emit.add_product(sums[r][k], pulled, seen[k])
        found = [emit.builder.load(register) for row in sums for register in row]
        for start in range(0, len(found), emit.lanes):
            emit.store(emit.totals(found[start : start + emit.lanes]), emit.at(out, start))

    @written(correlate_rows)
    def _(emit, g, start, width, source, x, across, offsets, first, square, rows, out, y):
        offsets, g, source, out = emit.at(offsets, first), emit.at(g, start), emit.at(source, x), emit.at(out, y)
        places = [emit.at(out, k * emit.lanes) for k in range(SINGLE_TAPS)]
        sums = [emit.register(emit.load(place)) for place in places]
        views = [emit.at(source, emit.number_at(offsets, k)) for k in range(SINGLE_TAPS)]
        whole = emit.builder.sdiv(emit.builder.sub(width, number(1)), number(emit.lanes))
        done = emit.times(whole, emit.lanes)
        mask = emit.first(emit.builder.sub(width, done), emit.lanes)
        side = math.isqrt(SINGLE_TAPS)

        def add(row, p, load, tall):
            """What ``tall`` rows add at places p; a row of the source is loaded once for all of a square."""
            at = lambda pointer, row, apart: emit.at(pointer, emit.builder.add(emit.builder.mul(row, apart), p))
            down = [emit.builder.add(row, number(r)) for r in range(tall + side - 1)]
            pulled = [load(at(g, each, width)) for each in down[:tall]]
            if tall == 1:
                for register, view in zip(sums, views):
                    emit.add_product(register, pulled[0], load(at(view, row, across)))
                return
            for seen, each in enumerate(down):
                for j, view in enumerate(views[:side]):
                    found = load(at(view, each, across))
                    for i in range(max(0, seen - tall + 1), min(side, seen + 1)):
                        emit.add_product(sums[side * i + j], pulled[seen - i], found)

        def add_rows(first, count, tall):
            with emit.loop(count) as loop:
                row = emit.builder.add(first, emit.times(loop.index, tall))
                with emit.loop(whole) as vector:
                    add(row, emit.times(vector.index, emit.lanes), emit.load, tall)
                add(row, done, lambda pointer: emit.load_masked(pointer, mask), tall)

        blocks = emit.builder.sdiv(emit.builder.mul(square, rows), number(TOGETHER))
        covered = emit.times(blocks, TOGETHER)
        add_rows(number(0), blocks, TOGETHER)
        add_rows(covered, emit.builder.sub(rows, covered), 1)
        for register, place in zip(sums, places):
            emit.store(emit.builder.load(register), place)

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
