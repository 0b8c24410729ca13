"""Which steps of what is traced a compiled function takes in one go, where it is replayed."""

from __future__ import annotations

from collections import deque
from typing import Any

from ..ops.op import Op
from ..replay.compiled import Compiled
from ..replay.program import Program

# The name of what is called, and the mark that it has.
Turns = deque[tuple[str, Any]]


class Together:
    """One call of a compiled function, which runs as ever while it is looked at: what its replay would call together.

    Asked of each call in order, and of each step back, it gives a mark that those of one go share; None for what is
    called by itself, or where it isn't known yet.
    """

    def __init__(self, compiled: Compiled, args: Any, kwargs: Any) -> None:
        recording = compiled.recording_of(args, kwargs)
        programs = [] if recording is None else [recording.program]
        if recording is not None and recording.way_back is not None:
            programs += [program for program, _ in recording.way_back.recorded[:1]]
        turns = [turn for program in programs for turn in _turns(program)]
        self._forward: Turns = deque(turn for turn in turns if not turn[0].startswith("∂"))
        self._back: Turns = deque((label[1:], mark) for label, mark in turns if label.startswith("∂"))

    def forward(self, op: Op) -> Any:
        """The mark of a call."""
        return _taken(self._forward, op)

    def back(self, op: Op, count: int) -> Any:
        """The mark of a step back, which passes something to ``count`` arguments: each by a call, or all by one."""
        marks = [_taken(self._back, op) for _ in range(1 if op.kind == "fused" else count)]
        return marks[0] if marks else None


def _turns(program: Program | None) -> Turns:
    """The calls of a program, in order, with the mark of the step that each is in."""
    straight = None if program is None else program.straight
    if program is None or straight is None:
        return deque()
    marks: dict[int, Any] = {}
    for step in straight.steps:
        if len(step) > 1:
            marks |= dict.fromkeys(map(id, step), object())
    return deque((call.label, marks.get(id(call))) for call in program.calls)


def _taken(turns: Turns, op: Op) -> Any:
    """The mark of the next call of ``op``; those before it were none that one sees."""
    place = next((i for i, (label, _) in enumerate(turns) if label == op.name), None)
    if place is None:
        return None
    for _ in range(place):
        turns.popleft()
    return turns.popleft()[1]
