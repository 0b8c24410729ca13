"""The computation graph that really ran, as a picture."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.tensor import Tensor
from ..replay.compiled import Compiled, is_compiled_module
from ..scalar import Scalar
from . import folding
from . import names as naming
from .boxes import Box, Folded
from .dot import Drawing
from .events import Scope
from .expanding import expanded
from .graph import Item, add_failed, items_of, roots_of
from .labels import clean, label, lines, node_shape, value_text
from .looks import AGAIN, SPINE, THEMES, Look, graph_attributes
from .names import Names
from .recording import Recording
from .replays import picture_of_replay
from .values import known_values

DIRECTIONS = ("LR", "TB", "RL", "BT")
DETAILS = ("value", "grad", "saved")


def draw(
    output: Tensor | Node | Compiled | Sequence[Tensor | Node],
    *,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None,
    direction: str = "LR",
    show: Iterable[str] = (),
    fold: bool | None = None,
    expand: bool | Iterable[str] = (),
    theme: str = "light",
) -> Drawing:
    """The graph that made ``output``, as a `graphviz.Digraph`, which shows itself in a notebook.

    Blue: calls of ops, each with its symbol, its name, and the shape of its result (and the dtype, if not float32).
    Orange: leaves, whose gradients are asked for; parameters are darker. Green: ``output``. Grey: constants, numbers
    and indices; "not kept" is in the place of those that are there no more, since ``backward()`` lets go of them. A
    `Scalar` shows ``data | grad``.
    ``draw(loss).render(outfile="graph.svg", cleanup=True)`` writes a file of the kind that its suffix says;
    ``draw(loss).render("graph")`` writes SVG, besides the source of the picture.

    output: what to draw the graph of; the graphs of several are one picture. Of a compiled function the program that it
        replays is drawn, and what of it runs in one go; other options than direction and theme have no effect there.
    names: how to call leaves, results and constants: a dict, or pairs such as ``model.named_parameters()``. If not
        given: as the variables of the caller, and as the modules among them call their parameters.
    direction: in which the computation runs: "LR" (left to right), "TB" (top to bottom), "RL" or "BT".
    show: what to write in the boxes besides: "value", "grad", "saved" (what is kept for the backward pass).
    fold: draw a block of calls that is repeated in a row once, with a frame that says how often. If not given, only
        graphs of more than 150 calls are folded; where that isn't enough, the middle becomes one box. What was folded
        is said below the picture.
    expand: fused ops to draw as what they are composed of: their names, or True for all.
    theme: "light" or "dark".
    Raises RuntimeError for a Tensor that has no graph, TypeError for what isn't a Tensor, ValueError for an unknown
    option or nothing to draw. The picture raises RuntimeError if there is no program to lay it out.

    >>> import autograd
    >>> w = autograd.tensor(2., requires_grad=True)
    >>> picture = autograd.draw(w * w, names={"w": w})
    >>> picture.source.count("->")
    2
    """
    if isinstance(output, Compiled) or is_compiled_module(output):
        return picture_of_replay(output, _checked(direction, theme), direction)
    found = naming.of_variables(naming.variables_of(sys._getframe(1))) if names is None else naming.given("draw", names)
    roots = roots_of("draw", output)
    return picture_of(roots, found, direction=direction, show=show, fold=fold, expand=expand, theme=theme)


def picture_of(
    roots: Mapping[Node, Any],
    names: Names,
    *,
    recording: Recording | None = None,
    results: Collection[Node] | None = None,
    direction: str = "LR",
    show: Iterable[str] = (),
    depth: int | None = None,
    fold: bool | None = None,
    expand: bool | Iterable[str] = (),
    theme: str = "light",
) -> Drawing:
    """The picture of what leads to ``roots``, and of the call that failed, if a recording has one."""
    look = _checked(direction, theme)
    details = _checked_details(show)
    items = items_of(roots, names, recording, results)
    if recording is not None and recording.failure is not None:
        add_failed(items, recording, names)
    items = expanded(items, expand, recording, exact="value" in details)
    folded = folding.fold(items, depth=depth, repeats=fold)
    values = known_values([item.node for item in items.values() if item.node], recording) if "value" in details else {}
    return _Pencil(look, direction, details, values).picture(folded)


def sketch(folded: Folded, below: Mapping[str, str]) -> Drawing:
    """A picture of boxes without options. below: what stands in place of the shape of an item that has its own box."""
    return _Pencil(THEMES["light"], "LR", frozenset(), {}, below).picture(folded)


def _checked(direction: str, theme: str) -> Look:
    if direction not in DIRECTIONS:
        raise ValueError(f"draw: direction must be one of {', '.join(DIRECTIONS)}, not {direction!r}")
    if theme not in THEMES:
        raise ValueError(f"draw: theme must be one of {', '.join(THEMES)}, not {theme!r}")
    return THEMES[theme]


def _checked_details(show: Iterable[str]) -> frozenset[str]:
    details = frozenset([show] if isinstance(show, str) else show)
    if not details <= set(DETAILS):
        raise ValueError(f"draw: show must be of {', '.join(DETAILS)}, not {', '.join(map(repr, sorted(details)))}")
    return details


class _Pencil:
    """Draws boxes, the frames around them and the arrows between them into a picture."""

    def __init__(
        self,
        look: Look,
        direction: str,
        details: frozenset[str],
        values: Mapping[Node, Any],
        below: Mapping[str, str] | None = None,
    ) -> None:
        self.look, self.direction, self.details, self.values = look, direction, details, values
        self.below = below or {}
        self.frames = 0
        # The frames of each module, in the order of its calls: what boxes of calls are in them.
        self.calls: dict[tuple[str, str], list[list[Box]]] = {}

    def picture(self, folded: Folded) -> Drawing:
        made = Drawing(**graph_attributes(self.look, self.direction, len(folded.boxes)))
        self.inside(made, list(folded.boxes.values()), 0)
        for (tail, head, _), again in folded.arrows.items():
            made.edge(tail, head, **(AGAIN if again else self.arrow(folded.boxes[tail])))
        for earlier, later in self.in_order(folded):
            made.edge(earlier, later, style="invis", weight="16")
        failed = folded.boxes.get("failed")
        if failed is not None and not failed.item.inputs:
            # What raised between two calls took nothing from the last, but is to stand behind it.
            calls = [key for key, box in folded.boxes.items() if box.is_call and box is not failed]
            for key in calls[-1:]:
                made.edge(key, "failed", style="invis")
        if folded.notes:
            made.attr(label=lines(*[(f"folded: {note}", 10, self.look.grey) for note in folded.notes]))
        made.folded = tuple(folded.notes)
        return made

    def in_order(self, folded: Folded) -> Iterator[tuple[str, str]]:
        """Pairs of boxes of which the first is to stand before the second: the ends of frames of one module, where
        nothing that flows from one call to the next has them stand in the order of the calls.
        """
        place = {key: i for i, key in enumerate(folded.boxes)}
        for frames in self.calls.values():
            for before, after in itertools.pairwise(frames):
                last, first = before[-1].key, after[0].key
                sources = {folded.place[key] for box in after for member in box.members for key in member.inputs}
                if place[last] < place[first] and not sources & {box.key for box in before}:
                    yield last, first

    def arrow(self, tail: Box) -> dict[str, str]:
        if tail.is_call:
            return SPINE
        return {"style": "dashed"} if tail.kind in ("constant", "buffer") else {}

    def inside(self, frame: Any, boxes: Sequence[Box], level: int) -> None:
        """Draw boxes that share the first ``level`` scopes of their paths, those that share more in a frame."""
        groups: dict[Any, list[Box]] = {}
        for box in boxes:
            groups.setdefault(box.path[level] if len(box.path) > level else box.key, []).append(box)
        for scope, group in groups.items():
            if not isinstance(scope, Scope):
                frame.node(scope, self.text(group[0]), **self.look.box(group[0].kind))
            elif scope.kind and len(group) == 1:
                # A frame around a single box says nothing.
                self.inside(frame, group, level + 1)
            else:
                self.frames += 1
                called = [box for box in group if box.is_call]
                if called and scope.kind:
                    self.calls.setdefault((scope.name, scope.kind), []).append(called)
                with frame.subgraph(name=f"cluster_{self.frames}") as inner:
                    inner.attr(**self.frame(scope))
                    self.inside(inner, group, level + 1)

    def frame(self, scope: Scope) -> dict[str, str]:
        """How a frame looks: around the call of a module, or around a repeated block."""
        colours = {"fontcolor": self.look.ink if not scope.kind else self.look.grey, "color": self.look.faint}
        text = _scope_text(scope)
        if not scope.kind:
            return {"label": text, "style": "rounded,dashed", "penwidth": "2", "fontsize": "14", **colours}
        return {"label": lines((text, 10, self.look.grey)), "style": "rounded", "penwidth": "1", **colours}

    def text(self, box: Box) -> str:
        if box.kind == "gap":
            what = "calls" if any(member.is_call for member in box.members) else "arguments"
            return lines((f"⋯ {box.count:,} {what} ⋯", 13, self.look.ink))
        times = f"×{box.count}" if box.count > 1 and not box.is_call else ""
        if box.kind == "module":
            return self.module(box)
        extra = [times, *self.extra(box.item)] if times else self.extra(box.item)
        # Of several numbers none stands for all.
        several = "scalar" if isinstance(box.item.node, Scalar) else ""
        below = several if len(box.members) > 1 else self.below.get(box.item.key, "")
        return label(_named(box), self.look, extra, below)

    def module(self, box: Box) -> str:
        """Of a module: its name, class, how many calls and parameters it has, and the shape of its result."""
        node = box.item.node
        scope = box.item.scopes[sum(bool(around.kind) for around in box.path)]
        calls = sum(member.is_call for member in box.members) // box.count
        learned = sum(int(np.prod(m.node.shape)) for m in box.members if m.kind == "parameter" and m.node is not None)
        counted = f"{calls} calls" if calls > 1 else ""
        parameters = f"{learned // box.count:,} parameters" if learned else ""
        shape = "" if node is None else node_shape(node)
        return lines(
            (scope.name, 14, self.look.ink),
            (scope.kind, 11, self.look.ink),
            (", ".join(filter(None, (counted, parameters))), 10, self.look.grey),
            (shape, 10, self.look.grey),
        )

    def extra(self, item: Item) -> list[str]:
        """The details that were asked for."""
        node = item.node
        if isinstance(node, Scalar):
            return []
        found = []
        if "value" in self.details:
            value = item.value if node is None else self.values.get(node)
            if isinstance(value, np.ndarray):
                found.append(f"value {value_text(value)}")
        if "grad" in self.details and node is not None and getattr(node, "grad", None) is not None:
            found.append(f"grad {value_text(node.grad.array)}")
        if "saved" in self.details and node is not None and node.op is not None:
            saved = node.saved if isinstance(node.saved, tuple) else ()
            names = ("out", *getattr(node.op, "parameters", ()))
            kept = [(name, array) for name, array in zip(names, saved) if isinstance(array, np.ndarray)]
            found.append("keeps " + (", ".join(f"{name} {node_shape(array)}" for name, array in kept) or "nothing"))
        return found


def _named(box: Box) -> Item:
    """The item of a box; of one that stands for several calls or leaves under the names of the first and the last."""
    first, last = box.members[0].name if box.members else "", box.members[-1].name if box.members else ""
    return replace(box.item, name=f"{first} … {last}") if first and last and first != last else box.item


def _scope_text(scope: Scope) -> str:
    if not scope.kind:
        return scope.name
    again = f" · call {scope.call + 1}" if scope.call else ""
    kind = f" · {scope.kind}" if scope.kind != scope.name else ""
    return clean(f"{scope.name}{kind}{again}")
