"""A tape as a program: the calls that its results need, made one by one at first, and then in a straight line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..kernels.compiling.forks import new_lock
from .captured import Captured
from .listening import uncollected
from .played import Played
from .straight import Straight
from .tape import Call, Tape, Value, values_in

# For how many seconds one replay may look into calls: about what isn't noticed.
LOOKING = 0.04


class Program:
    """The calls of ``tape``, replayed for arguments; ``results`` are the values that a replay gives, in a list.

    inputs: values that ``replay`` is given as they are, after the arguments.
    """

    def __init__(
        self, tape: Tape, results: Sequence[Any], inputs: Sequence[Value] = (), name: str = "step", state: Any = None
    ) -> None:
        self.state, self.name = state, name
        self.calls = needed(tape, results)
        self.results, self.inputs = list(results), list(inputs)
        self.gone = last_uses(self.calls, results)
        # What there is at first and may be replaced or written to, and constants that are.
        there = set(map(id, self.inputs))
        self.first = list({
            id(value): value for value in self.all_values()
            if (value.kind in ("array", "grad") or value.written) and id(value) not in there
        }.values())  # fmt: skip
        self.straight: Straight | None = None
        self._lock = new_lock()

    def replay(self, arguments: Sequence[Any], *given: Any) -> list[Any]:
        """The results, for these ``arguments`` and what the ``inputs`` are.

        At first the calls are made one by one, and looked into, as many as there is time for; then it goes straight.
        """
        # Its buffers are used by one thread at a time.
        if not self._lock.acquire(blocking=False):
            return Played(self, arguments, given).play()
        try:
            straight = self.straight
            if straight is None:
                return self._early(arguments, given)
            try:
                return straight.replay(arguments, *given)
            except Exception as error:
                raise straight.failure(error) from None
        finally:
            self._lock.release()

    def _early(self, arguments: Sequence[Any], given: Sequence[Any]) -> list[Any]:
        """A replay before it goes straight."""
        with uncollected():
            captured = Captured(self, arguments, given, self.state, LOOKING)
            values = captured.play()
            if captured.complete:
                self.straight = Straight(captured, self.state, self.name)
        return values

    def all_values(self) -> Iterator[Value]:
        """The values that are taken, and those that these are parts of."""
        for tree in [*[call.args for call in self.calls], self.results]:
            yield from values_in(tuple(tree))


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


def last_uses(calls: Sequence[Call], results: Sequence[Any]) -> list[list[int]]:
    """Of each call the values that nobody takes after it. A value whose part is taken is taken itself."""
    last: dict[int, int] = {}
    for number, call in enumerate(calls):
        last[id(call.result)] = number
        for value in values_in(tuple(call.args)):
            last[id(value)] = number
    for value in values_in(tuple(results)):
        last[id(value)] = len(calls)
    gone: list[list[int]] = [[] for _ in range(len(calls) + 1)]
    for key, number in last.items():
        gone[number].append(key)
    return gone
