"""What a forward or a rule does on arrays: which ufuncs and which kernels it calls, on which memory.

`traced` calls it with copies of its arguments that tell. What it says was done is believed only where `Form.holds`
finds that doing just that gives the same bits, of other numbers too.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from ..kernels.compiling import threads
from ..kernels.compiling.jit import KERNELS, kernel
from .listening import listening

Array = np.ndarray[Any, Any]


class Part(NamedTuple):
    """An array in the memory of this number. offset: how far its first element is from that of the memory, in bytes."""

    memory: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]

    def of(self, array: Array) -> Array:
        """This part of the memory of ``array``."""
        if self.offset == 0 and self.shape == array.shape and self.strides == array.strides:
            return array
        if self.shape == array.shape[::-1] and self.offset == 0 and self.strides == array.strides[::-1]:
            return array.T
        return seen(array, self)


def seen(array: Array, part: Part) -> Array:
    """``part`` of the memory of ``array``."""
    flat, offset = array, part.offset
    if not array.flags.c_contiguous or offset < 0:
        whole = array
        while isinstance(whole.base, np.ndarray):
            whole = whole.base
        flat = whole.ravel(order="K")
        offset += address(array) - address(flat)
        if not np.may_share_memory(flat, whole):
            return np.asarray(Window(array, part))
    return np.ndarray(part.shape, part.dtype, flat, offset, part.strides)


def address(array: Array) -> int:
    """Where the first element of ``array`` is."""
    found: int = array.__array_interface__["data"][0]
    return found


class Window:
    """A part of the memory of an array that has gaps, as NumPy takes it."""

    def __init__(self, array: Array, part: Part) -> None:
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (address(array) + part.offset, False),
            "shape": part.shape,
            "strides": part.strides,
            "typestr": part.dtype.str,
        }


class Untraced(Exception):
    """Something is done that a form can't tell."""


class Step(NamedTuple):
    """A call of a ufunc, or of one of its methods, that writes to ``out``; or of a kernel, which gave ``out``."""

    kind: str
    function: Any
    operands: tuple[Any, ...]
    out: Any
    settings: tuple[tuple[str, Any], ...] = ()


class Memory(NamedTuple):
    """``"given"``: of an argument; ``"made"`` by a ufunc; ``"own"``: made by the function, with what was in it."""

    kind: str
    size: int
    content: Array | None


# What changes nothing and makes nothing but views, or memory whose content is seen when it is used.
PASSED = {
    np.broadcast_to, np.moveaxis, np.reshape, np.transpose, np.expand_dims, np.squeeze, np.swapaxes, np.empty_like,
    np.zeros_like, np.ones_like, np.full_like, np.shape, np.ndim, np.size, np.result_type, np.ravel, np.atleast_1d,
    np.can_cast, np.isscalar, np.iscomplexobj, np.may_share_memory,
}  # fmt: skip


