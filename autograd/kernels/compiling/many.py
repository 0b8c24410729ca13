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

from .jit import FIRST_CALL, KERNELS, compiled, described, helper, teacher
from .require import Misfit, require

# Where an array's object has the pointer to its elements; after it come, at these distances, the number of dimensions,
# the pointers to the shape and to the dtype, and the flags: `PyArrayObject_fields` in NumPy's ndarraytypes.h, which all
# compiled extensions rely on.
ELEMENTS = object.__basicsize__
DIMENSIONS, SHAPE, DTYPE, FLAGS = 8, 16, 40, 48
# The flags of an array in one piece, row by row, that a kernel may read; and of one that it may write to.
READABLE, WRITABLE = 0x1 | 0x100, 0x1 | 0x100 | 0x400
COUNTER = np.dtype(np.float32)

Array = np.ndarray[Any, Any]
ARRAYS = {np.ndarray}


class Table:
    """Lists of arrays, one for each argument of a kernel; together, those at one place are the arguments of one call.

    A table that is filled anew looks up only what is not there yet. It belongs to one thread at a time.
    """

    def __init__(self) -> None:
        self.lists: list[Sequence[Array]] = []
        # Where the objects of the arrays are in memory. The lists keep them there.
        self.objects = np.empty((0, 0), np.intp)
        self.full = False

    def fill(self, lists: Sequence[Sequence[Array]]) -> bool:
        """Put these lists, all of one length, in place of those before; whether the first list has other arrays."""
        count, length = len(lists), len(lists[0])
        if self.objects.shape != (count, length):
            self.full, self.lists = False, []
            self.objects = np.empty((count, length), np.intp)
            self.lists = [()] * count
        changed = False
        for j, arrays in enumerate(lists):
            before = self.lists[j]
            if len(before) == len(arrays) == length and all(map(is_, arrays, before)):
                continue
            kinds = set(map(type, arrays))
            if len(arrays) != length or not (kinds <= ARRAYS or all(issubclass(kind, np.ndarray) for kind in kinds)):
                raise Misfit(f"a table has lists of {length} arrays, not of {len(arrays)} {kinds}")
            # Whatever interrupts this, no list is there whose objects aren't.
            self.forget(j)
            self.objects[j] = np.fromiter(map(id, arrays), np.intp, length)
            self.lists[j] = arrays
            changed = changed or j == 0
        self.full = True
        return changed

    def forget(self, j: int) -> None:
        """Let go of the arrays of one list, until the table is filled again."""
        self.full = False
        self.lists[j] = ()


class Many:
    """A kernel for many sets of arrays at once; called as a function, for one. It writes to all but the second array.

    arrays: how many arrays of one shape and dtype a set has. counters: how many of one float32 follow them.
    """

    def __init__(self, loop: Callable[..., Any], twin: Callable[..., Any], arrays: int, counters: int) -> None:
        functools.update_wrapper(self, loop)
        self.update, self.twin, self.arrays, self.counters = helper(loop), twin, arrays, counters
        self.target: Callable[..., Any] | None = None

    @functools.cached_property
    def loop(self) -> Callable[..., Any]:
        """The loop that is compiled; its code is made at the first call, as few programs use every optimizer."""
        return code_for(self.update, self.arrays, self.counters)

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
        self.check(table)
        if not table.lists[0]:
            return -1
        look = compiled_misfit()
        dtype = table.lists[0][0].dtype
        if look is not None:
            found: int = look(table.objects, self.arrays, self.counters, ELEMENTS, id(dtype), id(COUNTER))
            return found
        return next((i for i, arrays in enumerate(zip(*table.lists)) if not self.fit(arrays, dtype)), -1)

    def check(self, table: Table) -> None:
        if not table.full or len(table.lists) != self.arrays + self.counters:
            raise Misfit(
                f"{self.loop.__qualname__} takes a table that is filled with {self.arrays + self.counters} lists"
            )

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
        self.check(table)
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
        self.target(KINDS[kind], table.objects, ELEMENTS, *numbers)


# Arrays that say of what kind the elements are that are read.
KINDS = {char: np.empty(0, char) for char in "fd"}
COUNTED, POINTERS, INTS = np.empty(0, COUNTER), np.empty(0, np.intp), np.empty(0, np.intc)


def at(address, like):
    """The memory at an address, as a pointer to elements like those of an array. Compiled only: Python has none."""
    raise NotImplementedError


def pointer_at(address):
    """The number, as wide as a pointer, at an address. Compiled only."""
    raise NotImplementedError


def int_at(address):
    """The C int at an address. Compiled only."""
    raise NotImplementedError


