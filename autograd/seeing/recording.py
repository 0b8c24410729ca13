"""What a graph doesn't keep: arguments and result of every call as they were, and where in the code it was made.

The engine is left as it is, and pays nothing: while a recording runs, Python's own profiling hook tells when a caller
of an op is entered and left, and a watcher of the walk sees the steps of every backward pass.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from ..engine import above, debug
from ..engine.above import is_module
from ..engine.node import Node
from ..engine.record import CALLERS, called
from ..engine.tensor import Tensor, wrap
from ..engine.walk import Steps
from ..ops.op import Op
from ..replay.compiled import Compiled
from ..scalar import Scalar, _made
from .events import Call, Change, Failure, Line, Scope, Update, Walk, arrival, copied, one_by_one, snapshot
from .modules import named_modules
from .names import Names, add_contents, is_given, users_frames, variables_of
from .together import Together

PACKAGE = Path(__file__).parent.parent


class Recording:
    """What this thread ran while it was on, in order: ``events`` are nodes (forward calls), `Walk`s and `Update`s.

    values: the result of each call and the value of each leaf as they were. failure: what exception ended it, if any.
    """

    def __init__(self) -> None:
        self.calls: dict[Node, Call] = {}
        self.values: dict[Node, Any] = {}
        # Of Scalars, whose calls are known by their nodes: the line, and the way there.
        self.lines: dict[Node, Line | None] = {}
        self.ways: dict[Node, tuple[tuple[CodeType, int], ...]] = {}
        self.events: list[Node | Walk | Update] = []
        self.names = Names()
        self.failure: Failure | None = None
        self._handlers = _handlers()
        self._open: list[Any] = []
        self._scopes: list[Scope] = []
        # Which frames an exception went through turns out at the end. Those that may be among them, by identity: of
        # calls of ops that gave nothing, and of modules that were entered and returned nothing so far.
        self._failed_calls: dict[int, Call] = {}
        self._entered: dict[int, tuple[Scope, ...]] = {}
        self._module_names: dict[int, str] = {}
        self._module_calls: dict[int, int] = {}
        self._before: Any = None
        # The call of a compiled function that one is in, how deep in such calls, and what each node was made in. A call
        # of an op inside of that of another gives the same.
        self._together: Together | None = None
        self._depth = 0
        self._made_in: dict[Node, Together] = {}
        self._made: Any = None

    def __enter__(self) -> Recording:
        self._before = sys.getprofile()
        debug.watchers.append(self.watch)
        sys.setprofile(self._profile)
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        sys.setprofile(self._before)
        debug.watchers.remove(self.watch)
        if error is not None:
            self.failure = self._failure(error)
        self._failed_calls.clear()
        self._entered.clear()

    def _failure(self, error: BaseException) -> Failure:
        """Where ``error`` comes from: an op, if it went through the call of one, or took the place of one that did."""
        passed = {id(frame) for one in _with_causes(error) for frame in _frames(one) if frame.f_code in CALLERS}
        call = next((call for frame, call in self._failed_calls.items() if frame in passed), None)
        if call is not None:
            return Failure(error, call, call.scopes)
        modules = [frame for frame in _frames(error) if self._handlers.get(frame.f_code) is Recording._module]
        return Failure(error, None, self._entered.get(id(modules[-1]), ()) if modules else ())

    def call(self, node: Node) -> Call | None:
        """How ``node`` was made, if that is known."""
        return self.calls.get(node)

    def scopes(self, node: Node) -> tuple[Scope, ...]:
        """The module calls in which ``node`` was made, the outermost first."""
        call = self.calls.get(node)
        return () if call is None else call.scopes

    def watch(self, steps: Steps) -> Steps:
        """Yield the steps of a walk, and remember it once it has succeeded."""
        walk = Walk()
        for step in steps:
            # What is computed here beside the walk is no part of what ran.
            profile = sys.getprofile()
            sys.setprofile(None)
            arrived, node = arrival(*step), step[0]
            if node.op is not None and node in self._made_in:
                arrived.together = self._made_in[node].back(node.op, len(step[2]))
            walk.arrivals.append(arrived)
            sys.setprofile(profile)
            yield step
        self.events.append(walk)

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        if event not in ("call", "return"):
            return
        handler = self._handlers.get(frame.f_code)
        if handler is not None:
            handler(self, frame, event == "call", value)
        elif event == "return" and not frame.f_code.co_filename.startswith(PACKAGES):
            self._learn_names(frame)

    def _learn_names(self, frame: FrameType) -> None:
        """Names that a function of the user's gave to Tensors."""
        for name, value in frame.f_locals.items():
            if isinstance(value, (Tensor, Scalar)) and is_given(name):
                node = value.node if isinstance(value, Tensor) else value
                if node is not None:
                    self.names.of_node.setdefault(node, name)

    def _caller(self, frame: FrameType, entered: bool, made: Any) -> None:
        """A caller of an op is entered, or left with a Tensor, a tuple of them, or None after an exception."""
        if entered:
            # Before it runs: a batch norm changes its running statistics.
            self._open.append(self._described(called(frame), frame))
            return
        if not self._open:
            # It was entered before the recording began.
            return
        call = self._open.pop()
        if made is None:
            self._failed_calls[id(frame)] = call
            return
        first = made[0] if isinstance(made, tuple) and made else made
        if self._together is not None and isinstance(first, Tensor) and made is not self._made:
            self._made, call.together = made, self._together.forward(call.op)
        node = first.node.call if isinstance(first, Tensor) and first.node is not None else None
        if node is None or node in self.calls or node.op is not call.op:
            return
        self.calls[node] = call
        self.values[node] = tuple(copied(one.array) for one in made) if made is not first else copied(first.array)
        self.events.append(node)
        if self._together is not None:
            self._made_in[node] = self._together

    def _compiled(self, frame: FrameType, entered: bool, made: Any) -> None:
        """A compiled function is called, or returns; one inside of another is replayed with that."""
        if entered and not self._depth:
            values = frame.f_locals
            self._together = Together(values["self"], values["args"], values["kwargs"])
        self._depth = max(0, self._depth + (1 if entered else -1))
        if not self._depth:
            self._together = None

    def _described(self, call: tuple[Op, list[Any]], frame: FrameType) -> Call:
        op, given = call
        arguments, sources = [], []
        for value in one_by_one(op, given):
            if isinstance(value, Tensor):
                array = copied(value.array)
                if value.node is not None:
                    self.values.setdefault(value.node, array)
                sources.append(value.node if value.node is not None else value.array)
                arguments.append(array)
            else:
                sources.append(value)
                arguments.append(copied(value))
        if op.variadic and given and isinstance(given[0], (list, tuple)):
            count = len(given[0])
            arguments = [arguments[:count], *arguments[count:]]
        return Call(op, arguments, sources, self.line(frame), way_of(frame), tuple(self._scopes))

    def line(self, frame: FrameType) -> Line | None:
        """The line of code that a call that is made in ``frame`` is said to be in."""
        return line_of(frame)

    def _wrapped(self, frame: FrameType, entered: bool, made: Any) -> None:
        """A Tensor was made, such as by a custom Function."""
        if not entered and made is not None and made.node is not None and made.node not in self.values:
            self.values[made.node] = copied(made.array)

    def _scalar_made(self, frame: FrameType, entered: bool, made: Any) -> None:
        if not entered and made is not None:
            self.lines[made], self.ways[made] = line_of(frame), way_of(frame)
            self.events.append(made)

    def _module(self, frame: FrameType, entered: bool, made: Any) -> None:
        """A module is called, or returns."""
        if not entered:
            if self._scopes:
                self._scopes.pop()
            if made is not None:
                self._entered.pop(id(frame), None)
            return
        module = frame.f_locals["self"]
        if id(module) not in self._module_names:
            self._learn_module(module, frame)
        call = self._module_calls.get(id(module), 0)
        self._module_calls[id(module)] = call + 1
        self._scopes.append(Scope(self._module_names[id(module)], type(module).__name__, call))
        self._entered[id(frame)] = tuple(self._scopes)

    def _learn_module(self, module: Any, frame: FrameType) -> None:
        """Names of a module and of those below it: as the outermost that the caller has a variable for calls them."""
        user = next(users_frames(frame, PACKAGES), None)
        variables = {} if user is None else variables_of(user)
        known = [(name, value) for name, value in variables.items() if is_module(value) and name != "self"]
        around = ((name, value) for name, value in known if any(below is module for _, below in named_modules(value)))
        top = next(around, ("", module))
        for dotted, below in named_modules(top[1]):
            self._module_names.setdefault(id(below), dotted or top[0] or type(module).__name__)
        add_contents(self.names, "", top[1])
        self.names.kept.append(top[1])

    def _optimizer(self, frame: FrameType, entered: bool, made: Any) -> None:
        """An optimizer begins its step, or has made it."""
        if entered:
            optimizer = frame.f_locals["self"]
            groups = [(p, group) for group in optimizer.param_groups for p in group["params"] if isinstance(p, Tensor)]
            before = [
                (p, copied(p.grad.array), copied(p.array), _remembered(optimizer, p), group)
                for p, group in groups
                if p.grad is not None
            ]
            self._open.append((optimizer, before))
            return
        if not self._open:
            return
        optimizer, before = self._open.pop()
        if any(isinstance(one, tuple) and one[0] is optimizer for one in self._open):
            # Its parent's step is a part of its own.
            return
        changes = [
            Change(p, gradient, value, copied(p.array), state, {k: v for k, v in group.items() if k != "params"})
            for p, gradient, value, state, group in before
        ]
        self.events.append(Update(type(optimizer).__name__, changes))


