"""What the fused calls of a trace consist of: for each a record of its reference, run on what was recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node
from ..ops.several import PICK
from .contents import Contents
from .figure import Figure, figures_of
from .graph import Item
from .nodes import nodes_of
from .opening import Opened, can_be_opened, opened
from .schema import Record
from .steps import Steps

# The records of all that can be opened have at most so many elements; arguments larger than this aren't run again.
ROOM = 120_000
LARGEST = 2_000_000


class Insides:
    """The records of what is inside of fused calls, by number. Calls in them can be opened, too."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.contents: list[Contents] = []
        self.left = ROOM

    def number(self, contents: Contents, item: Item) -> int | None:
        """The number of the record of what is inside of a call; None where nothing is, or there is no room for it."""
        node = item.node
        if node is None or not can_be_opened(node.op) or self.left <= 0:
            return None
        assert node.op is not None
        given = contents.given(node)
        if not given or sum(np.size(value) for value in given if isinstance(value, np.ndarray)) > LARGEST:
            return None
        found = opened(node.op, given, node.parents)
        if found is None or not _agrees(found, contents.values.get(node)):
            return None
        _name(found, contents, item, node)
        inside = Contents(found.recording, found.recording.names, dict.fromkeys(filter(None, found.results)), "u")
        before, self.left = (
            self.left,
            self.left
            - sum(min(int(np.prod(one.shape, dtype=int)), ROOM) for one in inside.order if one.op is not None),
        )
        if self.left < 0:
            self.left = before
            return None
        number = len(self.records)
        self.records.append({})
        self.contents.append(inside)
        nodes, steps = nodes_of(inside, self.number), Steps(inside, check=False).made
        self.records[number] = {
            "title": contents.names[item.key],
            "nodes": nodes,
            "arrays": inside.arrays,
            "steps": steps,
        }
        return number

    def figures(self) -> list[list[Figure]]:
        """The drawings of each record."""
        return [figures_of(contents, {}) for contents in self.contents]


def _agrees(found: Opened, value: Any) -> bool:
    """Whether the reference made of the arguments what the kernel made of them, up to rounding."""
    made = [found.recording.values.get(one) if one is not None else None for one in found.results]
    expected = list(value) if isinstance(value, tuple) else [value]
    return all(
        ours is not None and theirs is not None and np.allclose(ours, theirs, *_tolerance(theirs), equal_nan=True)
        for ours, theirs in zip(made, expected)
    )


def _tolerance(value: Any) -> tuple[float, float]:
    precision = float(np.finfo(np.asarray(value).dtype).eps) ** 0.5
    return precision, precision * float(np.nanmax(np.abs(value), initial=1e-6))


def _name(found: Opened, contents: Contents, item: Item, node: Node) -> None:
    """Call what comes from outside, and what goes there, as it is called there."""
    assert node.op is not None
    names = found.recording.names
    keys = dict(zip(item.positions, item.inputs))
    for leaf, place in found.outside.items():
        key = keys.get(place)
        names.of_node[leaf] = node.op.parameters[place] if key is None else contents.names[key]
        kind = "constant" if key is None else contents.items[key].kind
        names.parts[leaf] = "input" if kind in ("op", "result") else kind
    if not node.op.several and found.results[0] is not None:
        names.of_node[found.results[0]] = contents.names[item.key]
    for key, other in contents.items.items() if node.op.several else ():
        if other.node is not None and other.node.op is PICK and other.node.call is node:
            end = found.results[other.node.saved[1]]
            if end is not None:
                names.of_node[end] = contents.names[key]