def array_at(address, size, like):
    """An array of ``size`` elements like those of ``like`` that begin at an address. Compiled only."""
    raise NotImplementedError


def count_at(address):
    """The array of the one counter at an address. Compiled only."""
    raise NotImplementedError


@teacher
def compile_at():
    """Teach Numba what these are in a kernel."""
    from numba import carray, types
    from numba.extending import lower_builtin, overload, type_callable

    from .compilers import FOR_HELPERS

    type_callable(at)(lambda context: lambda address, like: types.CPointer(like.dtype))

    @lower_builtin(at, types.Integer, types.Array)
    def pointer(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    for function, implementation in (
        (pointer_at, lambda address: at(address, POINTERS)[0]),
        (int_at, lambda address: at(address, INTS)[0]),
        (array_at, lambda address, size, like: carray(at(address, like), (size,))),
        (count_at, lambda address: carray(at(address, COUNTED), (1,))),
    ):
        overload(function, jit_options=FOR_HELPERS)(always(implementation))


def always(implementation):
    """What tells Numba that a function is to be compiled in this way, whatever the types of its arguments."""
    # Numba asks with arguments of the same names.
    choose = {
        1: lambda address: implementation,
        3: lambda address, size, like: implementation,
    }
    return choose[implementation.__code__.co_argcount]


def misfit(objects, arrays, counters, elements, dtype, counter_dtype):
    """The first set of arrays that differ in shape or dtype, or aren't in one piece, or can't be written to; or -1."""
    require(arrays > 1 and counters >= 0 and len(objects) == arrays + counters)
    for i in range(objects.shape[1]):
        first = objects[0, i] + elements
        for j in range(arrays + counters):
            x = objects[j, i] + elements
            flags = READABLE if j == 1 else WRITABLE
            if int_at(x + FLAGS) & flags != flags:
                return i
            if pointer_at(x + DTYPE) != (dtype if j < arrays else counter_dtype):
                return i
            if not same_shape(x, first) if j < arrays else size_of(x) != 1:
                return i
    return -1


@helper
def same_shape(x, y):
    """Whether two arrays, which have their pointers to the elements there, have the same shape."""
    if int_at(x + DIMENSIONS) != int_at(y + DIMENSIONS):
        return False
    for k in range(int_at(x + DIMENSIONS)):
        if pointer_at(pointer_at(x + SHAPE) + 8 * k) != pointer_at(pointer_at(y + SHAPE) + 8 * k):
            return False
    return True


@helper
def size_of(x):
    """How many elements the array has that has its pointer to them there."""
    size = 1
    for k in range(int_at(x + DIMENSIONS)):
        size *= pointer_at(pointer_at(x + SHAPE) + 8 * k)
    return size


@functools.cache
def compiled_misfit() -> Callable[..., Any] | None:
    """`misfit` compiled; None where Numba is missing or turned off, or arrays aren't what their header says."""
    made = compiled(misfit)
    if made is None:
        return None
    x = np.zeros((2, 3), np.float32)
    start = id(x) + ELEMENTS
    pointer = lambda place: ctypes.c_ssize_t.from_address(place).value
    whole = lambda place: ctypes.c_int.from_address(place).value
    found = pointer(start), whole(start + DIMENSIONS), pointer(start + DTYPE), whole(start + FLAGS) & WRITABLE
    if found != (x.ctypes.data, 2, id(x.dtype), WRITABLE) or np.intp().itemsize != 8:
        return None
    shape = pointer(start + SHAPE)
    return made if (pointer(shape), pointer(shape + 8)) == x.shape else None


# What one would write by hand for each kernel: see `SOURCE` in ``elementwise.py``.
SOURCE = """
def loop(like, objects, elements, {numbers}):
    require(len(objects) == {count})
    for i in range(objects.shape[1]):
        size = size_of(objects[0, i] + elements)
        update({arrays}, {numbers})
"""
ARRAY, COUNT = (
    "array_at(pointer_at(objects[{j}, i] + elements), size, like)",
    "count_at(pointer_at(objects[{j}, i] + elements))",
)


def code_for(loop: Callable[..., Any], arrays: int, counters: int) -> Callable[..., Any]:
    """A loop over sets of arrays that calls the helper ``loop`` for each."""
    count = arrays + counters
    source = SOURCE.format(
        numbers=", ".join(loop.__code__.co_varnames[count : loop.__code__.co_argcount]),
        count=count,
        arrays=", ".join((ARRAY if j < arrays else COUNT).format(j=j) for j in range(count)),
    )
    written: dict[str, Any] = {"__name__": loop.__module__, "update": loop}
    written |= {function.__name__: function for function in (require, size_of, pointer_at, array_at, count_at)}
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