class Shadow(np.ndarray[Any, Any]):
    """An array that tells what it is given to."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", ())
        plain, into = [unshadowed(x) for x in inputs], tuple([unshadowed(x) for x in out])
        if into:
            kwargs["out"] = into
        trace = current.trace
        if trace is None or trace.kernel is not None:
            return getattr(ufunc, method)(*plain, **kwargs)
        if method not in ("__call__", "reduce") or any(type(x) is np.ndarray and x.dtype.hasobject for x in plain):
            raise Untraced(f"{ufunc.__name__}.{method}")
        if method == "reduce" and (not np.ndim(plain[0]) or kwargs.get("axis") == ()):
            # Given memory to write to, NumPy adds to what is there.
            raise Untraced("a reduction over nothing")
        operands = [trace.operand(x) for x in plain]
        result = getattr(ufunc, method)(*plain, **kwargs)
        kwargs.pop("out", None)
        several = [np.asarray(x) for x in (result if isinstance(result, tuple) else (result,))]
        made = tuple([trace.made(x) for x in several])
        settings = tuple(sorted(kwargs.items()))
        trace.steps.append(Step("ufunc" if method == "__call__" else "reduce", ufunc, tuple(operands), made, settings))
        shown = tuple([shadowed(x) for x in several])
        if out:
            return out if isinstance(result, tuple) else out[0]
        return shown if isinstance(result, tuple) else shown[0]

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if current.trace is not None and current.trace.kernel is None and function not in PASSED:
            raise Untraced(getattr(function, "__name__", "a function"))
        trace, current.trace = current.trace, None
        try:
            return super().__array_function__(function, types, args, kwargs)
        finally:
            current.trace = trace

    def __setitem__(self, key: Any, value: Any) -> None:
        if current.trace is not None and current.trace.kernel is None:
            raise Untraced("an assignment")
        super().__setitem__(key, value)

    def copy(self, order: Any = "C") -> Any:
        if order == "C" and not self.flags.c_contiguous and self.ndim > 1:
            raise Untraced("a copy in another order")
        return np.positive(self)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        if np.dtype(dtype) != self.dtype:
            raise Untraced("a cast")
        return self if kwargs.get("copy") is False else np.positive(self)

    def __bool__(self) -> bool:
        raise Untraced("a value is looked at")

    def item(self, *args: Any) -> Any:
        raise Untraced("a value is looked at")

    __float__ = __int__ = __index__ = tolist = item
    fill = sort = partition = put = resize = setfield = byteswap = item  # type: ignore[assignment]


class _Current(threading.local):
    trace: Trace | None = None


def unshadowed(x: Any) -> Any:
    return x.view(np.ndarray) if type(x) is Shadow else x


def shadowed(x: Any) -> Any:
    return x.view(Shadow)


def bounds(array: Array) -> tuple[int, int]:
    """The addresses of the first byte of what ``array`` sees, and of the first after it."""
    start = address(array)
    reach = [stride * (size - 1) for stride, size in zip(array.strides, array.shape)]
    low = start + sum(step for step in reach if step < 0)
    return low, start + sum(step for step in reach if step > 0) + array.itemsize


class Trace:
    """What is called while a function runs."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.memories: list[Memory] = []
        # Where each memory is, and what keeps it there; ``starts``: the addresses of the first elements.
        self.ranges: list[tuple[int, int]] = []
        self.starts: list[int] = []
        self.kept: list[Any] = []
        self.kernel: FrameType | None = None
        self._called: tuple[Any, tuple[Any, ...]] = (None, ())

    def give(self, array: Array) -> Array:
        """A copy of an argument that tells."""
        made = copy_of(array)
        self._remember(made, Memory("given", made.nbytes, None))
        return made.view(Shadow)

    def _remember(self, array: Array, memory: Memory) -> int:
        self.memories.append(memory)
        self.ranges.append(bounds(array) if array.size else (0, 0))
        self.starts.append(address(array))
        self.kept.append(array)
        return len(self.memories) - 1

    def operand(self, x: Any) -> Any:
        """An operand: a part of a memory, or a number."""
        if not isinstance(x, np.ndarray) or not x.size:
            return x
        return self.found(x) or self._own(x)

    def found(self, array: Array) -> Part | None:
        if not array.size:
            raise Untraced("nothing in an array")
        low, high = bounds(array)
        for number in range(len(self.ranges) - 1, -1, -1):
            first, last = self.ranges[number]
            if first <= low and high <= last:
                offset = address(array) - self.starts[number]
                return Part(number, offset, array.shape, array.strides, array.dtype)
        return None

    def _own(self, array: Array) -> Part:
        """An array that the function made: its whole memory, as it is now."""
        whole = array
        while isinstance(whole.base, np.ndarray):
            whole = whole.base
        if (
            whole.dtype.hasobject
            or not (whole.flags.c_contiguous or whole.flags.f_contiguous)
            or not whole.flags.owndata
        ):
            raise Untraced("memory of its own kind")
        flat = np.array(whole.ravel(order="K"), order="K")
        self._remember(whole, Memory("own", whole.nbytes, flat.view(np.uint8)))
        found = self.found(array)
        assert found is not None
        return found

    def made(self, array: Array) -> Part:
        """What a ufunc gave."""
        if array.dtype.hasobject:
            raise Untraced("objects")
        found = self.found(array)
        if found is None and isinstance(array.base, np.ndarray):
            # It was given a part of memory that the function made, of which other parts may follow.
            return self._own(array)
        if found is None:
            number = self._remember(array, Memory("made", array.nbytes, None))
            found = Part(number, 0, array.shape, array.strides, array.dtype)
        return found

    def hear(self, frame: FrameType, event: str, thing: Any) -> None:
        """The profiling hook: kernels are entered and left."""
        if event == "call" and self.kernel is None and frame.f_code is RUN:
            loop, args = frame.f_locals["loop"], frame.f_locals["args"]
            if args[0].dtype.char == "e":
                raise Untraced("float16")
            if threads.inside.piece and threads.threads > 1:
                raise Untraced("work for several threads")
            operands = tuple([self.operand(unshadowed(x)) for x in args])
            self.kernel, self._called = frame, (kernel_of(loop), operands)
        elif event == "return" and frame is self.kernel:
            self.kernel = None
            if isinstance(thing, np.ndarray):
                raise Untraced("a kernel that makes an array")
            self.steps.append(Step("kernel", *self._called, thing))

    def tree(self, result: Any) -> Any:
        """What the function returned, with parts for arrays."""
        if isinstance(result, (np.ndarray, np.generic)):
            array = unshadowed(np.asarray(result))
            if isinstance(result, np.generic):
                raise Untraced("a number that was read")
            if not array.size:
                return array
            found = self.found(array)
            return found if found is not None else self._own(array)
        if isinstance(result, (tuple, list)):
            parts = [self.tree(part) for part in result]
            return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
        if result is None or isinstance(result, (bool, int, float, str, np.dtype)):
            return result
        raise Untraced(f"a {type(result).__name__}")


