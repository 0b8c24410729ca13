"""The drawing in the page of a trace, and in which of its boxes each node of the record is."""

from __future__ import annotations

from typing import NamedTuple

from .building import Builder
from .drawing import sketch
from .labels import clean, node_shape
from .looks import LIGHT
from .svg import rebuilt


class Figure(NamedTuple):
    """svg: the drawing. boxes: for each node of the record, by key, the box that it is in."""

    svg: str
    boxes: dict[str, str]


def figure_of(builder: Builder) -> Figure:
    """The drawing of what ``builder`` has made a record of."""
    picture, folded = sketch(builder.named_items(), builder.numbers())
    kinds = {key: box.kind for key, box in folded.boxes.items()}
    labels = {}
    for key, box in folded.boxes.items():
        node = box.item.node
        op = "" if node is None or node.op is None else node.op.name
        shape = "" if node is None else node_shape(node)
        labels[key] = clean(" ".join(filter(None, (builder.names[box.item.key], op, shape))))
    svg = rebuilt(picture.pipe(format="svg", encoding="utf-8"), kinds, labels, LIGHT.ink)
    return Figure(svg, {builder.keys[key]: box for key, box in folded.place.items()})
