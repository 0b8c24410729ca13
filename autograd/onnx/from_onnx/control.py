"""Nodes that run a graph within the graph: one of two, or the same one again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd

from ...engine.tensor import Tensor
from .registry import How, node


@node("If")
def if_(how: How, condition: Tensor) -> Any:
    return how.graphs["then_branch" if bool(condition) else "else_branch"]()


@node("Loop")
def loop(how: How, trips: Tensor | None = None, condition: Tensor | None = None, *carried: Tensor) -> Any:
    """The body takes the count of the trip, whether to go on, and what is carried; its last results are stacked."""
    most = None if trips is None else int(trips.item())
    going = autograd.tensor(True) if condition is None else condition
    kept: list[Sequence[Tensor]] = []
    while bool(going) and (most is None or len(kept) < most):
        going, *made = how.graphs["body"](autograd.tensor(len(kept)), going, *carried)
        carried, rows = tuple(made[: len(carried)]), made[len(carried) :]
        kept.append(rows)
    return *carried, *stacked(kept, how.outputs - len(carried))


def stacked(rows: Sequence[Sequence[Tensor]], count: int) -> list[Tensor]:
    """What each of the trips gave, one after the other; of none it is empty."""
    if not rows:
        return [autograd.empty(0) for _ in range(count)]
    return [autograd.stack(list(column)) for column in zip(*rows, strict=True)]


@node("Scan")
def scan(how: How, *inputs: Tensor) -> Any:
    """The body takes the states and the next slice of each other input; it gives the states, and slices of results."""
    count = how.attributes["num_scan_inputs"]
    states, sequences = inputs[: len(inputs) - count], inputs[len(inputs) - count :]
    slices = [
        (x.flip(axis) if backwards else x).unbind(axis)
        for x, axis, backwards in zip(
            sequences, how.get("scan_input_axes", [0] * count), how.get("scan_input_directions", [0] * count)
        )
    ]
    rows = []
    for given in zip(*slices, strict=True):
        made = how.graphs["body"](*states, *given)
        states, row = made[: len(states)], made[len(states) :]
        rows.append(row)
    results = stacked(rows, how.outputs - len(states))
    axes, directions = (how.get(name, [0] * len(results)) for name in ("scan_output_axes", "scan_output_directions"))
    turned = [x.flip(0) if backwards and rows else x for x, backwards in zip(results, directions)]
    return *states, *[x.movedim(0, axis) if rows else x for x, axis in zip(turned, axes)]
