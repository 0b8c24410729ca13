"""One call of a kernel for many sets of arrays: small ones are updated in less time than Python takes for a call each.

    @over_many(adam_numpy, arrays=4, counters=1)
    def adam(p, g, m, v, t, lr, ...):

makes ``adam`` a kernel as any other, for one set of arrays. ``adam.many`` calls it for all that are in a table: a list
of the ps, one of the gs, and so on. Compiled, it gets the identities of the arrays, which in CPython are where the
objects are in memory, and reads there what NumPy's C interface says an array is: where its elements are, its shape,
its dtype, its flags. `misfit` looks at all of them before anything is written.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np

from .jit import FIRST_CALL, KERNELS, OPTIONS, compiled, described, helper, teacher
from .require import Misfit, require

# Where an array's object has the pointer to its elements, the number of dimensions, the pointers to the shape and to
# the dtype, and the flags: `PyArrayObject_fields` in NumPy's ndarraytypes.h, which compiled extensions rely on.
_HEAD = object.__basicsize__
OFFSETS = np.array([_HEAD, _HEAD + 8, _HEAD + 16, _HEAD + 40, _HEAD + 48], np.int32)
# The flags of an array in one piece, row by row, that a kernel may read; and of one that it may write to.
READABLE, WRITABLE = 0x1 | 0x100, 0x1 | 0x100 | 0x400
COUNTER = np.dtype(np.float32)

Array = np.ndarray[Any, Any]


class Table:
    """Lists of arrays, one for each argument of a kernel; together, those at one place are the arguments of one call.

    A table that is filled anew looks up only what is not there yet. It belongs to one thread at a time.
    """

    def __init__(self) -> None:
        self.lists: list[Sequence[Array]] = []
        # Where the objects of the arrays are in memory. The lists keep them there.
        self.objects = np.empty((0, 0), np.intp)

    def fill(self, lists: Sequence[Sequence[Array]]) -> bool:
        """Put these lists, all of one length, in place of those before; whether the first list has other arrays."""
        count, length = len(lists), len(lists[0])
        if self.objects.shape != (count, length):
            self.lists = []
            self.objects = np.empty((count, length), np.intp)
            self.lists = [()] * count
        changed = False
        for j, arrays in enumerate(lists):
            before = self.lists[j]
            if len(before) == len(arrays) == length and all(map(is_, arrays, before)):
                continue
            # Whatever interrupts this, no list is there whose objects aren't.
            self.lists[j] = ()
            self.objects[j] = np.fromiter(map(id, arrays), np.intp, length)
            self.lists[j] = arrays
            changed = changed or j == 0
        return changed

    def forget(self, j: int) -> None:
        """Let go of the arrays of one list."""
        self.lists[j] = ()


class Many:
    """A kernel for many sets of arrays at once; called as a function, for one. It writes to all but the second array.

    arrays: how many arrays of one shape and dtype a set has. counters: how many of one float32 follow them.
    """

    def __init__(self, loop: Callable[..., Any], twin: Callable[..., Any], arrays: int, counters: int) -> None:
        functools.update_wrapper(self, loop)
        self.loop, self.twin, self.arrays, self.counters = code_for(loop, arrays, counters), twin, arrays, counters
        self.target: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> None:
        """The kernel for one set of arrays and numbers; `Misfit` if they don't fit."""
        count = self.arrays + self.counters
        table = Table()
        table.fill([[x] for x in args[:count]])
        if self.misfit(table) >= 0:
            raise Misfit(f"{self.loop.__qualname__} can't work on {', '.join(map(described, args))}")
        self.many(table, *[x if isinstance(x, bool) else float(x) for x in args[count:]])

    def misfit(self, table: Table) -> int:
        """The place in ``table`` of the first arrays that the kernel can't take as they are; -1 if there are none."""
        if not table.lists[0]:
            return -1
        look = compiled_misfit()
        dtype = table.lists[0][0].dtype
        if look is not None:
            found: int = look(table.objects, self.arrays, self.counters, OFFSETS, id(dtype), id(COUNTER))
            return found
        return next((i for i, arrays in enumerate(zip(*table.lists)) if not self.fit(arrays, dtype)), -1)

    def fit(self, arrays: Sequence[Array], dtype: Any) -> bool:
        """What the compiled `misfit` asks."""
        for i, x in enumerate(arrays):
            if not (x.flags.c_contiguous and x.flags.aligned and (i == 1 or x.flags.writeable)):
                return False
            if x.dtype != (dtype if i < self.arrays else COUNTER):
                return False
            if x.shape != arrays[0].shape if i < self.arrays else x.size != 1:
                return False
        return True

    def many(self, table: Table, *numbers: Any) -> None:
        """The kernel for all that is in ``table``, where `misfit` has found nothing, with the same ``numbers``."""
        if not table.lists[0]:
            return
        kind = table.lists[0][0].dtype.char
        if compiled_misfit() is None or kind not in KINDS:
            for arrays in zip(*table.lists):
                self.twin(*[x.reshape(-1) for x in arrays], *numbers)
            return
        if self.target is None:
            with FIRST_CALL:
                self.target = self.target or compiled(self.loop)
            assert self.target is not None
        self.target(KINDS[kind], table.objects, OFFSETS, NO_COUNTER, *numbers)


