"""The steps of a record: the calls, the way back with what adds up on it, and what optimizers changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.node import Node
from ..engine.walk import older_first
from ..scalar import Scalar
from . import formulas
from .cells import backward_cells, reduced
from .check import finite_differences, seeds_of
from .contents import Contents
from .events import Arrival, Update, Walk, snapshot
from .nodes import described
from .schema import Step
from .updates import Line, filled, is_against_the_gradient, lines_of


class Steps:
    """``made``: the steps, in the order in which they happened.

    check: measure the gradients of leaves by finite differences too.
    longest: for each node whose gradient is a single number, the longest text that this had while it added up.
    """

    def __init__(self, contents: Contents, check: bool) -> None:
        self.contents, self.check = contents, check
        # The name of what the walk that is told of set out from, and the number of that walk.
        self.root = ""
        self.walk = -1
        self.longest: dict[Node, str] = {}
        # The number of each mark of what a compiled function replays in one go.
        self.marks: dict[Any, int] = {}
        self.made = [step for event in contents.recording.events for step in self.event(event)]

    def event(self, event: Node | Walk | Update) -> list[Step]:
        if isinstance(event, Walk):
            self.walk += 1
            return self.backward(event)
        if isinstance(event, Update):
            return self.update(event)
        return self.forward(event)

    def forward(self, node: Node) -> list[Step]:
        """The step of a call, if it is part of what is shown."""
        contents = self.contents
        if f"n{node.id}" not in contents.keys:
            return []
        item = contents.items[f"n{node.id}"]
        values = contents.operands(item, contents.given(node))
        names = [contents.names[key] for key in item.inputs]
        symbols, numbers = formulas.forward(contents.name(node), node.op, names, values, contents.values.get(node))
        call = contents.recording.call(node)
        step = {"phase": "forward", "kind": "call", "node": contents.key(node)}
        return [{**step, **self.together(call and call.together), "formula": symbols, "numbers": numbers}]

    def together(self, mark: Any) -> Step:
        """What a step has besides that is replayed in one go with others, which have this mark."""
        return {} if mark is None else {"together": self.marks.setdefault(mark, len(self.marks))}

    def backward(self, walk: Walk) -> list[Step]:
        """The steps of a walk: what sets out, what each call passes back, how it adds up, what arrives at leaves."""
        seeds = seeds_of(walk)
        self.root = self.contents.name(next(iter(seeds)))
        order = older_first(seeds)
        checks = finite_differences(walk, order, self.contents.recording, self.contents.values) if self.check else {}
        sums: dict[Node, Any] = {}
        steps: list[Step] = []
        for arrival in walk.arrivals:
            node = arrival.node
            if node not in seeds and (hooked := self.hook(arrival, sums.get(node))):
                steps.append(hooked)
                # What a gradient says then is no slope that could be measured.
                checks = {}
            # What the hooks of a node made of the sum is what it goes on with.
            sums[node] = arrival.upstream
            if node in seeds:
                steps.append(self.start(arrival))
            for contribution in arrival.contributions:
                steps += self.pass_back(arrival, contribution, sums)
            if node.op is None or isinstance(node, Scalar):
                steps.append(self.arrive(arrival, checks.get(node)))
        return steps

    def hook(self, arrival: Arrival, before: Any) -> Step | None:
        """The step of the hooks of a node, if they made another gradient of the one that added up."""
        after = arrival.upstream
        if before is None or isinstance(before, tuple) or np.allclose(before, after, 1e-5, 0, equal_nan=True):
            return None
        symbols, numbers = formulas.hooked(self.root, self.contents.name(arrival.node), before, after)
        return {
            **self.step("hook", arrival.node),
            "before": self.contents.array(before),
            "after": self.contents.array(after),
            "formula": symbols,
            "numbers": numbers,
        }

    def start(self, arrival: Arrival) -> Step:
        return {
            **self.step("start", arrival.node),
            "gradient": self.contents.array(arrival.upstream),
            "formula": formulas.partial(self.root, self.contents.name(arrival.node)),
            "numbers": f"= {formulas.plain_amount(_single(arrival.upstream))}",
        }

    def step(self, kind: str, node: Node) -> Step:
        return {"phase": "backward", "kind": kind, "walk": self.walk, "node": self.contents.key(node)}

    def pass_back(
        self, arrival: Arrival, contribution: tuple[int, Node, Any, Any], sums: dict[Node, Any]
    ) -> list[Step]:
        position, parent, added, local = contribution
        node, op = arrival.node, arrival.node.op
        product = arrival.unreduced.get(position, added)
        axes = _summed(node.shape, parent.shape) if position in arrival.unreduced else []
        before = sums.get(parent)
        after = added if before is None else before + added
        sums[parent] = after
        symbols, numbers = formulas.passed_back(
            self.root,
            self.contents.name(node),
            self.contents.name(parent),
            _single(arrival.upstream),
            local,
            _single(product),
            _single(added),
            axes,
            first=before is None,
        )
        texts = op.derivative if op is not None else ()
        rules = None
        if op is not None and len(node.shape) == 2 and all(p is None or len(p.shape) <= 2 for p in node.parents):
            rules = backward_cells(op, position)
        back: Step = {
            **self.step("local", node),
            **self.together(arrival.together),
            "argument": position,
            "parent": self.contents.key(parent),
            "upstream": self.contents.array(arrival.upstream),
            "local": self.contents.array(local),
            "product": self.contents.array(product),
            "axes": axes,
            "contribution": self.contents.array(added),
            "rule": texts[min(position, len(texts) - 1)] if texts else "",
            "cells": [] if rules is None else [list(rule) for rule in rules],
            "reduced": reduced(parent.shape, node.shape) if axes else None,
            "formula": symbols,
            "numbers": numbers,
        }
        if np.size(_single(after)) == 1:
            self.longest[parent] = max(self.longest.get(parent, ""), formulas.amount(_single(after)), key=len)
        if before is None:
            # What arrives first is all there is so far: nothing adds up yet.
            return [{**back, "after": self.contents.array(after)}]
        symbols, numbers = formulas.accumulated(
            self.root, self.contents.name(parent), _single(before), _single(added), _single(after)
        )
        add: Step = {
            **self.step("accumulate", node),
            **self.together(arrival.together),
            "argument": position,
            "parent": self.contents.key(parent),
            "before": self.contents.array(before),
            "added": self.contents.array(added),
            "after": self.contents.array(after),
            "formula": symbols,
            "numbers": numbers,
        }
        return [back, add]

    def arrive(self, arrival: Arrival, check: dict[str, Any] | None) -> Step:
        gradient, before = arrival.upstream, arrival.grad
        if isinstance(arrival.node, Scalar) and not before:
            before = None
        after = gradient if before is None else snapshot(before + gradient)
        symbols, numbers = formulas.arrived(self.root, self.contents.name(arrival.node), before, gradient, after)
        return {
            **self.step("leaf", arrival.node),
            "gradient": self.contents.array(gradient),
            "before": self.contents.array(before),
            "after": self.contents.array(after),
            "check": check,
            "formula": symbols,
            "numbers": numbers,
        }

    def update(self, event: Update) -> list[Step]:
        contents, steps = self.contents, []
        for change in event.changes:
            node = change.parameter.node
            if node is None or f"n{node.id}" not in contents.keys:
                continue
            lines = lines_of(event.optimizer, change)
            symbols, numbers = formulas.updated(contents.name(node), change.before, change.after)
            steps.append(
                {
                    "phase": "update",
                    "kind": "update",
                    "node": contents.key(node),
                    "optimizer": event.optimizer,
                    "settings": described((name, value) for name, value in change.settings.items() if value),
                    "straight": is_against_the_gradient(change),
                    "lines": [self.line(line) for line in lines],
                    "gradient": contents.array(change.gradient),
                    "before": contents.array(change.before),
                    "after": contents.array(change.after),
                    "formula": symbols,
                    "numbers": numbers,
                }
            )
        return steps

    def line(self, line: Line) -> dict[str, Any]:
        """A line of an update, as the record has it."""
        given = {name: self.contents.array(value) for name, value in line.given.items()}
        return {
            "name": line.name,
            "formula": line.formula,
            "given": given,
            "value": self.contents.array(line.value),
            "numbers": filled(line),
        }


def _single(value: Any) -> Any:
    """Of the gradients of several results, the first that has arrived."""
    return next((one for one in value if one is not None), None) if isinstance(value, tuple) else value


def _summed(out: Sequence[int], shape: Sequence[int]) -> list[int]:
    """The dimensions of ``out`` that were summed to get to ``shape``."""
    ahead = len(out) - len(shape)
    return [axis for axis, n in enumerate(out) if axis < ahead or (shape[axis - ahead] == 1 != n)]
