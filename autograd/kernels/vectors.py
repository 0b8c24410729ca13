"""What convolution spends its time in: small blocks of numbers kept in vector registers while a long sum goes by.

LLVM finds such blocks by itself only where all is of one fixed size, so here they are written as LLVM instructions. A
vector is 64 bytes, the widest register there is; LLVM makes narrower ones of it where the machine has none.
Offsets and starts count elements of arrays of one dimension.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# How many filters a block of `accumulate` has, and how many vectors of places; those of `correlate`.
FILTERS, PLACES = 8, 3
CHANNELS, TAPS = 4, 6
# Vectors of places in a block of one filter: so many sums are under way that none waits for the one before.
ALONE = 8


def accumulate(weights, w, source, x, offsets, first, count, out, y, stride, width):
    """Add to a block of `FILTERS` rows of ``out``, ``width`` places each: ``out[r, p] += Σₖ w[k, r]·x[offset[k] + p]``.

    The rows are ``stride`` apart. ``width`` is at most `PLACES` vectors, and is rounded up to whole ones.
    """
    taps = offsets[first : first + count]
    seen = source[x + taps[:, None] + np.arange(width)]
    rows = weights[w : w + count * FILTERS].reshape(count, FILTERS)
    for r in range(FILTERS):
        out[y + r * stride : y + r * stride + width] += rows[:, r] @ seen


def accumulate_one(weights, w, source, x, offsets, first, count, out, y):
    """The same for one filter with one weight a tap and `ALONE` vectors of places."""
    width = ALONE * 64 // out.itemsize
    seen = source[x + offsets[first : first + count, None] + np.arange(width)]
    out[y : y + width] += weights[w : w + count] @ seen


def correlate(g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
    """Add to the block ``out[CHANNELS, TAPS]``, flat: ``out[r, k] += Σ_p g[r, p]·x[offsets[k] + p]``, over ``images``.

    The rows of g are ``stride`` apart, its images ``between``, those of x ``apart``. Sums over ``vectors`` of places.
    """
    places = np.arange(vectors * 64 // out.itemsize)
    for b in range(images):
        rows = g[start + b * between + stride * np.arange(CHANNELS)[:, None] + places]
        seen = source[x + b * apart + offsets[first : first + TAPS, None] + places]
        out[: CHANNELS * TAPS] += (rows @ seen.T).ravel()


def copy_run(source, x, target, y, count):
    """``target[y : y + count] = source[x : x + count]``, at the speed of a few instructions for short runs."""
    target[y : y + count] = source[x : x + count]


def compile_vectors(numba: Any) -> None:
    """Teach Numba what these are in a kernel."""
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba.core import cgutils

    types, intrinsic, overload = numba.types, numba.extending.intrinsic, numba.extending.overload
    word = ir.IntType(64)

    class Emitter:
        """Writes instructions on vectors of the elements of an array."""

        def __init__(self, context: Any, builder: Any, array: Any) -> None:
            self.context, self.builder = context, builder
            self.element = context.get_data_type(array.dtype)
            self.size = array.dtype.bitwidth // 8
            self.lanes = 64 // self.size
            self.vector = ir.VectorType(self.element, self.lanes)
            self.name = f"v{self.lanes}f{8 * self.size}"

        def at(self, array_type: Any, array: Any, start: Any) -> Any:
            data = self.context.make_array(array_type)(self.context, self.builder, array).data
            return self.builder.gep(data, [start])

        def place(self, pointer: Any, index: Any) -> Any:
            return self.builder.gep(pointer, [word(index) if isinstance(index, int) else index])

        def load(self, pointer: Any) -> Any:
            return self.builder.load(self.builder.bitcast(pointer, self.vector.as_pointer()), align=self.size)

        def store(self, value: Any, pointer: Any) -> None:
            self.builder.store(value, self.builder.bitcast(pointer, self.vector.as_pointer()), align=self.size)

        def function(self, name: str, result: Any, *arguments: Any) -> Any:
            kind = ir.FunctionType(result, arguments)
            return cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}")

        def spread(self, number: Any) -> Any:
            empty = ir.Constant(self.vector, ir.Undefined)
            one = self.builder.insert_element(empty, number, ir.IntType(32)(0))
            return self.builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), None))

        def registers(self, rows: int, columns: int) -> list[list[Any]]:
            zero = ir.Constant(self.vector, None)
            made = [[cgutils.alloca_once(self.builder, self.vector) for _ in range(columns)] for _ in range(rows)]
            for row in made:
                for register in row:
                    self.builder.store(zero, register)
            return made

        def add_product(self, register: Any, a: Any, b: Any) -> None:
            fma = self.function(f"fma.{self.name}", self.vector, *[self.vector] * 3)
            self.builder.store(self.builder.call(fma, [a, b, self.builder.load(register)]), register)

        def total(self, register: Any) -> Any:
            fadd = self.function(f"vector.reduce.fadd.{self.name}", self.element, self.element, self.vector)
            zero = ir.Constant(self.element, 0.0)
            return self.builder.call(fadd, [zero, self.builder.load(register)], fastmath=("reassoc",))

    def accumulating(filters: int, places: int) -> Any:
        @intrinsic
        def block(typing, weights, w, source, x, offsets, first, count, out, y, stride):
            number = types.intp
            signature = types.void(weights, number, source, number, offsets, number, number, out, number, number)

            def generate(context, builder, signature, arguments):
                weights, w, source, x, offsets, first, count, out, y, stride = arguments
                kinds = signature.args
                emit = Emitter(context, builder, kinds[0])
                weights, source = emit.at(kinds[0], weights, w), emit.at(kinds[2], source, x)
                offsets, out = emit.at(kinds[4], offsets, first), emit.at(kinds[7], out, y)
                sums = emit.registers(filters, places)
                with cgutils.for_range(builder, count) as loop:
                    pixels = emit.place(source, builder.load(emit.place(offsets, loop.index)))
                    seen = [emit.load(emit.place(pixels, v * emit.lanes)) for v in range(places)]
                    row = emit.place(weights, builder.mul(loop.index, word(filters)))
                    for r in range(filters):
                        weight = emit.spread(builder.load(emit.place(row, r)))
                        for v in range(places):
                            emit.add_product(sums[r][v], weight, seen[v])
                for r in range(filters):
                    line = emit.place(out, builder.mul(stride, word(r)))
                    for v in range(places):
                        place = emit.place(line, v * emit.lanes)
                        emit.store(builder.fadd(emit.load(place), builder.load(sums[r][v])), place)
                return context.get_dummy_value()

            return signature, generate

        return block

    one, two, three = (accumulating(FILTERS, places) for places in (1, 2, PLACES))
    alone = accumulating(1, ALONE)

    @intrinsic
    def correlating(typing, g, start, stride, between, source, x, apart, offsets, first, images, vectors, out):
        number = types.intp
        signature = types.void(
            g, number, number, number, source, number, number, offsets, number, number, number, out
        )  # fmt: skip

        def generate(context, builder, signature, arguments):
            g, start, stride, between, source, x, apart, offsets, first, images, vectors, out = arguments
            kinds = signature.args
            emit = Emitter(context, builder, kinds[0])
            g, source = emit.at(kinds[0], g, start), emit.at(kinds[4], source, x)
            offsets, out = emit.at(kinds[7], offsets, first), emit.at(kinds[11], out, word(0))
            sums = emit.registers(CHANNELS, TAPS)
            taps = [builder.load(emit.place(offsets, k)) for k in range(TAPS)]
            rows = [builder.mul(stride, word(r)) for r in range(CHANNELS)]
            with cgutils.for_range(builder, images) as image:
                upstream = emit.place(g, builder.mul(image.index, between))
                pixels = emit.place(source, builder.mul(image.index, apart))
                lines = [emit.place(upstream, row) for row in rows]
                views = [emit.place(pixels, tap) for tap in taps]
                with cgutils.for_range(builder, vectors) as loop:
                    p = builder.mul(loop.index, word(emit.lanes))
                    seen = [emit.load(emit.place(view, p)) for view in views]
                    for r in range(CHANNELS):
                        pulled = emit.load(emit.place(lines[r], p))
                        for k in range(TAPS):
                            emit.add_product(sums[r][k], pulled, seen[k])
            for r in range(CHANNELS):
                for k in range(TAPS):
                    place = emit.place(out, r * TAPS + k)
                    builder.store(builder.fadd(builder.load(place), emit.total(sums[r][k])), place)
            return context.get_dummy_value()

        return signature, generate

    @intrinsic
    def copying(typing, source, x, target, y, count):
        number = types.intp
        signature = types.void(source, number, target, number, number)

        def generate(context, builder, signature, arguments):
            source, x, target, y, count = arguments
            emit = Emitter(context, builder, signature.args[0])
            source, target = emit.at(signature.args[0], source, x), emit.at(signature.args[2], target, y)
            lanes = emit.lanes
            whole = builder.sdiv(count, word(lanes))
            with cgutils.for_range(builder, whole) as loop:
                p = builder.mul(loop.index, word(lanes))
                emit.store(emit.load(emit.place(source, p)), emit.place(target, p))
            done = builder.mul(whole, word(lanes))
            left = builder.trunc(builder.sub(count, done), ir.IntType(32))
            counted = ir.VectorType(ir.IntType(32), lanes)
            empty = ir.Constant(counted, ir.Undefined)
            limit = builder.shuffle_vector(
                builder.insert_element(empty, left, ir.IntType(32)(0)), empty, ir.Constant(counted, None)
            )
            mask = builder.icmp_signed("<", ir.Constant(counted, list(range(lanes))), limit)
            pointer = emit.vector.as_pointer()
            masks = ir.VectorType(ir.IntType(1), lanes)
            load = emit.function(
                f"masked.load.{emit.name}.p0", emit.vector, pointer, ir.IntType(32), masks, emit.vector
            )  # fmt: skip
            store = emit.function(
                f"masked.store.{emit.name}.p0", ir.VoidType(), emit.vector, pointer, ir.IntType(32), masks
            )  # fmt: skip
            align = ir.IntType(32)(emit.size)
            found = builder.call(
                load,
                [builder.bitcast(emit.place(source, done), pointer), align, mask, ir.Constant(emit.vector, None)],
            )
            builder.call(store, [found, builder.bitcast(emit.place(target, done), pointer), align, mask])
            return context.get_dummy_value()

        return signature, generate

    def accumulate_compiled(weights, w, source, x, offsets, first, count, out, y, stride, width):
        lanes = 64 // (4 if out.dtype == types.float32 else 8)

        def run(weights, w, source, x, offsets, first, count, out, y, stride, width):
            if width > 2 * lanes:
                three(weights, w, source, x, offsets, first, count, out, y, stride)
            elif width > lanes:
                two(weights, w, source, x, offsets, first, count, out, y, stride)
            else:
                one(weights, w, source, x, offsets, first, count, out, y, stride)

        return run

    overload(accumulate)(accumulate_compiled)
    overload(accumulate_one)(
        lambda weights, w, source, x, offsets, first, count, out, y: (
            lambda weights, w, source, x, offsets, first, count, out, y: alone(
                weights, w, source, x, offsets, first, count, out, y, 0
            )
        )
    )
    overload(correlate)(
        lambda g, start, stride, between, source, x, apart, offsets, first, images, vectors, out: (
            lambda g, start, stride, between, source, x, apart, offsets, first, images, vectors, out: correlating(
                g, start, stride, between, source, x, apart, offsets, first, images, vectors, out
            )
        )
    )
    overload(copy_run)(
        lambda source, x, target, y, count: lambda source, x, target, y, count: copying(source, x, target, y, count)
    )
