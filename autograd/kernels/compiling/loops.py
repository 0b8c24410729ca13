"""NumPy's own loops over elements, and kernels, many of them one after the other in one call.

A ufunc finds out dtypes and shapes at each call, and then runs a loop in C that is given pointers, a count and steps.
Where all that is the same as before, only the loop needs to run: `Loops` calls those that the ufuncs have, with the
same arguments that NumPy gives them, so that they give the same bits. Warnings of overflow are not given. In the same
way it calls the code that Numba has made of a kernel, which otherwise has to look at each of its arguments.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
from collections.abc import Sequence
from typing import Any

import numpy as np

from .jit import compiled, teacher
from .many import ELEMENTS, pointer_at

Array = np.ndarray[Any, Any]

# Where a ufunc's object has these: `PyUFuncObject` in NumPy's ufuncobject.h, on which all compiled extensions rely.
COUNTS = object.__basicsize__
FUNCTIONS, DATA, NTYPES, TYPES = COUNTS + 16, COUNTS + 24, COUNTS + 32, COUNTS + 48
# A kernel gets so many words at most, or if these are enough so few, and so many floats; those that it doesn't take lie
# where it doesn't look: whoever calls clears the stack, and floats have registers of their own. So it is on these
# processors, but for Apple's ARM ones, which pack what is small.
MANY, FEW, FLOATS = 200, 48, 8
CALLABLE = platform.machine() in ("x86_64", "aarch64") and os.name == "posix"
# What Numba's code returns if all went well; the second if it returns None.
WELL, NONE = 0, -2
# A loop that runs: its address, that of its data, of its pointers, of its counts and steps; how often, how many
# pointers there are, and where it is said how far each moves from one time to the next. Of a kernel, which runs -1
# times: its address, that of its floats, of its words, how many there are, and that of what it gives and is to give.
FIELDS = 8


def call_loop(function, pointers, counts, steps, data):
    """Call a loop of a ufunc. Compiled only."""
    raise NotImplementedError


def call_kernel(function, words, numbers, many):
    """Call a compiled kernel with these words and floats; whether it went well, as Numba says it. Compiled only."""
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

    type_callable(call_kernel)(lambda context: lambda function, words, numbers, many: integer)

    @lower_builtin(call_kernel, integer, integer, integer, types.boolean)
    def lowered_kernel(context, builder, signature, arguments):
        function, words, numbers, many = arguments
        word, double = ir.IntType(64), ir.DoubleType()
        place = builder.alloca(word)
        read = lambda pointer, k: builder.load(builder.gep(pointer, [ir.IntType(32)(k)]))
        with builder.if_else(many) as branches:
            for branch, count in zip(branches, (MANY, FEW)):
                with branch:
                    kind = ir.FunctionType(ir.IntType(32), [word] * count + [double] * FLOATS)
                    from_words = builder.inttoptr(words, word.as_pointer())
                    from_numbers = builder.inttoptr(numbers, double.as_pointer())
                    given = [read(from_words, k) for k in range(count)] + [read(from_numbers, k) for k in range(FLOATS)]
                    status = builder.call(builder.inttoptr(function, kind.as_pointer()), given)
                    builder.store(builder.sext(status, word), place)
        return builder.load(place)

    @lower_builtin(put_at, integer, integer)
    def lowered_put(context, builder, signature, arguments):
        word = context.get_value_type(integer)
        builder.store(arguments[1], builder.inttoptr(arguments[0], word.as_pointer()))
        return context.get_dummy_value()


def run(program, count, patches, patched, objects):
    """Run ``count`` loops and kernels; the number of the first kernel that fails, or -1.

    Before, where arrays have their elements is put into the places that ``patches`` name.

    A patch: the number of the array, of which ``objects`` has where the object is; the place; and what is added.
    """
    for i in range(patched):
        place = patches + 24 * i
        array = pointer_at(objects + 8 * pointer_at(place))
        put_at(pointer_at(place + 8), pointer_at(array + ELEMENTS) + pointer_at(place + 16))
    for i in range(count):
        place = program + 8 * FIELDS * i
        times, pointers = pointer_at(place + 32), pointer_at(place + 16)
        if times < 0:
            status = call_kernel(pointer_at(place), pointers, pointer_at(place + 8), pointer_at(place + 24) > FEW)
            given = pointer_at(place + 40)
            if status != WELL and status != NONE:
                return i
            if given and pointer_at(given) != pointer_at(given + 8):
                return i
            continue
        for j in range(times):
            call_loop(
                pointer_at(place), pointers, pointer_at(place + 24), pointer_at(place + 56), pointer_at(place + 8)
            )
            if times > 1:
                moves = pointer_at(place + 48)
                for k in range(pointer_at(place + 40)):
                    # After the last time they are back where they were.
                    move = pointer_at(moves + 8 * k)
                    move = move if j < times - 1 else -move * (times - 1)
                    put_at(pointers + 8 * k, pointer_at(pointers + 8 * k) + move)
    return -1


@functools.cache
def compiled_run() -> Any:
    """`run` compiled; None where Numba is missing or turned off, or ufuncs aren't what their header says."""
    made = compiled(run)
    if made is None or np.intp().itemsize != 8:
        return None
    added = found_loop(np.add, "ff->f")
    return made if added is not None and gives_the_same(made, np.add, "ff->f", added) else None


