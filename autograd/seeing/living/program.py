"""What a recording ran, as a program that a page runs again: calls, walks back and steps of optimizers, in order.

It is plain JSON: ``leaves`` by the keys of the record, each an array; ``events``, which are

``{"call": key, "op": name, "given": [...], "from": [[place, key, number], ...]}``
    a call of an op: its arguments in one list, those that other calls made filled in from where they are made (number:
    which of several results, else null). ``count``: how many of them are a variadic op's Tensors.
``{"walk": [[key, gradient], ...], "kept": {key: gradient, ...}}``
    a walk back, and the leaves whose gradients it adds to those of before: to the one here if no walk came before.
``{"update": name, "changes": [{"node", "settings", "state", "after"}, ...]}``
    a step of an optimizer; ``after`` where the page doesn't know its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.node import Node
from ...ops.op import Op
from ...ops.several import PICK
from ...scalar import Scalar
from ..check import seeds_of
from ..contents import Contents
from ..events import Update, Walk
from .packing import Packing, packed_array
from .writing import Untranslatable

# A page with more numbers to compute with than this shows what was recorded, and no more.
MOST = 300_000


class TooLarge(Exception):
    """A recording that a page could hardly hold."""


class Program:
    """The program of a recording, `made`, and which ops and classes were translated for it."""

    def __init__(self, contents: Contents, packing: Packing, optimizers: Mapping[str, Any]) -> None:
        self.contents, self.packing, self.optimizers = contents, packing, optimizers
        self.left = MOST
        # Leaves by key, and what calls were given that no call made, by identity.
        self.leaves: dict[str, Any] = {}
        events = [self.event(event) for event in contents.recording.events]
        self.made = {"leaves": self.leaves, "events": [event for event in events if event is not None]}

    def event(self, event: Node | Walk | Update) -> dict[str, Any] | None:
        if isinstance(event, Walk):
            return self.walk(event)
        if isinstance(event, Update):
            return self.update(event)
        return self.call(event) if f"n{event.id}" in self.contents.keys else None

    def array(self, value: Any) -> Any:
        self.left -= int(np.size(value))
        if self.left < 0:
            raise TooLarge
        return packed_array(np.asarray(value, np.float64 if isinstance(value, float) else None))

    def source(self, parent: Node) -> tuple[str, int | None]:
        """The key of what made an argument, a leaf noted if it is one, and which of several results it is."""
        if parent.op is PICK:
            (whole,) = parent.parents
            assert whole is not None
            return self.contents.key(whole), parent.saved[1]
        key = self.contents.key(parent)
        if parent.op is None and key not in self.leaves:
            value = self.contents.values.get(parent)
            if value is None:
                raise Untranslatable("a leaf whose value is not known")
            self.leaves[key] = self.array(value)
        return key, None

    def call(self, node: Node) -> dict[str, Any]:
        """A call; one of an op that can't be translated has ``why`` in place of its name."""
        key, op = self.contents.key(node), node.op
        origins = [[i, *self.source(parent)] for i, parent in enumerate(node.parents) if parent is not None]
        event: dict[str, Any] = {"call": key, "from": origins}
        flat = list(self.contents.given(node))
        if not isinstance(op, Op) or op.kind == "constant" or not flat:
            return {**event, "why": "no op of the library, or called with something that is not known any more"}
        filled = {i for i, *_ in origins}
        try:
            self.packing.translation.op(op)
            given = [None if i in filled else self.argument(op, value, i) for i, value in enumerate(flat)]
        except Untranslatable as error:
            return {**event, "why": str(error)}
        if isinstance(node, Scalar):
            given = given[: op.arity]
        event |= {"op": op.name, "given": given}
        return {**event, "count": len(node.parents)} if op.variadic else event

    def argument(self, op: Op, value: Any, place: int) -> Any:
        if isinstance(value, np.ndarray):
            return self.array(value)
        name = op.parameters[place] if not op.variadic and place < len(op.parameters) else ""
        return self.packing.argument(name, value)

    def walk(self, walk: Walk) -> dict[str, Any]:
        seeds = [[self.contents.key(node), self.array(g)] for node, g in seeds_of(walk).items()]
        kept = {
            self.contents.key(arrival.node): self.array(arrival.grad)
            for arrival in walk.arrivals
            if arrival.node.op is None and arrival.grad is not None and not _is_fresh(arrival)
        }
        return {"walk": seeds, "kept": kept}

    def update(self, update: Update) -> dict[str, Any]:
        known = update.optimizer in self.optimizers
        changes = []
        for change in update.changes:
            node = change.parameter.node
            if node is None or f"n{node.id}" not in self.contents.keys:
                continue
            made: dict[str, Any] = {"node": self.contents.key(node)}
            if known:
                made["settings"] = {name: self.packing.packed(value) for name, value in plain(change.settings).items()}
                made["state"] = {name: self.array(value) for name, value in change.state.items() if value is not None}
            else:
                made["after"] = self.array(change.after)
            changes.append(made)
        return {"update": update.optimizer, "changes": changes}


def _is_fresh(arrival: Any) -> bool:
    """Whether a Scalar has no gradient from before: they begin at 0."""
    return isinstance(arrival.node, Scalar) and not arrival.grad


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an optimizer that are numbers, bools or pairs of numbers."""
    return {
        name: tuple(map(float, value)) if isinstance(value, (tuple, list)) else value
        for name, value in settings.items()
        if value is None or isinstance(value, (bool, int, float, tuple, list))
    }
