"""Writing LLVM instructions on vectors, for what Numba's own loops don't compile to. Imported with Numba only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic, overload

from .compilers import FOR_HELPERS
from .machine import MACHINE, VECTOR
from .memory import LINE


def number(value: int) -> Any:
    """A whole number in the code that is written."""
    return ir.IntType(64)(value)


class Emitter:
    """Writes instructions on whole vectors, of the elements of the first array that it is given."""

    def __init__(self, context: Any, builder: Any, element: Any) -> None:
        self.context, self.builder = context, builder
        self.element = context.get_data_type(element)
        self.size = element.bitwidth // 8
        self.lanes, self.line = VECTOR // self.size, LINE // self.size
        self.vector = ir.VectorType(self.element, self.lanes)
        self.zero, self.always = ir.Constant(self.vector, None), ir.IntType(1)(1)
        lanes = ir.VectorType(ir.IntType(1), self.lanes)
        self.all, self.none = ir.Constant(lanes, [1] * self.lanes), ir.Constant(lanes, None)

    def argument(self, kind: Any, value: Any) -> Any:
        """An array as a pointer to its elements, a number as it is."""
        if isinstance(kind, types.Array):
            return self.context.make_array(kind)(self.context, self.builder, value).data
        return self.context.cast(self.builder, value, kind, types.intp)

    def at(self, pointer: Any, index: Any) -> Any:
        return self.builder.gep(pointer, [number(index) if isinstance(index, int) else index])

    def times(self, a: Any, b: int) -> Any:
        return self.builder.mul(a, number(b))

    def loop(self, count: Any) -> Any:
        return cgutils.for_range(self.builder, count)

    @contextmanager
    def long_loop(self, count: Any) -> Iterator[Any]:
        """A loop whose turns keep the machine busy. LLVM copies the body of others, for several turns at a time."""
        with self.loop(count) as loop:
            yield loop
            body = self.builder.block
        body.terminator.set_metadata("llvm.loop", self._not_unrolled())

    def _not_unrolled(self) -> Any:
        """What LLVM reads this from, a list that begins with itself."""
        module = self.builder.module
        wish = module.add_metadata(["llvm.loop.unroll.disable"])
        made = ir.MDValue(module, [], name=str(len(module.metadata)))
        made.operands = (made, wish)
        return made

    def number_at(self, pointer: Any, index: Any) -> Any:
        return self.builder.load(self.at(pointer, index))

    def load(self, pointer: Any) -> Any:
        return self.builder.load(self.builder.bitcast(pointer, self.vector.as_pointer()), align=self.size)

    def store(self, value: Any, pointer: Any) -> None:
        self.builder.store(value, self.builder.bitcast(pointer, value.type.as_pointer()), align=self.size)

    def prefetch(self, pointer: Any, to_write: bool = False) -> None:
        """Ask for the cache line of an address, which may lie outside of any array."""
        number = ir.IntType(32)
        place = self.builder.bitcast(pointer, ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.prefetch.p0")
        self.builder.call(function, [place, number(int(to_write)), number(3), number(1)])

    def spread(self, value: Any, kind: Any = None) -> Any:
        """``value`` in every lane."""
        kind = kind or self.vector
        empty = ir.Constant(kind, ir.Undefined)
        one = self.builder.insert_element(empty, value, ir.IntType(32)(0))
        return self.builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(ir.IntType(32), kind.count), None))

    def constant(self, value: float) -> Any:
        return ir.Constant(self.vector, [ir.Constant(self.element, value)] * self.lanes)

    def register(self, value: Any) -> Any:
        """A place for a vector, which LLVM keeps in a register."""
        place = cgutils.alloca_once(self.builder, self.vector)
        self.builder.store(value, place)
        return place

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """``a·b + c``, rounded once where the machine can."""
        return self.builder.call(
            self._intrinsic("fmuladd", self.vector, self.vector, self.vector, self.vector), [a, b, c]
        )

    def add_product(self, register: Any, a: Any, b: Any) -> None:
        self.builder.store(self.fma(a, b, self.builder.load(register)), register)

    def totals(self, vectors: list[Any]) -> Any:
        """A vector of the sums of the lanes of each of as many vectors as there are lanes, or fewer."""
        vectors = vectors + [self.zero] * (self.lanes - len(vectors))
        size = self.lanes
        # Two vectors of sums still to be added in groups of ``size`` lanes become one, of groups of half as many.
        while size > 1:
            starts = range(0, 2 * self.lanes, size)
            halves = [[start + side * size // 2 + i for start in starts for i in range(size // 2)] for side in (0, 1)]
            orders = [ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), half) for half in halves]
            vectors = [
                self.builder.fadd(*(self.builder.shuffle_vector(a, b, order) for order in orders))
                for a, b in zip(vectors[::2], vectors[1::2])
            ]
            size //= 2
        return vectors[0]

    def transposed(self, vectors: list[Any]) -> list[Any]:
        """The columns of a square of as many vectors as there are lanes.

        Within parts of 16 bytes first, which machines shuffle best, then by moving those parts.
        """
        size = 16 // self.size
        starts = range(0, self.lanes, size)
        # The first halves of the parts of two vectors interleaved, and the second ones.
        halves = [
            [start + half * size // 2 + k // 2 + k % 2 * self.lanes for start in starts for k in range(size)]
            for half in (0, 1)
        ]
        # Of the parts of two vectors every other.
        others = [[k for k in range(2 * self.lanes) if k // size % 2 == side] for side in (0, 1)]
        mix = lambda a, b, places: self.builder.shuffle_vector(
            a, b, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), places)
        )

        def within(rows: list[Any]) -> list[Any]:
            for _ in range(size.bit_length() - 1):
                rows = [mix(*pair, half) for pair in zip(rows[: size // 2], rows[size // 2 :]) for half in halves]
            return rows

        def moved(rows: list[Any]) -> list[Any]:
            if len(rows) == 1:
                return rows
            even, odd = (moved([mix(*pair, side) for pair in zip(rows[::2], rows[1::2])]) for side in others)
            return [row for pair in zip(even, odd) for row in pair]

        blocks = [within(vectors[start : start + size]) for start in starts]
        columns = [moved([block[k] for block in blocks]) for k in range(size)]
        return [columns[k % size][k // size] for k in range(self.lanes)]

    def choose(self, value: Any, cases: dict[int, Callable[[], None]]) -> None:
        """Write code for each number that ``value`` may be."""
        end = self.builder.append_basic_block("end")
        switch = self.builder.switch(value, end)
        for case, write in cases.items():
            block = self.builder.append_basic_block(f"case_{case}")
            switch.add_case(number(case), block)
            self.builder.position_at_end(block)
            write()
            self.builder.branch(end)
        self.builder.position_at_end(end)

    def call(self, name: str, write: Callable[..., None], *values: Any) -> None:
        """Call a function that is written once for all places that call it: what is long would be long to compile."""
        function = self.builder.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(ir.VoidType(), [value.type for value in values])
            function = ir.Function(self.builder.module, kind, name)
            function.linkage = "internal"
            function.attributes.add("noinline")
            caller, self.builder = self.builder, ir.IRBuilder(function.append_basic_block("entry"))
            write(self, *function.args)
            self.builder.ret_void()
            self.builder = caller
        self.builder.call(function, values)

    def first(self, count: Any, lanes: int) -> Any:
        """A mask of the first ``count`` lanes."""
        kind = ir.VectorType(ir.IntType(32), lanes)
        limit = self.spread(self.builder.trunc(count, ir.IntType(32)), kind)
        return self.builder.icmp_signed("<", ir.Constant(kind, list(range(lanes))), limit)

    def load_masked(self, pointer: Any, mask: Any) -> Any:
        kind = self.vector.as_pointer()
        function = self._intrinsic(
            "masked.load", self.vector, kind, ir.IntType(32), mask.type, self.vector, suffix=".p0"
        )
        return self.builder.call(
            function, [self.builder.bitcast(pointer, kind), ir.IntType(32)(self.size), mask, self.zero]
        )

    def store_first(self, value: Any, pointer: Any, count: Any) -> None:
        """Store the first ``count`` lanes, none if it is negative, all if there are no more."""
        if MACHINE.masks:
            self._store_masked(value, pointer, self.first(count, self.lanes))
            return
        with self.builder.if_else(self.builder.icmp_signed(">=", count, number(self.lanes))) as (all, some):
            with all:
                self.store(value, pointer)
            with some:
                # Half of the lanes if they are wanted, then half of the rest, and so on.
                wanted = self.builder.select(self.builder.icmp_signed(">", count, number(0)), count, number(0))
                size = self.lanes // 2
                while size:
                    halves = self.part(value, 0, size), self.part(value, size, size)
                    more = self.builder.icmp_signed("!=", self.builder.and_(wanted, number(size)), number(0))
                    with self.builder.if_then(more):
                        self.store(halves[0], pointer)
                    pointer = self.builder.select(more, self.at(pointer, size), pointer)
                    value = self.builder.select(more, halves[1], halves[0])
                    size //= 2

    def store_apart(self, value: Any, pointer: Any, count: Any, spacing: Any) -> None:
        """Store the first ``count`` lanes, at most all, ``spacing`` elements apart."""
        if MACHINE.masks:
            pairs = self.builder.icmp_signed("==", spacing, number(2))
            with self.builder.if_else(pairs) as (close, far):
                with close:
                    # Two stores that leave out every other lane.
                    both = self.interleave(value, value)
                    for half in (0, 1):
                        lanes = self.first(
                            self.builder.sub(self.times(count, 2), number(half * self.lanes)), self.lanes
                        )
                        mask = self.builder.and_(lanes, ir.Constant(lanes.type, [1, 0] * (self.lanes // 2)))
                        part = self.part(both, half * self.lanes, self.lanes)
                        self._store_masked(part, self.at(pointer, half * self.lanes), mask)
                with far:
                    self._scatter_masked(value, pointer, self.first(count, self.lanes), self.every(spacing))
            return
        place = self.register(value)
        lanes = self.builder.bitcast(place, self.element.as_pointer())
        inside = self.builder.icmp_signed("<", count, number(self.lanes))
        with self.loop(self.builder.select(inside, count, number(self.lanes))) as lane:
            value = self.number_at(lanes, lane.index)
            self.builder.store(value, self.at(pointer, self.builder.mul(lane.index, spacing)))

    def _store_masked(self, value: Any, pointer: Any, mask: Any) -> None:
        kind = value.type.as_pointer()
        function = self._intrinsic(
            "masked.store", ir.VoidType(), value.type, kind, ir.IntType(32), mask.type, suffix=".p0", vector=value.type
        )
        self.builder.call(function, [value, self.builder.bitcast(pointer, kind), ir.IntType(32)(self.size), mask])

    def _scatter_masked(self, value: Any, pointer: Any, mask: Any, places: Any) -> None:
        """Store to ``places``, a vector of indices."""
        pointers = self._each(pointer, places)
        function = self._intrinsic(
            "masked.scatter", ir.VoidType(), self.vector, pointers.type, ir.IntType(32), mask.type,
            suffix=self._pointers,
        )  # fmt: skip
        self.builder.call(function, [value, pointers, ir.IntType(32)(self.size), mask])

    @property
    def _pointers(self) -> str:
        return f".v{self.lanes}p0"

    def _each(self, pointer: Any, places: Any) -> Any:
        first = self.spread(self.builder.ptrtoint(pointer, ir.IntType(64)), places.type)
        size = ir.Constant(places.type, [self.size] * self.lanes)
        found = self.builder.add(first, self.builder.mul(places, size))
        return self.builder.inttoptr(found, ir.VectorType(self.element.as_pointer(), self.lanes))

    def every(self, step: Any) -> Any:
        """The places of every ``step``-th element."""
        kind = ir.VectorType(ir.IntType(64), self.lanes)
        return self.builder.mul(self.spread(step, kind), ir.Constant(kind, list(range(self.lanes))))

    def interleave(self, a: Any, b: Any) -> Any:
        """``a[0], b[0], a[1], b[1], ...``."""
        count = a.type.count
        order = [place + side * count for place in range(count) for side in (0, 1)]
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), 2 * count), order))

    def every_other(self, a: Any, b: Any) -> Any:
        """``a[0], a[2], ..., b[0], b[2], ...``."""
        order = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), list(range(0, 2 * self.lanes, 2)))
        return self.builder.shuffle_vector(a, b, order)

    def few(self, pointer: Any, count: int) -> Any:
        """A vector of only ``count`` elements."""
        kind = ir.VectorType(self.element, count)
        return self.builder.load(self.builder.bitcast(pointer, kind.as_pointer()), align=self.size)

    def part(self, vector: Any, first: int, count: int) -> Any:
        """``count`` elements of a vector from ``first`` on."""
        order = ir.Constant(ir.VectorType(ir.IntType(32), count), list(range(first, first + count)))
        return self.builder.shuffle_vector(vector, vector, order)

    def joined(self, vectors: list[Any]) -> Any:
        """One vector of all of these, whose number is a power of two."""
        while len(vectors) > 1:
            kind = ir.VectorType(ir.IntType(32), 2 * vectors[0].type.count)
            order = ir.Constant(kind, list(range(kind.count)))
            vectors = [self.builder.shuffle_vector(a, b, order) for a, b in zip(vectors[::2], vectors[1::2])]
        return vectors[0]

    def in_fours(self, a: Any, b: Any, order: tuple[int, ...]) -> Any:
        """Of each four elements of ``a`` and of ``b`` these four, those of ``b`` counted from 4."""
        places = [
            start + place if place < 4 else self.lanes + start + place - 4
            for start in range(0, self.lanes, 4)
            for place in order
        ]
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), places))

    def _intrinsic(self, name: str, result: Any, *arguments: Any, suffix: str = "", vector: Any = None) -> Any:
        lanes = (vector or self.vector).count
        kind = ir.FunctionType(result, arguments)
        return cgutils.get_or_insert_function(
            self.builder.module, kind, f"llvm.{name}.v{lanes}f{8 * self.size}{suffix}"
        )


def written(function: Callable[..., Any]) -> Callable[[Callable[..., None]], None]:
    """What the decorated writer writes is what ``function``, of arrays and numbers, is in a kernel.

    The writer gets an `Emitter` and the arguments, arrays as pointers.
    """

    def declare(write: Callable[..., None]) -> None:
        @intrinsic
        def instructions(typing: Any, arguments: Any) -> Any:
            kinds = tuple(arguments)
            arrays = [kind for kind in kinds if isinstance(kind, types.Array)]
            element = arrays[0].dtype
            others = element, types.intp, types.float64
            if any(kind.dtype not in others or kind.layout != "C" or kind.ndim != 1 for kind in arrays):
                raise TypingError(f"{function.__name__} takes flat arrays of one dtype or of float64, and indices")

            def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
                emit = Emitter(context, builder, element)
                write(emit, *map(emit.argument, kinds, cgutils.unpack_tuple(builder, values[0])))
                return context.get_dummy_value()

            return types.void(arguments), generate

        made: Any = instructions
        overload(function, jit_options=FOR_HELPERS)(lambda *arguments: lambda *arguments: made(arguments))

    return declare
