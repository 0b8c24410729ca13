"""The drawings in the page of a trace, and in which of their boxes each node of the record is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..engine.node import Node
from . import folding, formulas
from .boxes import Folded
from .contents import Contents
from .drawing import sketch
from .graph import add_failed
from .labels import clean, node_shape
from .looks import LIGHT
from .svg import rebuilt

# Up to so many calls a page can show one by one, besides folded.
OPENED = 400


class Figure(NamedTuple):
    """svg: the drawing. boxes: for each node of the record, by key, the box that it is in. folded: whether calls that
    come several times in a row are one box.
    """

    svg: str
    boxes: dict[str, str]
    folded: bool


def figures_of(contents: Contents, longest: Mapping[Node, str]) -> list[Figure]:
    """The drawing of the items of a recording, and if there are repeated steps another, in which they are folded, or
    open where they are folded in the first.

    longest: the longest text of the gradient of a single number, for which there is to be room.
    """
    numbers = {
        f"n{node.id}": f"{formulas.plain_amount(value)} | {longest.get(node, '1')}"
        for node, value in contents.values.items()
        if not isinstance(value, tuple) and np.size(value) == 1 and f"n{node.id}" in contents.keys
    }
    return [_figure(contents, folded, numbers) for folded in _ways(contents)]


def _ways(contents: Contents) -> Iterator[Folded]:
    """The ways to fold a graph: as it can be read, and the other way."""
    items = contents.named_items()
    if contents.recording.failure is not None:
        add_failed(items, contents.recording, contents.names_of)
    first = folding.fold(items)
    yield first
    if not first.notes:
        other = folding.fold(items, repeats=True)
        if other.notes:
            yield other
    elif sum(item.is_call for item in items.values()) <= OPENED:
        yield folding.fold(items, repeats=False)


def _figure(contents: Contents, folded: Folded, numbers: Mapping[str, str]) -> Figure:
    kinds = {key: box.kind for key, box in folded.boxes.items()}
    labels = {}
    for key, box in folded.boxes.items():
        node = box.item.node
        op = "" if node is None or node.op is None else node.op.name
        shape = "" if node is None else node_shape(node)
        # What raised is no part of the record.
        name = contents.names.get(box.item.key, box.item.note)
        labels[key] = clean(" ".join(filter(None, (name, op, shape))))
    drawn = sketch(folded, numbers).pipe(format="svg", encoding="utf-8")
    svg = rebuilt(drawn, kinds, labels, LIGHT.ink)
    return Figure(
        svg, {contents.keys[key]: box for key, box in folded.place.items() if key in contents.keys}, bool(folded.notes)
    )
