"""How a recording becomes the record of a trace; `schema` says what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.walk import older_first
from ..ops.op import Op
from ..scalar import Scalar
from . import formulas
from .cells import backward_cells, cells, reduced, shape_of
from .check import finite_differences, seeds_of
from .graph import Item, Items, items_of
from .labels import clean
from .names import Names
from .recording import Arrival, Line, Recording, Update, Walk, plain
from .schema import Step
from .summary import summary
from .values import Unknown, arguments, known_values

SETTINGS = (bool, int, float, str, tuple, type(None))


class Builder:
    """The nodes, arrays and steps of one recording."""

    def __init__(self, recording: Recording, names: Names, check: bool = True) -> None:
        self.recording, self.check = recording, check
        walks = [event for event in recording.events if isinstance(event, Walk)]
        made = {event: None for event in recording.events if isinstance(event, Node)}
        self.results = {node: None for walk in walks for node in seeds_of(walk)}
        self.order = older_first({**made, **self.results})
        self.items = items_of({**made, **self.results}, names, recording, results=self.results)
        self.keys = {key: f"n{i}" for i, key in enumerate(self.items, 1)}
        self.values = known_values(self.order, recording)
        self.names = self._names()
        self.arrays: list[dict[str, Any]] = []
        self._array_ids: dict[int, int] = {}
        self._kept: list[Any] = []
        self.root = ""
        self.walks = 0
        self.longest: dict[Node, str] = {}

    def _names(self) -> dict[str, str]:
        """A name for each item: its own, L for a result, or a letter with a number."""
        found: dict[str, str] = {}
        alone = len(self.results) == 1 and not any(item.name == "L" for item in self.items.values())
        counts = {"v": 0, "c": 0, "L": 0}
        for key, item in self.items.items():
            if item.node is None and not isinstance(item.value, (np.ndarray, Node)):
                found[key] = formulas.amount(item.value)
                continue
            if alone and item.kind == "result" and not item.name:
                found[key] = "L"
                continue
            letter = {"constant": "c", "result": "L"}.get(item.kind, "v")
            counts[letter] += not item.name
            found[key] = clean(item.name) or formulas.numbered(letter, counts[letter])
        return found

    def named_items(self) -> Items:
        """The items under the names that the record has for them."""
        return {
            key: item if item.node is None and item.name == "" else replace(item, name=self.names[key])
            for key, item in self.items.items()
        }

    def numbers(self) -> dict[str, str]:
        """By item, of those that are a single number: that and its gradient, as wide as they get; after `record`."""
        return {
            f"n{node.id}": f"{formulas.plain_amount(value)} | {self.longest.get(node, '1')}"
            for node, value in self.values.items()
            if not isinstance(value, tuple) and np.size(value) == 1
        }

    def name(self, node: Node) -> str:
        return self.names[f"n{node.id}"]

    def key(self, node: Node) -> str:
        return self.keys[f"n{node.id}"]

    def array(self, value: Any) -> int | None:
        """The number of an array in the record, None of what isn't known."""
        if value is None:
            return None
        if isinstance(value, tuple):
            # Of a call with several results: the first that is known.
            value = next((one for one in value if one is not None), None)
            return self.array(value)
        if id(value) not in self._array_ids:
            self._array_ids[id(value)] = len(self.arrays)
            self._kept.append(value)
            self.arrays.append(summary(value))
        return self._array_ids[id(value)]

    def record(self) -> dict[str, Any]:
        """The nodes, the arrays and the steps."""
        nodes = {self.keys[key]: self.node(item) for key, item in self.items.items()}
        steps: list[Step] = []
        for event in self.recording.events:
            if isinstance(event, Walk):
                steps += self.backward(event)
                self.walks += 1
            elif isinstance(event, Update):
                steps += self.update(event)
            elif f"n{event.id}" in self.keys:
                steps.append(self.forward(event))
        return {"nodes": nodes, "arrays": self.arrays, "steps": steps}

    def node(self, item: Item) -> dict[str, Any]:
        node, value = item.node, item.value
        op = None if node is None else node.op
        like = node if node is not None else value
        shaped = isinstance(like, (Node, np.ndarray))
        shape = list(like.shape) if shaped else []
        if shape and not isinstance(shape[0], int):
            shape = list(next(one for one in like.shape if one is not None))
        known = self.values.get(node) if node is not None else value
        made: dict[str, Any] = {
            "kind": item.kind,
            "name": self.names[item.key],
            "op": "" if op is None else op.name,
            "symbol": "" if op is None else op.symbol,
            "shape": shape,
            "dtype": like.dtype.name if shaped else "",
            "modules": [f"{scope.name} · {scope.kind}" for scope in item.scopes],
            "inputs": [self.keys[key] for key in item.inputs],
            "value": None if isinstance(known, Node) else self.array(known),
            "arguments": [],
            "line": None,
            "derivative": [],
            "settings": {},
            "cells": [],
        }
        if node is not None and op is not None:
            made |= self.call(item, node, op)
        return made

    def call(self, item: Item, node: Node, op: Op) -> dict[str, Any]:
        flat = self.given(node)
        operands = len(node.parents) if op.variadic else op.arity
        out = node.shape if not node.shape or isinstance(node.shape[0], int) else ()
        rules = cells(op, out, [shape_of(value) for value in flat[:operands]], flat) if flat else []
        parameters = op.parameters[1 if op.variadic else operands :]
        return {
            "arguments": [self.array(value) for value in self.operands(item, flat)],
            "line": line(self.line(node)),
            "derivative": list(op.derivative),
            "settings": described(zip(parameters, flat[operands:])),
            "cells": [rules[position] if position < len(rules) else None for position in item.positions],
        }

    def line(self, node: Node) -> Line | None:
        call = self.recording.call(node.call)
        return self.recording.lines.get(node) if call is None else call.line

    def given(self, node: Node) -> list[Any]:
        """What a call was given, those of a variadic op one by one; nothing if that isn't known."""
        try:
            given = arguments(node, self.values, self.recording)
        except Unknown:
            return []
        return [*given[0], *given[1:]] if node.op is not None and node.op.variadic else given

    def forward(self, node: Node) -> Step:
        item = self.items[f"n{node.id}"]
        values = self.operands(item, self.given(node))
        out = self.values.get(node)
        names = [self.names[key] for key in item.inputs]
        symbols, numbers = formulas.forward(self.name(node), node.op, names, values, out)
        return {"phase": "forward", "kind": "call", "node": self.key(node), "formula": symbols, "numbers": numbers}

    def operands(self, item: Item, flat: Sequence[Any]) -> list[Any]:
        """The values of the inputs of a call, as they were when it was made."""
        if flat:
            return [flat[position] for position in item.positions]
        return [self.value_of(key) for key in item.inputs]

    def value_of(self, key: str) -> Any:
        item = self.items[key]
        if item.node is not None:
            return self.values.get(item.node)
        return None if isinstance(item.value, Node) else item.value

    def backward(self, walk: Walk) -> list[Step]:
        """The steps of a walk: what sets out, what each call passes back, how it adds up, what arrives at leaves."""
        seeds = seeds_of(walk)
        self.root = self.name(next(iter(seeds)))
        order = older_first(seeds)
        checks = finite_differences(walk, order, self.recording, self.values) if self.check else {}
        sums: dict[Node, Any] = {}
        steps: list[Step] = []
        for arrival in walk.arrivals:
            node = arrival.node
            # What the hooks of a node made of the sum is what it goes on with.
            sums[node] = arrival.upstream
            if node in seeds:
                steps.append(self.start(arrival))
            for contribution in arrival.contributions:
                steps += self.pass_back(arrival, contribution, sums)
            if node.op is None or isinstance(node, Scalar):
                steps.append(self.arrive(arrival, checks.get(node)))
        return steps

    def start(self, arrival: Arrival) -> Step:
        return {
            **self.step("start", arrival.node),
            "gradient": self.array(arrival.upstream),
            "formula": formulas.partial(self.root, self.name(arrival.node)),
            "numbers": f"= {formulas.plain_amount(_single(arrival.upstream))}",
        }

    def step(self, kind: str, node: Node) -> Step:
        return {"phase": "backward", "kind": kind, "walk": self.walks, "node": self.key(node)}

    def pass_back(
        self, arrival: Arrival, contribution: tuple[int, Node, Any, Any], sums: dict[Node, Any]
    ) -> list[Step]:
        position, parent, added, local = contribution
        node, op = arrival.node, arrival.node.op
        product = arrival.unreduced.get(position, added)
        axes = _summed(node.shape, parent.shape) if position in arrival.unreduced else []
        symbols, numbers = formulas.passed_back(
            self.root,
            self.name(node),
            self.name(parent),
            _single(arrival.upstream),
            local,
            _single(product),
            _single(added),
            axes,
        )
        texts = op.derivative if op is not None else ()
        rules = None
        if op is not None and len(node.shape) == 2 and all(p is None or len(p.shape) <= 2 for p in node.parents):
            rules = backward_cells(op, position)
        back: Step = {
            **self.step("local", node),
            "argument": position,
            "parent": self.key(parent),
            "upstream": self.array(arrival.upstream),
            "local": self.array(local),
            "product": self.array(product),
            "axes": axes,
            "contribution": self.array(added),
            "rule": texts[min(position, len(texts) - 1)] if texts else "",
            "cells": [] if rules is None else [list(rule) for rule in rules],
            "reduced": reduced(parent.shape, node.shape) if axes else None,
            "formula": symbols,
            "numbers": numbers,
        }
        before = sums.get(parent)
        after = added if before is None else before + added
        sums[parent] = after
        if np.size(_single(after)) == 1:
            self.longest[parent] = max(self.longest.get(parent, ""), formulas.amount(_single(after)), key=len)
        symbols, numbers = formulas.accumulated(
            self.root, self.name(parent), _single(before), _single(added), _single(after)
        )
        add: Step = {
            **self.step("accumulate", node),
            "argument": position,
            "parent": self.key(parent),
            "before": self.array(before),
            "added": self.array(added),
            "after": self.array(after),
            "formula": symbols,
            "numbers": numbers,
        }
        return [back, add]

    def arrive(self, arrival: Arrival, check: dict[str, Any] | None) -> Step:
        gradient, before = arrival.upstream, arrival.grad
        if isinstance(arrival.node, Scalar) and not before:
            before = None
        after = gradient if before is None else plain(before + gradient)
        symbols, numbers = formulas.arrived(self.root, self.name(arrival.node), before, gradient, after)
        return {
            **self.step("leaf", arrival.node),
            "gradient": self.array(gradient),
            "before": self.array(before),
            "after": self.array(after),
            "check": check,
            "formula": symbols,
            "numbers": numbers,
        }

    def update(self, event: Update) -> list[Step]:
        steps = []
        for parameter, gradient, before, after in event.changes:
            if parameter.node is None or f"n{parameter.node.id}" not in self.keys:
                continue
            symbols, numbers = formulas.updated(self.name(parameter.node), before, after)
            group = event.settings[0] if event.settings else {}
            steps.append(
                {
                    "phase": "update",
                    "kind": "update",
                    "node": self.key(parameter.node),
                    "optimizer": event.optimizer,
                    "settings": described((name, value) for name, value in group.items() if value),
                    "gradient": self.array(gradient),
                    "before": self.array(before),
                    "after": self.array(after),
                    "formula": symbols,
                    "numbers": numbers,
                }
            )
        return steps


def described(settings: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Settings as text; what is neither a number nor a name is left out."""
    return {name: str(value) for name, value in settings if isinstance(value, SETTINGS)}


def line(found: Line | None) -> dict[str, Any] | None:
    return None if found is None else {"file": found.file, "number": found.number, "text": found.text}


def _single(value: Any) -> Any:
    """Of the gradients of several results, the first that has arrived."""
    return next((one for one in value if one is not None), None) if isinstance(value, tuple) else value


def _summed(out: Sequence[int], shape: Sequence[int]) -> list[int]:
    """The dimensions of ``out`` that were summed to get to ``shape``."""
    ahead = len(out) - len(shape)
    return [axis for axis, n in enumerate(out) if axis < ahead or (shape[axis - ahead] == 1 != n)]
