"""What a forward or a rule does on arrays: which ufuncs and which kernels it calls, on which memory.

`traced` calls it with copies of its arguments that tell. What it says was done is believed only where `Form.holds`
finds that doing just that gives the same bits, of other numbers too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from ..kernels.compiling import threads
from ..kernels.compiling.jit import KERNELS, kernel
from .form import Form
from .listening import listening
from .parts import Array, Memory, Part, Step, address, bounds, copy_of, mapped_arrays


class Untraced(Exception):
    """Something is done that a form can't tell."""


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
