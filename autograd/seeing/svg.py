"""A drawing as plain SVG: laid out by dot, then rebuilt from what is known to be harmless, with classes for colours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from .boxes import COPY

SVG = "{http://www.w3.org/2000/svg}"
KEPT = {
    "path": ("d",),
    "polygon": ("points",),
    "polyline": ("points",),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "text": ("x", "y", "text-anchor", "font-size"),
}


def rebuilt(source: str, kinds: Mapping[str, str], labels: Mapping[str, str], ink: str) -> str:
    """The SVG that dot made as one that can stand inside of a page.

    Nodes are groups of the class ``node`` and of their kind, with a key of their own, another that copies of a box
    share, and a label for screen readers; edges have the keys of both ends.
    ink: the colour of main text; other text gets the class ``soft``.
    """
    given = ElementTree.fromstring(source)
    whole = given.find(f"{SVG}g")
    assert whole is not None
    made = ElementTree.Element("svg", {"xmlns": SVG[1:-1], "viewBox": _view(given, whole), "role": "group"})
    for group in whole.findall(f"{SVG}g"):
        title = group.findtext(f"{SVG}title", "")
        attributes = _described(group.get("class", ""), title, kinds, labels)
        if group.get("class") == "cluster" and _is_dashed(group):
            attributes["class"] += " repeated"
        if group.get("class") == "edge" and _is_dashed(group):
            attributes["class"] += " dashed"
        inner = ElementTree.SubElement(made, "g", attributes)
        middle = _middle(group)
        for shape in group.iter():
            name = shape.tag.removeprefix(SVG)
            if name in KEPT:
                _add(inner, name, shape, ink, middle)
    return ElementTree.tostring(made, encoding="unicode")


def _described(kind: str, title: str, kinds: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    if kind == "node":
        label = {"aria-label": labels.get(title, title), "tabindex": "0", "role": "button"}
        return {"class": f"node {kinds.get(title, 'op')}", "data-box": title, "data-key": _original(title), **label}
    if kind == "edge":
        tail, _, head = title.partition("->")
        return {"class": "edge", "data-tail": tail, "data-head": head, "aria-hidden": "true"}
    return {"class": "cluster"}


def _original(key: str) -> str:
    """The key of the box that a copy stands for, beside one of its uses."""
    return key.partition(COPY)[0]


def _view(svg: ElementTree.Element, whole: ElementTree.Element) -> str:
    """What is seen, in the coordinates of the shapes."""
    width, height = svg.get("viewBox", "0 0 10 10").split()[2:]
    moved = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", whole.get("transform", ""))
    x, y = (-float(moved[1]), -float(moved[2])) if moved else (0.0, 0.0)
    return f"{x:g} {y:g} {width} {height}"


def _middle(group: ElementTree.Element) -> float | None:
    """The middle of the shape of a group: all its text is centred, whatever font it is shown in."""
    for shape in group.iter():
        numbers = re.findall(r"-?[\d.]+", shape.get("d") or shape.get("points") or "")
        if numbers:
            across = [float(x) for x in numbers[::2]]
            return (min(across) + max(across)) / 2
    return None


def _is_dashed(group: ElementTree.Element) -> bool:
    return any(shape.get("stroke-dasharray") for shape in group.iter())


def _add(parent: ElementTree.Element, name: str, shape: ElementTree.Element, ink: str, middle: float | None) -> None:
    attributes = {key: value for key in KEPT[name] if (value := shape.get(key)) is not None}
    if name == "text":
        if middle is not None:
            attributes |= {"x": f"{middle:g}", "text-anchor": "middle"}
        size = shape.get("font-size") or "11"
        attributes["font-size"] = re.sub(r"[^\d.]", "", size) or "11"
        if (shape.get("fill") or "").lower() != ink.lower():
            attributes["class"] = "soft"
    made = ElementTree.SubElement(parent, name, attributes)
    if name == "text":
        made.text = "".join(shape.itertext())
