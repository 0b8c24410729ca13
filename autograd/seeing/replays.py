"""The program that a compiled function replays, as a picture: which calls run in one go, and what goes from one to the
next."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..replay.compiled import Compiled
from ..replay.program import Program
from ..replay.tape import Call, Value, values_in
from .dot import Drawing
from .labels import lines
from .looks import SPINE, Look, graph_attributes

# So many steps are drawn, and so many kinds of calls are named in each; of more those at both ends.
STEPS, NAMED = 40, 8


def picture_of_replay(compiled: Any, look: Look, direction: str) -> Drawing:
    """What ``compiled``, a function or a module, replays, as it was recorded last, and on the way back of gradients."""
    function: Compiled = compiled if isinstance(compiled, Compiled) else compiled.compiled
    recording = function.last_recording()
    made = Drawing(**graph_attributes(look, direction, 2 * STEPS))
    if recording is None:
        why = function.reason or "it wasn't called often enough: it is replayed from the third call on"
        told = [(line, 10, look.grey) for line in textwrap.wrap(why, 80)]
        made.node("reason", label=lines((f"{function.name} runs as ever", 13, look.ink), *told),
                  **look.box("failed" if function.reason else "gap"))  # fmt: skip
        return made
    assert recording.program is not None
    notes = [_Pencil(made, look, "").draw(recording.program)]
    for number, (program, _) in enumerate(recording.way_back.recorded if recording.way_back else ()):
        with made.subgraph(name=f"cluster_back{number}") as frame:
            frame.attr(label="when a gradient comes back", color=look.faint, fontcolor=look.grey, style="rounded")
            _Pencil(frame, look, f"back{number}_").draw(program)
    made.attr(label=lines(*[(note, 10, look.grey) for note in notes]))
    return made


class _Pencil:
    """Draws a program into ``frame``, with boxes whose names begin with ``prefix``."""

    def __init__(self, frame: Any, look: Look, prefix: str) -> None:
        self.frame, self.look, self.prefix = frame, look, prefix

    def draw(self, program: Program) -> str:
        """Draw it; a sentence about its size."""
        straight = program.straight
        steps: list[list[Call]] = [[call] for call in program.calls] if straight is None else straight.steps
        self.step_of = {id(call): number for number, step in enumerate(steps) for call in step}
        self.hidden = range(STEPS // 2, len(steps) - STEPS // 2) if len(steps) > STEPS else range(0)
        for number, step in enumerate(steps):
            if number not in self.hidden:
                self.frame.node(
                    self.box(number), label=self.label(step), **self.look.box("op" if len(step) == 1 else "module")
                )
            elif number == self.hidden.start:
                inside = sum(len(steps[i]) for i in self.hidden)
                what = f"… {len(self.hidden):,} steps, {inside:,} calls …"
                self.frame.node(self.box(number), label=lines((what, 13, self.look.ink)), **self.look.box("gap"))
        arrows = {(tail, self.box(number)) for number, step in enumerate(steps) for tail in self.sources_of(step)}
        results = list(dict.fromkeys(self.sources(program.results)))
        if results:
            end = f"{self.prefix}returned"
            self.frame.node(end, label=lines(("returned", 12, self.look.ink)), **self.look.box("result"))
            arrows |= {(tail, end) for tail in results}
        left, arrived = (set(ends) for ends in zip(*arrows)) if arrows else (set(), set())
        for tail, head in sorted(arrows):
            if tail != head:
                self.frame.edge(tail, head, **(SPINE if tail.startswith(f"{self.prefix}step") else {}))
        # What takes nothing from the others or gives them nothing, as a step of an optimizer, stands in its order.
        for before, after in itertools.pairwise(dict.fromkeys(map(self.box, range(len(steps))))):
            if after not in arrived or before not in left:
                self.frame.edge(before, after, style="dotted")
        calls, total = sum(map(len, steps)), 0 if straight is None else straight.total
        taking = f", on buffers of {total:,} bytes, which take turns in {straight.used:,}" if straight and total else ""
        return f"{calls:,} calls in {len(steps):,} step{'s' if len(steps) != 1 else ''}{taking}"

    def box(self, number: int) -> str:
        return f"{self.prefix}step{self.hidden.start if number in self.hidden else number}"

    def label(self, step: Sequence[Call]) -> str:
        if len(step) == 1:
            return lines((step[0].label, 13, self.look.ink), (step[0].gives, 10, self.look.grey))
        named = [
            (key, sum(1 for _ in same)) for key, same in itertools.groupby((call.label, call.gives) for call in step)
        ]
        shown = [
            (f"{label}{f' ×{count}' if count > 1 else ''}: {gives}", 11, self.look.ink)
            for (label, gives), count in named
        ]
        if len(shown) > NAMED:
            left = sum(count for _, count in named[NAMED // 2 : -NAMED // 2])
            shown[NAMED // 2 : -NAMED // 2] = [(f"… {left:,} more …", 10, self.look.grey)]
        return lines((f"{len(step):,} calls in one go", 10, self.look.grey), *shown)

    def sources_of(self, step: Iterable[Call]) -> Iterator[str]:
        for call in step:
            yield from self.sources(call.args)

    def sources(self, tree: Any) -> Iterator[str]:
        """The boxes that what is in ``tree`` comes from: steps, and arguments of the function."""
        for value in values_in(tree if isinstance(tree, (tuple, list)) else (tree,)):
            yield from self.source(value)

    def source(self, value: Value) -> Iterator[str]:
        if value.kind == "made":
            number = self.step_of.get(id(value.source))
            if number is None:
                # Only another view of what it takes.
                yield from self.sources(value.source.args)
            else:
                yield self.box(number)
        elif value.kind == "given" or (value.kind == "array" and type(value.source) is int):
            kind = "gradient" if value.kind == "given" else "argument"
            name = f"{self.prefix}{kind}{value.source}"
            self.frame.node(name, label=lines((f"{kind} {value.source}", 12, self.look.ink)), **self.look.box("input"))
            yield name