@functools.cache
def loop_of(ufunc: np.ufunc, signature: str) -> tuple[int, int] | None:
    """Where the loop of ``ufunc`` for these dtypes is, such as ``"ff->f"``, and its data.

    None if it has none, or if what is found there, tried out, doesn't give the bits that the ufunc gives.
    """
    made, found = compiled_run(), found_loop(ufunc, signature)
    if made is None or found is None or not gives_the_same(made, ufunc, signature, found):
        return None
    return found


def found_loop(ufunc: np.ufunc, signature: str) -> tuple[int, int] | None:
    """Where the object of ``ufunc`` says that the loop is; None unless all else that it says is as it should be.

    Only of NumPy's own: the loops of SciPy's move the pointers that they are given.
    """
    if signature not in ufunc.types or getattr(np, ufunc.__name__, None) is not ufunc:
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


def gives_the_same(made: Any, ufunc: np.ufunc, signature: str, loop: tuple[int, int]) -> bool:
    """Whether ``loop``, called by ``made``, gives what ``ufunc`` gives, of numbers among which are NaN and infinity.

    In other versions NumPy may call something else than the loop that a ufunc's object has.
    """
    inputs, _, output = signature.partition("->")
    if len(output) != 1 or (ufunc.signature is not None and ufunc is not np.matmul):
        return False
    shapes = ((7, 33), (33, 5), (7, 5)) if ufunc is np.matmul else ((70,),) * ufunc.nargs
    given = [sample(char, shape, seed) for seed, (char, shape) in enumerate(zip(inputs, shapes))]
    out = np.zeros(shapes[-1], output)
    try:
        with np.errstate(all="ignore"):
            expected = ufunc(*given)
    except (TypeError, ValueError):
        return False
    operands = [*given, out]
    counts, steps = (70,), [x.itemsize for x in operands]
    if ufunc is np.matmul:
        counts, steps = (1, 7, 33, 5), [0, 0, 0, *[stride for x in operands for stride in x.strides]]  # type: ignore
    loops = Loops()
    loops.add(loop, operands, counts, steps)
    loops.seal()
    made(*loops.arguments)
    return bool(expected.dtype == out.dtype and expected.tobytes() == out.tobytes())


def sample(char: str, shape: tuple[int, ...], seed: int) -> Array:
    """Numbers to try a loop with; whole ones are none that division or a shift by them makes an error of."""
    values = np.random.default_rng(seed).standard_normal(shape) * 3
    if np.dtype(char).kind == "f":
        if len(shape) == 1:
            values[: len(SPECIAL)] = SPECIAL
        return values.astype(char)
    return values > 0 if char == "?" else (abs(values) + 1).astype(char)


SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40)


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

    def only(self, number: int) -> tuple[int, ...]:
        """What to call `run` with for one of the loops alone."""
        program, _, *rest = self.arguments
        return program + 8 * FIELDS * number, 1, *rest

    def add_kernel(self, target: Any, arguments: Sequence[Any], expected: Any) -> bool:
        """Add a kernel, if it is compiled for arguments like these; ``expected`` is what it gives, an int or None.

        Each is an array that stays; a number; or one that doesn't stay, as in `add`, with an array like it after that.
        """
        found = words_of(target, arguments)
        if found is None:
            return False
        function, words, floats, places, wanted = found
        if wanted != (expected is not None):
            return False
        result = np.zeros(4, np.intp)
        result[1] = 0 if expected is None else expected
        table = np.zeros(max(MANY if len(words) + 2 > FEW else FEW, len(words) + 2), np.intp)
        table[:2] = result.ctypes.data, result[2:].ctypes.data
        table[2 : 2 + len(words)] = words
        start = table.ctypes.data
        for at, (number, offset) in places:
            self.patches.append((number, start + 8 * (2 + at), offset))
        self.kept += [result, table, floats, target, arguments]
        given = result.ctypes.data if wanted else 0
        self.rows.append([function, floats.ctypes.data, start, len(words) + 2, -1, given, 0, 0])
        return True

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


def words_of(target: Any, arguments: Sequence[Any]) -> Any:
    """The code of a kernel for arguments like these, their words and floats; None if it can't be called so.

    Also which words say where arrays that don't stay have their elements, and whether it gives a number.
    """
    from numba import types
    from numba.core.dispatcher import Dispatcher

    if not CALLABLE or not isinstance(target, Dispatcher):
        return None
    like = [x[1] if isinstance(x, tuple) else x for x in arguments]
    kinds = tuple([kind_of(target, x) for x in like])
    compiled_for: Any = target.overloads.get(kinds)
    if compiled_for is None or compiled_for.fndesc.restype not in (types.none, types.int64):
        return None
    words: list[int] = []
    floats = np.zeros(FLOATS)
    places: list[tuple[int, tuple[int, int]]] = []
    count = 0
    for given, x, kind in zip(arguments, like, kinds):
        if isinstance(kind, types.Array):
            if isinstance(given, tuple):
                places.append((len(words) + 4, given[0]))
            words += [0, 0, x.size, x.itemsize, x.ctypes.data, *x.shape, *x.strides]
        elif isinstance(kind, (types.Boolean, types.Integer)):
            words.append(int(x))
        elif kind in (types.float32, types.float64) and count < FLOATS:
            floats[count : count + 1].view(np.float32 if kind == types.float32 else np.float64)[0] = x
            count += 1
        else:
            return None
    if len(words) + 2 > MANY or not is_taken_so(kinds, compiled_for.fndesc.restype):
        return None
    code = compiled_for.library.get_pointer_to_function(compiled_for.fndesc.llvm_func_name)
    return code, words, floats, places, compiled_for.fndesc.restype == types.int64


def kind_of(target: Any, x: Any) -> Any:
    """The type that Numba takes ``x`` for."""
    if type(x) is not np.ndarray:
        return target.typeof_pyval(x)
    # Numba looks at each array anew, which takes longer than all else.
    key = x.dtype, x.ndim, x.flags.num
    found = KINDS.get(key)
    if found is None:
        found = KINDS[key] = target.typeof_pyval(x)
    return found


KINDS: dict[Any, Any] = {}
# What Numba makes of an array that it is given.
OF_ARRAY = ("meminfo", "parent", "nitems", "itemsize", "data", "shape", "strides")


@functools.cache
def is_taken_so(kinds: tuple[Any, ...], result: Any) -> bool:
    """Whether code for arguments of these ``kinds`` takes the words and floats that `words_of` gives, as Numba says."""
    from llvmlite import ir
    from numba import types
    from numba.core.registry import cpu_target

    context = cpu_target.target_context
    wanted: list[type] = [ir.PointerType, ir.PointerType]
    for kind in kinds:
        if isinstance(kind, types.Array):
            if getattr(context.data_model_manager.lookup(kind), "_fields", ()) != OF_ARRAY:
                return False
            pointer, number = ir.PointerType, ir.IntType
            wanted += [pointer, pointer, number, number, pointer, *[number] * (2 * kind.ndim)]
        elif isinstance(kind, types.Float):
            wanted.append(ir.FloatType if kind == types.float32 else ir.DoubleType)
        else:
            wanted.append(ir.IntType)
    taken = context.call_conv.get_function_type(result, kinds)
    return (
        taken.return_type == ir.IntType(32)
        and len(taken.args) == len(wanted)
        and all(isinstance(one, expected) for one, expected in zip(taken.args, wanted))
    )
