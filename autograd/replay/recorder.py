"""The recorder: what a function does on arrays, as it runs, as a `Tape`.

The engine is left as it is, and pays nothing: Python's own profiling hook tells when one of a few functions is entered
and left. What is called whole, and later called again, are the forwards and rules of ops, what draws random numbers and
writes into memory, and the steps of optimizers. Arrays are told apart by their identity: all that took part are kept
until the recording is done.
"""

from __future__ import annotations

import datetime
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from ..engine.node import Node, next_id
from ..engine.record import CALLERS
from ..engine.tensor import Tensor, kept_grad
from ..engine.versions import owner
from . import advice
from .arriving import Arriving
from .listening import listening, uncollected
from .looking import is_ours, users_call, users_line
from .tape import Value, values_in
from .values import Values
from .watched import HANDLERS

# What does something outside, or tells what is another time each time.
NOTICED = {print, input, globals, warnings.warn, datetime.datetime.now, datetime.date.today}
NOTICED |= {value for name, value in vars(time).items() if name.endswith(("time", "_ns", "monotonic", "perf_counter"))}
FILES = {"read", "readline", "readlines", "write", "writelines"}
NAMES = FILES | {function.__name__ for function in NOTICED}


class Recorder(Values):
    """Runs a function and records it.

    arguments, state: the Tensors whose arrays it may be given: arguments by number, and what is closed over.
    reason: why what ran can't be replayed, and where that is; empty if it can.
    """

    def __init__(self, arguments: Sequence[Tensor], state: Sequence[Tensor]) -> None:
        super().__init__()
        self.reason = ""
        self.start = next_id()
        self.arriving = Arriving(self)
        # The Tensors that have arrays of which nothing is known; the memory of those that are there at first.
        self.holders: dict[int, Tensor] = {}
        self.outside: set[int] = set()
        # Leaves whose gradient was accumulated before it was cleared.
        self.added_to: dict[Node, Value] = {}
        self.cleared: set[Node] = set()
        # Whether the user's code reads settings of optimizers or schedulers, and whether a scheduler changes them.
        self.reads_settings = self.schedules = False
        # Whether gradients come to leaves that the function makes.
        self.makes_leaves = False
        # Arrays and nodes of arguments, and arrays of what is closed over, as they are at first.
        self.before = [(tensor.array, tensor.node) for tensor in arguments]
        self.state_before = [tensor.array for tensor in state]
        self._had_grad = {id(tensor): kept_grad(tensor) is not None for tensor in (*arguments, *state)}
        self._arguments = list(arguments)
        self._grads: list[Value] = []
        # The frame that is called whole, and what is done when it is left; what is done when other frames are left.
        self._whole: FrameType | None = None
        self._on_left: Callable[[Any], None] | None = None
        self._open: dict[FrameType, Callable[[Any], None]] = {}
        # What the last call returned.
        self._last: tuple[Any, Value | None] = (None, None)
        for tensor in state:
            self._add_tensor(tensor, tensor)
        for number, tensor in enumerate(arguments):
            self._add_tensor(tensor, number)

    def _add_tensor(self, tensor: Tensor, source: Any) -> None:
        """Know a Tensor that is there before the function runs, its array and its gradient."""
        self.tensors[id(tensor)] = source
        self.know(tensor.array, Value("array", source))
        self.outside.add(id(owner(tensor.array)))
        gradient = kept_grad(tensor)
        if gradient is not None:
            self._grads.append(Value("grad", source))
            self.know(gradient.array, self._grads[-1])
        self.kept.append(tensor)

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What ``function`` returns."""
        try:
            with uncollected(), listening(self._hook()):
                result = function(*args, **kwargs)
        except BaseException:
            self.reason = self.reason or "it raised"
            raise
        self.note_written()
        return result

    def walk(
        self, seeds: dict[Node, Any], given: Sequence[Value], ends: dict[Node, int], steps: Callable[..., Any]
    ) -> list[tuple[int, Value]]:
        """What comes to ``ends``, by their numbers, in a walk from ``seeds``, which stand for the values ``given``."""
        self.reason = ""
        self.arriving = Arriving(self)
        self.arriving.ends = ends
        for seed, value in zip(seeds.values(), given):
            self.know(seed, value)
        self.arriving.begin(zip(seeds, given))
        self.run(lambda: [None for _ in steps(seeds, retain_graph=True)], (), {})
        return self.arriving.arrived

    def had_grad(self, source: Any) -> bool:
        """Whether the Tensor ``source``, or the argument of this number, had a gradient at first."""
        return self._had_grad[id(self._arguments[source] if type(source) is int else source)]

    def grads_used(self) -> list[Value]:
        """The gradients that there were at first and that something was computed from."""
        if not self._grads:
            return []
        values = {id(v): v for call in self.tape.calls for v in values_in(tuple(call.args)) if v.kind == "grad"}
        return list(values.values())

    def node_of(self, node: Node) -> Value:
        """The value of a leaf's node, which is found by its Tensor in each run."""
        tensor: Any = node.tensor()
        return Value("node", self.tensors.get(id(tensor), tensor))

    def look(self, what: str, frame: FrameType | None, advice: str = "") -> None:
        """Give up: ``what`` happened, at the user's line above ``frame``; ``advice`` says what to do about it."""
        if not self.reason:
            line = users_line(frame)
            self.reason = f"{what} at {line}" if line else what
            if advice:
                self.reason += f". {advice}"
        sys.setprofile(None)

    def looks(self, frame: FrameType) -> None:
        """Give up: the function that ``frame`` runs looks at values."""
        call = users_call(frame)
        self.look(f"{call} looks at values", frame, advice.OF_CALLS.get(call, advice.VALUES))

    def settings(self, frame: FrameType) -> None:
        """The function that ``frame`` runs, of the user's, reads settings."""
        self.reads_settings = True

    def disabled(self, frame: FrameType) -> None:
        """Give up: a function is called that is not to be compiled."""
        function = frame.f_locals["fn"]
        name = getattr(function, "__name__", type(function).__name__)
        self.look(f"{name}() is called, which is disabled", frame, advice.OUTSIDE)

    # What handlers ask to be told of frames that they were shown.

    def whole(self, frame: FrameType, left: Callable[[Any], None]) -> None:
        """Nothing that runs inside ``frame`` matters; ``left`` is told what it returns."""
        self._whole, self._on_left = frame, left

    def call(
        self, frame: FrameType, function: Callable[..., Any], args: Any, label: str, given: Sequence[Any] = ()
    ) -> None:
        """From here to where ``frame`` is left is one call. given: what a rule may return as it is."""

        def left(result: Any) -> None:
            if any(result is one for one in given):
                return
            made = self.tape.add(function, args, label)
            self._last = result, made
            self.learn(result, made)

        self._whole, self._on_left = frame, left

    def when_left(self, frame: FrameType, left: Callable[[Any], None]) -> None:
        """``left`` is told what ``frame`` returns."""
        self._open[frame] = left

    def _hook(self) -> Callable[[FrameType, str, Any], None]:
        """What Python's profiling hook tells. It is told of every function, so that it is written for speed."""
        handlers, waiting = HANDLERS.by_id, self._open
        callers, caller_left = set(map(id, CALLERS)), self.learn_tensors

        def hook(frame: FrameType, event: str, thing: Any) -> None:
            if event == "return":
                if self._whole is not None:
                    if frame is self._whole:
                        self._whole = None
                        self._on_left(thing)  # type: ignore[misc]  # beside a frame it is there
                elif frame in waiting:
                    waiting.pop(frame)(thing)
                elif id(frame.f_code) in callers:
                    caller_left(thing, *self._last)
            elif self._whole is None:
                if event == "call":
                    code = frame.f_code
                    handler = handlers[id(code)] if id(code) in handlers else HANDLERS[code]
                    if handler is not None:
                        handler(self, frame)
                elif event == "c_call" and thing.__name__ in NAMES and is_noticed(thing) and not is_ours(frame.f_code):
                    self.look(f"{thing.__name__}() is called", frame, advice.OUTSIDE)

        return hook


def is_noticed(function: Any) -> bool:
    return function.__name__ in FILES or function in NOTICED
