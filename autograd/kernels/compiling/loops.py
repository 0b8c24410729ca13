"""NumPy's own loops over elements, many of them one after the other in one call.

A ufunc finds out dtypes and shapes at each call, and then runs a loop in C that is given pointers, a count and steps.
Where all that is the same as before, only the loop needs to run: `Loops` calls those that the ufuncs have, with the
same arguments that NumPy gives them, so that they give the same bits. Warnings of overflow are not given.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .jit import compiled, teacher
from .many import ELEMENTS, pointer_at

Array = np.ndarray[Any, Any]

# Where a ufunc's object has these: `PyUFuncObject` in NumPy's ufuncobject.h, on which all compiled extensions rely.
COUNTS = object.__basicsize__
FUNCTIONS, DATA, NTYPES, TYPES = COUNTS + 16, COUNTS + 24, COUNTS + 32, COUNTS + 48
# A loop that runs: its address, that of its data, of its pointers, of its counts and steps; how often, how many
# pointers there are, and where it is said how far each moves from one time to the next.
FIELDS = 8


def call_loop(function, pointers, counts, steps, data):
    """Call a loop of a ufunc. Compiled only."""
    raise NotImplementedError


def put_at(address, number):
    """Write a number, as wide as a pointer, at an address. Compiled only."""
    raise NotImplementedError


@teacher
def compile_call():
    """Teach Numba what these are in a kernel."""
    from llvmlite import ir
    from numba import types
    from numba.extending import lower_builtin, type_callable

    type_callable(call_loop)(lambda context: lambda function, pointers, counts, steps, data: types.void)
    type_callable(put_at)(lambda context: lambda address, number: types.void)
    integer = types.intp

    @lower_builtin(call_loop, integer, integer, integer, integer, integer)
    def lowered_call(context, builder, signature, arguments):
        pointer = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer] * 4)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [builder.inttoptr(x, pointer) for x in arguments[1:]])
        return context.get_dummy_value()

    @lower_builtin(put_at, integer, integer)
    def lowered_put(context, builder, signature, arguments):
        word = context.get_value_type(integer)
        builder.store(arguments[1], builder.inttoptr(arguments[0], word.as_pointer()))
        return context.get_dummy_value()


def run(program, count, patches, patched, objects):
    """Run ``count`` loops; before, put where arrays have their elements into the places that ``patches`` name.

    A patch: the number of the array, of which ``objects`` has where the object is; the place; and what is added.
    """
    for i in range(patched):
        place = patches + 24 * i
        array = pointer_at(objects + 8 * pointer_at(place))
        put_at(pointer_at(place + 8), pointer_at(array + ELEMENTS) + pointer_at(place + 16))
    for i in range(count):
        place = program + 8 * FIELDS * i
        times, pointers = pointer_at(place + 32), pointer_at(place + 16)
        for j in range(times):
            call_loop(
                pointer_at(place),
                pointers,
                pointer_at(place + 24),
                pointer_at(place + 56),
                pointer_at(place + 8),
            )
            if times > 1:
                moves = pointer_at(place + 48)
                for k in range(pointer_at(place + 40)):
                    # After the last time they are back where they were.
                    move = pointer_at(moves + 8 * k)
                    move = move if j < times - 1 else -move * (times - 1)
                    put_at(pointers + 8 * k, pointer_at(pointers + 8 * k) + move)


@functools.cache
def compiled_run() -> Any:
    """`run` compiled; None where Numba is missing or turned off, or ufuncs aren't what their header says."""
    made = compiled(run)
    if made is None or np.intp().itemsize != 8:
        return None
    x = np.arange(3, dtype=np.float32)
    y, total, product = x + 1, np.zeros(3, np.float32), np.zeros((3, 3), np.float32)
    added, multiplied = loop_of(np.add, "ff->f"), loop_of(np.matmul, "ff->f")
    if added is None or multiplied is None:
        return None
    loops = Loops()
    loops.add(added, [x, y, total], (3,), (4, 4, 4))
    loops.add(multiplied, [x, y, product], (1, 3, 1, 3), (0, 0, 0, 4, 4, 4, 4, 12, 4))
    loops.seal()
    made(*loops.arguments)
    return made if (total == x + y).all() and (product == np.outer(x, y)).all() else None


@functools.cache
def loop_of(ufunc: np.ufunc, signature: str) -> tuple[int, int] | None:
    """Where the loop of ``ufunc`` for these dtypes is, such as ``"ff->f"``, and its data; None if it has none."""
    if signature not in ufunc.types:
        return None
    number, here = ufunc.types.index(signature), id(ufunc)
    whole = lambda place: ctypes.c_int.from_address(place).value
    pointer = lambda place: ctypes.c_ssize_t.from_address(place).value
    counts = whole(here + COUNTS), whole(here + COUNTS + 4), whole(here + COUNTS + 8), whole(here + NTYPES)
    if counts != (ufunc.nin, ufunc.nout, ufunc.nargs, ufunc.ntypes):
        return None
    dtypes = ctypes.string_at(pointer(here + TYPES) + number * ufunc.nargs, ufunc.nargs)
    if dtypes != bytes(np.dtype(char).num for char in signature.replace("->", "")):
        return None
    function, data = pointer(here + FUNCTIONS) + 8 * number, pointer(here + DATA)
    return pointer(function), pointer(data + 8 * number) if data else 0


class Loops:
    """Loops that run one after the other: a program for `run`.

    objects: of the arrays that are others each time, where their objects are: it is filled before each run.
    """

    def __init__(self, objects: Array | None = None) -> None:
        self.objects = np.zeros(1, np.intp) if objects is None else objects
        self.rows: list[list[int]] = []
        self.patches: list[tuple[int, int, int]] = []
        # All that is pointed to, so that it stays.
        self.kept: list[Any] = []
        self.arguments: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def add(
        self,
        loop: tuple[int, int],
        pointers: Sequence[Array | tuple[int, int]],
        counts: Sequence[int],
        steps: Sequence[int],
        times: int = 1,
        moves: Sequence[int] = (),
    ) -> None:
        """Add a loop. pointers: arrays that stay, or the number of one that doesn't, with an offset in bytes."""
        places = np.zeros(len(pointers), np.intp)
        start = places.ctypes.data
        for i, one in enumerate(pointers):
            if isinstance(one, tuple):
                self.patches.append((one[0], start + 8 * i, one[1]))
            else:
                places[i] = one.ctypes.data
                self.kept.append(one)
        tables = [np.array(list(given) or [0], np.intp) for given in (counts, moves, steps)]
        self.kept += [places, *tables]
        number, move, step = (table.ctypes.data for table in tables)
        self.rows.append([*loop, start, number, times, len(pointers), move, step])

    def seal(self) -> None:
        """Be ready to run; nothing can be added any more."""
        self.program = np.array(self.rows, np.intp)
        self.table = np.array(self.patches or [(0, 0, 0)], np.intp)
        self.arguments = (
            self.program.ctypes.data,
            len(self.rows),
            self.table.ctypes.data,
            len(self.patches),
            self.objects.ctypes.data,
        )
