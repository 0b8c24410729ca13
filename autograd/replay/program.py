"""A tape as a Python function: one straight line of calls on arrays."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..kernels.compiling.forks import new_lock
from .captured import Captured, Failure
from .constants import WRITTEN, Constants
from .straight import Straight, frame_in, written_function
from .tape import Call, Tape, Value, values_in

NUMBER = itertools.count(1).__next__


class Program:
    """The calls of ``tape`` as the function ``replay(arguments)``, which returns the values ``results`` in a list.

    inputs: values that ``replay`` is given as they are, after the arguments.
    """

    def __init__(
        self, tape: Tape, results: Sequence[Any], inputs: Sequence[Value] = (), name: str = "step", state: Any = None
    ) -> None:
        self.state = state
        self.straight: Straight | None = None
        self._lock = new_lock()
        self.calls = needed(tape, results)
        self.results, self.inputs, self.name = list(results), list(inputs), name
        self.first: list[Value] = []
        self.space: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._constant = Constants(self.space)
        self._lines: list[str] = []
        # By line of the text, which call it is.
        self.at_line: dict[int, Call] = {}
        self._last_use = last_uses(self.calls, results)
        given = []
        for value in inputs:
            given.append(self._fresh(value))
        # What there is at first is read first: it may be replaced.
        for tree in [*[call.args for call in self.calls], results]:
            for value in values_in(tuple(tree)):
                if (value.kind in ("array", "grad") or value.written) and id(value) not in self._names:
                    self.first.append(value)
                    self._value(value)
        for number, call in enumerate(self.calls):
            self._write_call(number, call)
        returned = ", ".join(self._text(result) for result in results)
        self._lines.append(f"return [{returned}]")
        self.file = f"<replay {NUMBER()} of {name}>"
        self.text = f"def replay(arguments{''.join(f', {one}' for one in given)}):\n" + "".join(
            f"    {line}\n" for line in self._lines
        )
        self.one_by_one = written_function(self.text, self.file, self.space)
        weakref.finalize(self, linecache.cache.pop, self.file, None)

    def replay(self, arguments: Sequence[Any], *given: Any) -> list[Any]:
        """The results, for these ``arguments`` and what the ``inputs`` are.

        The first time the calls are gone through one by one, and looked into; from then on it goes straight.
        """
        # Its buffers are used by one thread at a time.
        if not self._lock.acquire(blocking=False):
            try:
                return self.one_by_one(arguments, *given)
            except Exception as error:
                raise Failure(self._failed(error), error) from None
        try:
            straight = self.straight
            if straight is None:
                captured = Captured(self, arguments, given, self.state)
                self.straight = Straight(captured, self.state, self.name)
                return captured.values
            try:
                return straight.replay(arguments, *given)
            except Exception as error:
                raise straight.failure(error) from None
        finally:
            self._lock.release()

    def _failed(self, error: BaseException) -> Call | None:
        """The call that raised ``error``."""
        frame = frame_in(self.file, error)
        return None if frame is None else self.at_line.get(frame.tb_lineno)

    def all_values(self) -> Iterator[Value]:
        """The values that are taken, and those that these are parts of."""
        for tree in [*[call.args for call in self.calls], self.results]:
            yield from values_in(tuple(tree))

    def _write_call(self, number: int, call: Call) -> None:
        function = self._constant(call.function, getattr(call.function, "__name__", "call"))
        arguments = ", ".join(self._text(argument) for argument in call.args)
        used = id(call.result) in self._last_use
        target = f"{self._fresh(call.result)} = " if used else ""
        self._lines.append(f"{target}{function}({arguments})")
        self.at_line[len(self._lines) + 1] = call
        self._forget(number)

    def _forget(self, number: int) -> None:
        """Let go of what isn't needed after call ``number``."""
        gone = [self._names[key] for key in self._last_use.get(("after", number), ()) if key in self._names]
        if gone:
            self._lines.append(f"{' = '.join(gone)} = None")

    def _fresh(self, value: Value) -> str:
        name = self._names[id(value)] = f"v{len(self._names)}"
        return name

    def _text(self, thing: Any) -> str:
        """An argument, as it is written."""
        if isinstance(thing, Value):
            return self._value(thing)
        if type(thing) is slice:
            return f"slice({self._text(thing.start)}, {self._text(thing.stop)}, {self._text(thing.step)})"
        if type(thing) is tuple:
            return f"({''.join(self._text(part) + ', ' for part in thing)})"
        if type(thing) is list:
            return f"[{', '.join(map(self._text, thing))}]"
        if type(thing) is dict and next(values_in(thing), None) is not None:
            return f"{{{', '.join(f'{key!r}: {self._text(part)}' for key, part in thing.items())}}}"
        if type(thing) in WRITTEN:
            return repr(thing)
        return self._constant(thing)

    def _value(self, value: Value) -> str:
        name = self._names.get(id(value))
        if name is not None:
            return name
        source = value.source
        if value.kind == "part":
            inner = self._value(source)
            if callable(value.place):
                return f"{self._constant(value.place)}({inner})"
            return f"{inner}[{value.place}]"
        if value.kind == "constant":
            if not value.written:
                return self._constant(source)
            text = f"{self._constant(np.array)}({self._constant(source)})"
        else:
            tensor = f"arguments[{source}]" if type(source) is int else self._constant(source)
            text = tensor + {"array": ".array", "grad": ".grad.array", "node": ".node", "tensor": ""}[value.kind]
            if value.kind in ("node", "tensor"):
                return text
        name = self._fresh(value)
        self._lines.append(f"{name} = {text}")
        return name


# Calls without which a replay would leave something undone, whoever takes what they return.
PURE = frozenset({"view", "empty", "array", "cast"})


def needed(tape: Tape, results: Sequence[Any]) -> list[Call]:
    """The calls of ``tape``, but for views and copies that nobody takes."""
    wanted = {id(value) for value in values_in(tuple(results))}
    found = []
    for call in reversed(tape.calls):
        if call.label not in PURE or id(call.result) in wanted:
            found.append(call)
            wanted.update(id(value) for value in values_in(tuple(call.args)))
    return found[::-1]


def last_uses(calls: Sequence[Call], results: Sequence[Any]) -> dict[Any, Any]:
    """Of each value the number of the last call that takes it; and under ``("after", number)`` which values those are.

    A value whose part is taken is taken itself.
    """
    last: dict[Any, Any] = {}
    for number, call in enumerate(calls):
        for value in values_in(tuple(call.args)):
            last[id(value)] = number
    for value in values_in(tuple(results)):
        last[id(value)] = len(calls)
    gone: dict[Any, Any] = {}
    for key, number in last.items():
        gone.setdefault(("after", number), []).append(key)
    return last | gone