current = _Current()
RUN = kernel(lambda x: x)(lambda x: x).__code__
KERNELS.pop()


def kernel_of(loop: Callable[..., Any]) -> Any:
    for one in KERNELS:
        if getattr(one, "__wrapped__", None) is loop:
            return one
    raise Untraced("a kernel that isn't known")


def copy_of(array: Array) -> Array:
    """A copy of ``array`` in memory of its own, laid out as it is, gaps and repeated elements too."""
    if array.flags.c_contiguous:
        return np.array(array, order="C", ndmin=0, subok=False)
    if not array.size:
        return array.copy()
    low, high = bounds(array)
    memory = np.zeros(high - low, np.uint8)
    start = address(array)
    made = np.ndarray(array.shape, array.dtype, memory, start - low, array.strides)
    made[...] = array
    return made


def mapped_arrays(tree: Any, change: Callable[[Array], Any]) -> Any:
    """``tree`` with what ``change`` makes of its arrays."""
    if isinstance(tree, np.ndarray):
        return change(tree) if tree.size else tree
    if isinstance(tree, (tuple, list)):
        parts = [mapped_arrays(part, change) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


def traced(function: Callable[..., Any], args: Sequence[Any]) -> Form | None:
    """What ``function`` does with arguments like these; None if it does what a form can't tell."""
    trace = Trace()
    given = [mapped_arrays(arg, trace.give) for arg in args]
    before, current.trace = current.trace, trace
    try:
        with listening(trace.hear):
            result = function(*given)
        tree = trace.tree(result)
    except Exception:
        return None
    finally:
        current.trace = before
    return Form(trace.memories, trace.steps, tree)


class Form:
    """What a function does, for arguments of certain shapes: ``steps`` on ``memories``, which make the ``result``.

    The memories of the arguments come first. restored: those of its own whose content is put there anew each time.
    fixed: those that are never written to.
    """

    def __init__(self, memories: list[Memory], steps: list[Step], result: Any) -> None:
        self.memories, self.steps, self.result = memories, steps, result
        self.restored: frozenset[int] = frozenset()
        self.fixed: frozenset[int] = frozenset()
        self.arguments = sum(memory.kind == "given" for memory in memories)

    def holds(self, function: Callable[..., Any], args: Sequence[Any]) -> bool:
        """Whether the steps give what ``function`` gives, bit for bit, of several arguments like these."""
        own = frozenset(number for number, memory in enumerate(self.memories) if memory.kind == "own")
        written: set[int] = set()
        if not all(self._same(function, args, turn, own, written) for turn in range(3)):
            return False
        self.fixed = own - written
        if written and not all(self._same(function, args, turn, self.fixed, set()) for turn in range(3)):
            self.restored = frozenset(written)
        return True

    def _same(
        self, function: Callable[..., Any], args: Sequence[Any], turn: int, restored: frozenset[int], written: set[int]
    ) -> bool:
        """Whether it holds for arguments number ``turn``, if only the memories ``restored`` have their content."""
        given, expected = self._expected(function, args, turn)
        if given is None:
            return False
        before = [x.tobytes() for x in given]
        spaces = list(given)
        for number, memory in enumerate(self.memories[self.arguments :], self.arguments):
            space = np.full(memory.size, RESTS[turn], np.uint8)
            if number in restored:
                space[:] = memory.content  # type: ignore[assignment]  # a memory of its own has it
            spaces.append(space)
        try:
            with np.errstate(all="ignore"):
                for step in self.steps:
                    taken(step, spaces)
        except Exception:
            return False
        for number in restored:
            if spaces[number].tobytes() != self.memories[number].content.tobytes():  # type: ignore[union-attr]
                written.add(number)
        return [x.tobytes() for x in given] == before and equal(self.result, expected, spaces)

    def _expected(self, function: Callable[..., Any], args: Sequence[Any], turn: int) -> tuple[Any, Any]:
        """Arguments number ``turn``, and what ``function`` gives of them; None if there are none that it takes."""
        for integers in (True, False):
            source = np.random.default_rng(turn)
            given: list[Array] = []
            changed = [
                mapped_arrays(arg, lambda x: other_numbers(x, source, turn, integers, given))  # noqa: B023
                for arg in args
            ]
            before = [x.tobytes() for x in given]
            try:
                with np.errstate(all="ignore"):
                    expected = function(*changed)
            except Exception:
                continue
            if [x.tobytes() for x in given] != before:
                return None, None
            # What it gives may be seen in its arguments.
            return given, expected
        return None, None


def taken(step: Step, spaces: Sequence[Array]) -> None:
    """Do what ``step`` says."""
    operands = [x.of(spaces[x.memory]) if isinstance(x, Part) else x for x in step.operands]
    if step.kind == "kernel":
        if step.function.target(*operands) != step.out:
            raise Untraced("a kernel gave something else")
        return
    out = tuple([part.of(spaces[part.memory]) for part in step.out])
    if step.kind == "reduce":
        step.function.reduce(*operands, out=out[0], **dict(step.settings))
    else:
        step.function(*operands, out=out, **dict(step.settings))


def equal(tree: Any, expected: Any, spaces: Sequence[Array]) -> bool:
    """Whether a result is what was expected, to the last bit."""
    if isinstance(tree, np.ndarray):
        return isinstance(expected, np.ndarray) and (tree.shape, tree.dtype) == (expected.shape, expected.dtype)
    if isinstance(tree, Part):
        if not isinstance(expected, (np.ndarray, np.generic)):
            return False
        made, wanted = tree.of(spaces[tree.memory]), np.asarray(expected)
        if (made.shape, made.dtype) != (wanted.shape, wanted.dtype) or made.tobytes() != wanted.tobytes():
            return False
        return wanted.strides == made.strides or wanted.size < 2
    if isinstance(tree, (tuple, list)):
        return (
            type(tree) is type(expected)
            and len(tree) == len(expected)
            and all(equal(one, other, spaces) for one, other in zip(tree, expected))
        )
    return type(tree) is type(expected) and tree == expected


# What is in memory before something is made there: NaN, and large numbers.
RESTS = (0xFF, 0x7E, 0xFE)
SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e-30)


# Drawing as many as an array has elements takes longer than all else: these are repeated, in no row alike.
PRIME = 10_007


@functools.cache
def normals() -> Array:
    return np.random.default_rng(0).standard_normal(PRIME)


def other_numbers(x: Array, source: Any, turn: int, integers: bool, given: list[Array]) -> Array:
    """Other numbers, laid out as ``x`` is; those that are no floats in another order."""
    made = copy_of(x)
    if x.dtype.kind == "f":
        values = np.resize(np.roll(normals(), source.integers(PRIME)), x.shape)
        if turn == 1 and x.size > 8:
            values.reshape(-1)[: len(SPECIAL)] = SPECIAL
        made[...] = values
    elif integers and x.ndim:
        made[...] = x.reshape(-1)[::-1].reshape(x.shape) if turn % 2 else np.roll(x.reshape(-1), 1).reshape(x.shape)
    given.append(made)
    return made
