"""The drawing in the page of a trace, and in which of its boxes each node of the record is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..engine.node import Node
from . import formulas
from .contents import Contents
from .drawing import sketch
from .labels import clean, node_shape
from .looks import LIGHT
from .svg import rebuilt


class Figure(NamedTuple):
    """svg: the drawing. boxes: for each node of the record, by key, the box that it is in."""

    svg: str
    boxes: dict[str, str]


def figure_of(contents: Contents, longest: Mapping[Node, str]) -> Figure:
    """The drawing of the items of a recording, with room for the longest text of the gradient of a single number."""
    numbers = {
        f"n{node.id}": f"{formulas.plain_amount(value)} | {longest.get(node, '1')}"
        for node, value in contents.values.items()
        if not isinstance(value, tuple) and np.size(value) == 1
    }
    picture, folded = sketch(contents.named_items(), numbers)
    kinds = {key: box.kind for key, box in folded.boxes.items()}
    labels = {}
    for key, box in folded.boxes.items():
        node = box.item.node
        op = "" if node is None or node.op is None else node.op.name
        shape = "" if node is None else node_shape(node)
        labels[key] = clean(" ".join(filter(None, (contents.names[box.item.key], op, shape))))
    svg = rebuilt(picture.pipe(format="svg", encoding="utf-8"), kinds, labels, LIGHT.ink)
    return Figure(svg, {contents.keys[key]: box for key, box in folded.place.items()})
