"""Gradients on their way back, and how the walk adds them up."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.versions import owner
from ..ops.index import Placed
from .calls import copied, owner_of
from .tape import Call, Value
from .values import Values


class Arriving:
    """What has come to each node so far, as values of ``values``.

    ends: of a walk that is recorded for itself, where it ends, by number; ``arrived``: what came there, in order.
    """

    def __init__(self, values: Values) -> None:
        self._values = values
        self._at: dict[Node, Value] = {}
        # Where memory lies that is nobody else's, and may be added to.
        self._summed: set[Node] = set()
        # Gradients that aren't written out: mostly zeros, with what was placed among them.
        self._placed: set[int] = set()
        self.ends: dict[Node, int] = {}
        self.arrived: list[tuple[int, Value]] = []

    def begin(self, seeds: Iterable[tuple[Node, Value]]) -> None:
        """A walk begins with these."""
        self._at.update(seeds)

    def end(self) -> None:
        """A walk is over: what came to other nodes than its ends has gone."""
        self._at.clear()
        self._summed.clear()

    def take(self, node: Node) -> Value | None:
        """What came to ``node``, which the walk has reached."""
        self._summed.discard(node)
        return self._at.pop(node, None)

    def know(self, gradient: Any, arrived: Value) -> None:
        """Know ``gradient`` as what arrived."""
        values = self._values
        if values.known.get(id(gradient)) is arrived:
            return
        if isinstance(gradient, np.ndarray) and id(arrived) in self._placed:
            arrived = values.tape.add(np.asarray, (arrived,), "gradient")
        values.know(gradient, arrived)
        if isinstance(gradient, np.ndarray):
            memory = owner(gradient)
            if id(memory) not in values.known:
                values.know(memory, Value("part", arrived, owner_of))

    def add(self, contributions: Sequence[tuple[Node, Any]], calls: Sequence[Call]) -> None:
        """What a node gives to its parents, made by these calls: added up as the walk does."""
        values, tape = self._values, self._values.tape
        fresh = {id(call.result) for call in calls}
        kept: set[int] = set()
        for parent, contribution in contributions:
            value = values.value_of(contribution)
            if type(contribution) is Placed:
                self._placed.add(id(value))
            if parent in self.ends:
                self.arrived.append((self.ends[parent], value))
                continue
            before = self._at.get(parent)
            if before is None:
                if parent.op is None and type(contribution) is np.ndarray:
                    # Memory that a rule made for this gradient alone is kept, as the walk does.
                    source = value.source if value.kind == "part" and type(value.place) is int else value
                    if contribution.base is not None or id(source) not in fresh or id(contribution) in kept:
                        value = tape.add(copied, (value,), "gradient")
                    kept.add(id(contribution))
                    self._summed.add(parent)
            elif parent in self._summed:
                value = tape.add(operator.iadd, (before, value), "+=")
            else:
                value = tape.add(operator.add, (before, value), "+")
                self._summed.add(parent)
            self._at[parent] = value