def _remembered(optimizer: Any, parameter: Tensor) -> dict[str, Any]:
    """What an optimizer remembers of a parameter, as it is now."""
    state = optimizer.state.get(parameter) if hasattr(optimizer, "state") else None
    return {name: snapshot(value) for name, value in state.items()} if state else {}


def line_of(frame: FrameType) -> Line | None:
    """The line of the user's code that led to ``frame``."""
    user = next(users_frames(frame, PACKAGES), None)
    return None if user is None else running_line(user)


def running_line(frame: FrameType) -> Line:
    """The line that ``frame`` is at."""
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, number, frame.f_globals).strip()
    name = "notebook" if "ipykernel" in file or file.startswith("<") else Path(file).name
    return Line(name, number, text)


def way_of(frame: FrameType) -> tuple[tuple[CodeType, int], ...]:
    """The instructions that led to ``frame``, the user's last."""
    way = []
    for caller in callers_of(frame):
        way.append((caller.f_code, caller.f_lasti))
        if not caller.f_code.co_filename.startswith(PACKAGES):
            break
    return tuple(way)


def callers_of(frame: FrameType) -> Iterator[FrameType]:
    """What called ``frame``, what called that, and so on."""
    while frame.f_back is not None:
        frame = frame.f_back
        yield frame


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """``error``, and what it was raised in place of."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _frames(error: BaseException) -> Iterator[FrameType]:
    """The frames that ``error`` went through, the outermost first."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _packages() -> tuple[str, ...]:
    return tuple(f"{PACKAGE.parent / name}{os.sep}" for name in ("autograd", "nn", "optim"))


PACKAGES = _packages()
Handler = Callable[[Any, FrameType, bool, Any], None]


def _handlers() -> dict[CodeType, Handler]:
    """What looks at the calls of which code. Modules and optimizers are looked at if there are any."""
    found: dict[CodeType, Handler] = dict.fromkeys(CALLERS, Recording._caller)
    found[wrap.__code__] = Recording._wrapped
    found[_made.__code__] = Recording._scalar_made
    found[Compiled.__call__.__code__] = Recording._compiled
    if above.Module is not None:
        found[above.Module.__call__.__code__] = Recording._module
    if above.Optimizer is not None:
        found[above.Optimizer.step.__code__] = Recording._optimizer
    return found
