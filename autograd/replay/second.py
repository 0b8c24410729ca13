"""A second run, beside the recording of a first: all that is looked at is what ops ran on which arrays.

What the engine does between ops follows from these: the same ops on the same arrays make the same graph, whose walk
adds up the same gradients.
"""

from __future__ import annotations

import functools
import operator
import threading
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import is_
from types import FunctionType
from typing import Any
from weakref import ref

import numpy as np

from ..engine import above, backward
from ..engine.node import Node
from ..engine.several import Parts
from ..engine.tensor import Tensor, accumulate
from ..engine.versions import owner
from . import changes, forwards, gradients
from .calls import accumulated, cleared, copied, leaf_of, seen_in, set_grad, stepped
from .parts import address
from .recorder import Recorder
from .state import ARRAY, NODE, State
from .tape import Call, Difference, Like, Tape, Value, compare, same
from .told import Teller, telling
from .watched import FUNCTIONS, HANDLERS

# What a recording knows of the engine between ops, of which nothing is told here.
BETWEEN = {seen_in, copied, operator.add, operator.iadd, np.array, np.asarray, np.ndarray.astype, Parts}
# What is called on Tensors, and told of.
ON_TENSORS = {accumulated, cleared, set_grad, stepped}
# What is watched to understand the rest, or to refuse what would be refused the first time.
SILENT = {
    forwards.forward, forwards.pull, gradients.seeds, gradients.arrivals, gradients.grad, changes.array_of,
    changes.beyond, changes.picker,
}  # fmt: skip
UNKNOWN = object()


class _Now(threading.local):
    # The second run of this thread; None also while a function runs that is noted whole.
    second: Second | None = None


now = _Now()


class Second:
    """Another run, compared with the recording of a first as it goes on.

    reason: what was different. lasting: constants that were the same objects in both.
    """

    def __init__(self, tape: Tape, arguments: Sequence[Tensor], state: State) -> None:
        self.tape, self.arguments, self.state = tape, arguments, state
        self.reason = ""
        self.lasting: list[Value] = []
        self._before = self._memory()
        self._calls = iter([call for call in tape.calls if call.function not in BETWEEN])
        # What each value is in this run. Memory is not kept for this: that would be more than a run needs.
        self._objects: dict[Value, Any] = {}

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What ``function`` returns, which was recorded before."""
        with telling(tellers_for(self.tape)):
            now.second = self
            try:
                result = function(*args, **kwargs)
            finally:
                now.second = None
        left = next(self._calls, None)
        if left is not None:
            self.differ(f"{left.label} ran, another time it didn't")
        if not (self.state.unchanged() and all(map(is_, self._memory(), self._before))):
            self.differ("what it closes over changes while it runs")
        return result

    def _memory(self) -> list[Any]:
        """The arrays and nodes of what it is given, and the arrays of what it closes over."""
        given = self.arguments
        return [*map(ARRAY, given), *map(NODE, given), *map(ARRAY, self.state.tensors)]

    def differ(self, reason: str) -> None:
        self.reason = self.reason or reason
        now.second = None

    def ran(self, function: Callable[..., Any], given: Sequence[Any], result: Any) -> None:
        """``function`` ran: it must be what was recorded next, of the same values."""
        call = next(self._calls, None)
        if call is None or call.function is not function or len(call.args) != len(given):
            self.differ(f"{function.__name__} ran, another time {call.label if call else 'nothing'}")
            return
        objects = self._objects
        for one, other in zip(call.args, given):
            if one is other:
                continue
            if type(one) is Value:
                known = objects.get(one)
                if known is not None and (known is other or (type(known) is ref and known() is other)):
                    continue
            self.compare(one, other, call.label)
        objects[call.result] = held(result)

    def compare(self, one: Any, other: Any, label: str) -> None:
        """Compare what was recorded, with values in it, with what there is now."""
        try:
            compare(one, other, label, self._values)
        except Difference as difference:
            self.differ(str(difference))

    def _values(self, one: Any, other: Any, label: str) -> bool:
        """Whether a value was recorded here, or what stands for a node; Difference if there is something else now."""
        kind = type(one)
        if kind is Value:
            if not self._alike(one, other):
                raise Difference(f"{label} took another value, or a constant that differs each time")
            return True
        if kind is Like:
            if not isinstance(other, Node) or (other.shape, other.dtype) != one:
                raise Difference(f"{label} took another shape")
            return True
        # What no rule reads.
        return one is None and type(other) is ref

    def _alike(self, one: Value, other: Any) -> bool:
        """Whether ``other`` is what the value ``one`` is in this run."""
        known = self._known(one)
        if known is not UNKNOWN:
            return known is other
        if one.kind == "constant":
            if other is one.source or (one.place is not None and other is one.place):
                self.lasting.append(one)
            elif not same(one.source, other):
                return False
        elif one.kind == "made":
            if not self._between(one.source, other):
                return False
        elif one.kind == "part" and not callable(one.place):
            return False
        self._objects[one] = held(other)
        return True

    def _known(self, one: Value) -> Any:
        """What ``one`` is in this run, as far as that is known."""
        if one in self._objects:
            known = self._objects[one]
            return known() if type(known) is ref else known
        if one.kind == "part":
            whole = self._known(one.source)
            if whole is UNKNOWN or whole is None:
                return whole
            found = one.place(whole) if callable(one.place) else whole[one.place]
            return found() if type(found) is ref else found
        if one.kind in OF_TENSORS:
            return OF_TENSORS[one.kind](self.arguments[one.source] if type(one.source) is int else one.source)
        return UNKNOWN

    def _between(self, call: Call, other: Any) -> bool:
        """Whether ``other`` may be what the engine made by ``call``."""
        if call.function is Parts:
            if type(other) is not Parts:
                return False
            compare(call.args[0], list(other), call.label, self._values)
            return True
        if call.function is seen_in:
            base, *layout = call.args
            memory = owner(other)
            found = [other.shape, other.dtype, other.strides, address(other) - address(memory)]
            return found == layout and self._alike(base, memory)
        return call.function in BETWEEN and isinstance(other, (np.ndarray, np.generic, Parts))


def held(result: Any, within: bool = False) -> Any:
    """``result`` with references in place of arrays, which may go. Of a view it is asked whose memory it sees."""
    if type(result) is np.ndarray and result.base is None:
        return ref(result)
    if type(result) is tuple and not within:
        return tuple([held(part, True) for part in result])
    return result


OF_TENSORS: dict[str, Callable[[Any], Any]] = {"array": ARRAY, "node": leaf_of, "tensor": lambda tensor: tensor}


def suits(recorder: Recorder) -> bool:
    """Whether of a second run it need only be noted what ran: ops and gradients, which wrote to no constant."""
    calls = recorder.tape.calls
    if recorder.makes_leaves or recorder.grads_used():
        return False
    ops = {call.function for call in calls} - BETWEEN - ON_TENSORS
    return (
        all(type(one) is FunctionType and HANDLERS.get(one.__code__) is forwards.forward for one in ops)
        and all(type(step_of(call)) is FunctionType for call in calls if call.function is stepped)
        and not any(value.written for value, _, _ in recorder.constants)
    )


def step_of(call: Call) -> Any:
    """The function that the step of an optimizer is; None if it is a scheduler's."""
    stepping = call.args[0].source
    return type(stepping).step if above.Optimizer is not None and isinstance(stepping, above.Optimizer) else None