# Which say of what kind the elements are that are read.
KINDS = {char: np.empty(0, char) for char in "fd"}
NO_COUNTER, NO_OBJECT = np.empty(0, COUNTER), np.empty(0, np.intp)


def at(address, like):
    """The memory at an address, as a pointer to elements like those of an array. Compiled only: Python has none."""
    raise NotImplementedError


def array_at(x, size, offsets, like):
    """The elements of the array whose object is at ``x``, in one row. Compiled only."""
    raise NotImplementedError


@teacher
def compile_at():
    """Teach Numba what these are in a kernel."""
    from numba import carray, types
    from numba.extending import lower_builtin, overload, type_callable

    type_callable(at)(lambda context: lambda address, like: types.CPointer(like.dtype))

    @lower_builtin(at, types.Integer, types.Array)
    def pointer(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    def elements(x, size, offsets, like):
        return lambda x, size, offsets, like: carray(at(at(x + offsets[0], NO_OBJECT)[0], like), (size,))

    overload(array_at, jit_options=OPTIONS)(elements)


def misfit(objects, arrays, counters, offsets, dtype, counter_dtype):
    """The first set of arrays that differ in shape or dtype, or aren't in one piece, or can't be written to; or -1."""
    require(arrays > 1 and counters >= 0 and len(objects) == arrays + counters)
    for i in range(objects.shape[1]):
        dimensions = at(objects[0, i] + offsets[1], offsets)[0]
        shape = at(at(objects[0, i] + offsets[2], objects)[0], objects)
        for j in range(arrays + counters):
            x = objects[j, i]
            flags = READABLE if j == 1 else WRITABLE
            if at(x + offsets[4], offsets)[0] & flags != flags:
                return i
            if at(x + offsets[3], objects)[0] != (dtype if j < arrays else counter_dtype):
                return i
            if j >= arrays:
                if size_of(x, objects, offsets) != 1:
                    return i
            elif at(x + offsets[1], offsets)[0] != dimensions:
                return i
            else:
                own = at(at(x + offsets[2], objects)[0], objects)
                for k in range(dimensions):
                    if own[k] != shape[k]:
                        return i
    return -1


def size_of(x, objects, offsets):
    """How many elements the array has whose object is at ``x``."""
    shape = at(at(x + offsets[2], objects)[0], objects)
    size = 1
    for k in range(at(x + offsets[1], offsets)[0]):
        size *= shape[k]
    return size


helper(size_of)


@functools.cache
def compiled_misfit() -> Callable[..., Any] | None:
    """`misfit` compiled; None where Numba is missing or turned off, or arrays aren't what their header says."""
    x = np.zeros((2, 3), np.float32)
    read = lambda kind, offset: kind.from_address(id(x) + int(OFFSETS[offset])).value
    shape = (ctypes.c_ssize_t * 2).from_address(read(ctypes.c_ssize_t, 2))
    found = read(ctypes.c_ssize_t, 0), read(ctypes.c_int, 1), *shape, read(ctypes.c_ssize_t, 3)
    expected = x.ctypes.data, 2, 2, 3, id(x.dtype)
    return compiled(misfit) if found == expected and read(ctypes.c_int, 4) & WRITABLE == WRITABLE else None


# What one would write by hand for each kernel: see `SOURCE` in ``elementwise.py``.
SOURCE = """
def loop(like, objects, offsets, like_counter, {numbers}):
    require(len(objects) == {count})
    for i in range(objects.shape[1]):
        size = size_of(objects[0, i], objects, offsets)
        update({arrays}, {numbers})
"""
ELEMENTS = "array_at(objects[{j}, i], size, offsets, like)"
COUNT = "array_at(objects[{j}, i], 1, offsets, like_counter)"


def code_for(loop: Callable[..., Any], arrays: int, counters: int) -> Callable[..., Any]:
    """A loop over sets of arrays that calls ``loop`` for each."""
    count = arrays + counters
    source = SOURCE.format(
        numbers=", ".join(loop.__code__.co_varnames[count : loop.__code__.co_argcount]),
        count=count,
        arrays=", ".join((ELEMENTS if j < arrays else COUNT).format(j=j) for j in range(count)),
    )
    written: dict[str, Any] = {"__name__": loop.__module__, "update": helper(loop)}
    written |= {"require": require, "size_of": size_of, "array_at": array_at}
    exec(compile(source, __file__, "exec"), written)
    made: Callable[..., Any] = written["loop"]
    # It is kept on disk under these names.
    made.__name__, made.__qualname__ = loop.__name__, loop.__qualname__
    return made


def over_many(twin: Callable[..., Any], arrays: int, counters: int = 0) -> Callable[[Callable[..., Any]], Many]:
    """Make the decorated loop a kernel for `Many` sets of arrays; ``twin`` is the same in NumPy, for one."""

    def decorate(loop: Callable[..., Any]) -> Many:
        made = Many(loop, twin, arrays, counters)
        KERNELS.append(made)
        return made

    return decorate
