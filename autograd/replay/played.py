"""One run of a program, call by call, as it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .calls import leaf_of
from .tape import Call, Value


class Failure(Exception):
    """A call raised ``error``."""

    def __init__(self, call: Call | None, error: Exception) -> None:
        self.call, self.error = call, error


class Played:
    """Makes the calls of ``program`` as they were recorded.

    objects: what the values are in this run, as long as they are needed.
    """

    def __init__(self, program: Any, arguments: Sequence[Any], given: Sequence[Any]) -> None:
        self.program, self.arguments = program, arguments
        self.objects: dict[int, Any] = {}
        for value, x in zip(program.inputs, given):
            self.objects[id(value)] = x
        # What there is at first is read first: it may be replaced.
        for value in program.first:
            self._object(value)

    def play(self) -> list[Any]:
        """Make all calls; the results."""
        forget, gone = self.objects.pop, self.program.gone
        for number, call in enumerate(self.program.calls):
            self._run(call)
            for key in gone[number]:
                forget(key, None)
        return [self.object(result) for result in self.program.results]

    def _run(self, call: Call) -> None:
        self.objects[id(call.result)] = self._called(call, [self.object(arg) for arg in call.args])

    def _called(self, call: Call, args: list[Any]) -> Any:
        try:
            return call.function(*args)
        except Exception as error:
            raise Failure(call, error) from None

    def object(self, thing: Any) -> Any:
        """What ``thing`` is in this run."""
        return substituted(thing, self._object)

    def _object(self, value: Value) -> Any:
        key = id(value)
        if key not in self.objects:
            self.objects[key] = self._read(value)
        return self.objects[key]

    def _read(self, value: Value) -> Any:
        source = value.source
        if value.kind == "part":
            whole = self._object(source)
            return value.place(whole) if callable(value.place) else whole[value.place]
        if value.kind == "constant":
            return np.array(source) if value.written else source
        tensor = self.arguments[source] if type(source) is int else source
        if value.kind == "array":
            return tensor.array
        if value.kind == "grad":
            return tensor.grad.array
        return leaf_of(tensor) if value.kind == "node" else tensor


def substituted(tree: Any, change: Any) -> Any:
    """``tree`` with what ``change`` makes of the values in it."""
    kind = type(tree)
    if kind is Value:
        return change(tree)
    if kind is slice:
        return slice(*[substituted(part, change) for part in (tree.start, tree.stop, tree.step)])
    if isinstance(tree, (tuple, list)):
        parts = [substituted(part, change) for part in tree]
        return kind(*parts) if hasattr(tree, "_fields") else kind(parts)
    if kind is dict:
        return {key: substituted(part, change) for key, part in tree.items()}
    return tree