def tellers_for(tape: Tape) -> list[tuple[FunctionType, Teller]]:
    """Who tells what runs where ``tape`` was recorded before."""
    functions = dict.fromkeys(call.function for call in tape.calls)
    steps = dict.fromkeys(step_of(call) for call in tape.calls if call.function is stepped)
    return [
        *[(function, noted) for function in functions if function not in BETWEEN and function not in ON_TENSORS],
        *[(step, noted_step) for step in steps],
        *others(),
    ]


@functools.cache
def others() -> list[tuple[FunctionType, Teller]]:
    """Who tells of what isn't an op."""
    found: list[tuple[Any, Teller]] = [
        (accumulate, noted_accumulation),
        (backward.clear_grads, noted_clearing),
        (vars(Tensor)["grad"].fset, noted_grad),
    ]
    known = {function for function, _ in found}
    for code, functions in FUNCTIONS.items():
        if HANDLERS[code] not in SILENT:
            found += [(function, refused) for function, _, _ in functions if function not in known]
    return found


def noted(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    """An op's forward or rule is called, on arrays or, in a formula of other ops, on Tensors."""
    is_rule = any(one is function and label.startswith("∂") for one, _, label in FUNCTIONS[function.__code__])
    count = function.__code__.co_argcount

    def told(*args: Any, **kwargs: Any) -> Any:
        second = now.second
        if second is None or forwards.has_tensors(args):
            return same(*args, **kwargs)
        now.second = None
        try:
            result = same(*args, **kwargs)
        finally:
            now.second = second
        # A rule may return what it is given.
        if not is_rule or not any(map(is_, args, repeat(result))):
            second.ran(function, args if len(args) >= count else by_position(same, args, kwargs), result)
        return result

    return told


def whole(function: Callable[..., Any], given: Sequence[Any], run: Callable[[], Any], gave: Callable[[], Any]) -> Any:
    """What ``run`` returns, which is noted as a call of ``function``; ``gave`` says what that gives."""
    second = now.second
    if second is None:
        return run()
    now.second = None
    try:
        result = run()
    finally:
        now.second = second
    second.ran(function, given, gave())
    return result


def noted_accumulation(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    def told(arrivals: Any) -> Any:
        arrived = list(arrivals)
        nodes, found = [node for node, _ in arrived], [gradient for _, gradient in arrived]
        return whole(accumulated, (nodes, found), lambda: same(arrived), lambda: [node.grad.array for node in nodes])

    return told


def noted_clearing(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    def told(tensors: Any, set_to_none: bool) -> Any:
        found = list(tensors)
        gave = lambda: [None if tensor.grad is None else tensor.grad.array for tensor in found]
        return whole(cleared, (found, set_to_none), lambda: same(found, set_to_none), gave)

    return told


def noted_grad(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    def told(tensor: Any, value: Any) -> Any:
        given = tensor, None if value is None else value.array if type(value) is Tensor else value
        return whole(set_grad, given, lambda: same(tensor, value), lambda: None)

    return told


def noted_step(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    def told(stepping: Any, *args: Any, **kwargs: Any) -> Any:
        given = list(args)
        while given and given[-1] is None:
            given.pop()
        return whole(stepped, (stepping, given, kwargs), lambda: same(stepping, *args, **kwargs), lambda: None)

    return told


def refused(function: FunctionType, same: FunctionType) -> Callable[..., Any]:
    """Something is called that the first run didn't call."""

    def told(*args: Any, **kwargs: Any) -> Any:
        if now.second is not None:
            now.second.differ(f"{function.__name__}() is called, which it wasn't another time")
        return same(*args, **kwargs)

    return told


def by_position(function: FunctionType, args: Sequence[Any], kwargs: dict[str, Any]) -> Sequence[Any]:
    """All arguments of a call, by position."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    defaults = dict(zip(reversed(names), reversed(function.__defaults__ or ()))) | kwargs
    return [*args, *[defaults[name] for name in names[len(args) :]]]
