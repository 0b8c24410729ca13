"""Fused ops opened up: in place of the one call, the calls that it is composed of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..engine.node import Node
from ..ops import OPS
from ..ops.several import PICK
from .events import Scope, one_by_one
from .graph import GONE, Item, Items, items_of, saved_arguments
from .opening import can_be_opened, opened
from .recording import Recording
from .values import Unknown, Values, arguments, known_values


def expanded(
    items: Items, expand: bool | Iterable[str], recording: Recording | None = None, exact: bool = False
) -> Items:
    """``items`` with the fused ops of these names, or with all of them, in a frame that shows the reference inside.

    exact: leave those closed of which an argument has no known value; else its shape is enough. ValueError for a name
    that is no fused op. What has no arguments left, as in a freed graph, stays as it is.
    """
    fused = {name: op for name, op in OPS.items() if can_be_opened(op)}
    if isinstance(expand, bool):
        names = set(fused) if expand else set()
    else:
        names = {expand} if isinstance(expand, str) else set(expand)
    if not names <= set(fused):
        unknown = ", ".join(sorted(names - set(fused)))
        raise ValueError(f"draw: expand must name fused ops ({', '.join(sorted(fused))}), not {unknown}")
    if not names:
        return items
    wanted = {fused[name] for name in names}
    values = known_values([item.node for item in items.values() if item.node is not None], recording)
    picks: dict[str, dict[int, str]] = {}
    for key, item in items.items():
        if item.node is not None and item.node.op is PICK:
            picks.setdefault(item.inputs[0], {})[item.node.saved[1]] = key
    made: Items = {}
    placed: set[str] = set()
    for key, item in items.items():
        if key in placed:
            continue
        inner = None
        if item.is_call and item.node is not None and item.node.op in wanted:
            inner = _inside(item, _Known(values, recording, exact), items, picks.get(key, {}))
        made.update(inner or {key: item})
        placed.update(inner or ())
    return made


class _Known(NamedTuple):
    """What is known of the values in a graph, and whether nothing else may take their place."""

    values: Values
    recording: Recording | None
    exact: bool

    def given(self, node: Node) -> Sequence[Any]:
        """What a call was given, one by one; `Unknown` if that isn't known."""
        try:
            return one_by_one(node.op, arguments(node, self.values, self.recording))  # type: ignore[arg-type]
        except Unknown:
            flat = list(saved_arguments(node))
            for position, parent in enumerate(node.parents):
                if parent is not None and flat[position] is None:
                    flat[position] = np.zeros(parent.shape, parent.dtype)
            if self.exact or any(value is GONE or isinstance(value, Node) for value in flat):
                raise
            return flat


def _inside(item: Item, known: _Known, items: Items, picks: dict[int, str]) -> Items | None:
    """The items of the reference of a fused call, of which those of its results take the places of ``item``, or of the
    items that pick them.
    """
    node = item.node
    assert node is not None and node.op is not None
    op = node.op
    if op.several and not picks:
        return None
    try:
        found = opened(op, known.given(node), node.parents)
    except Unknown:
        return None
    if found is None:
        return None
    keys = dict(zip(item.positions, item.inputs))
    outside = {f"n{one.id}": keys[place] for one, place in found.outside.items() if place in keys}
    for leaf, position in found.outside.items():
        found.recording.names.of_node.setdefault(leaf, op.parameters[position])
    ends: dict[Node, str] = {}
    for position, key in picks.items() if op.several else [(0, item.key)]:
        end = found.results[position]
        if end is None or end in ends:
            return None
        ends[end] = key
    scopes = (*item.scopes, Scope(op.symbol, f"fused {op.name}", 0))
    renamed = {f"n{end.id}": key for end, key in ends.items()} | outside
    made: Items = {}
    for key, one in items_of(dict.fromkeys(ends), found.recording.names, found.recording).items():
        if key in outside:
            continue
        place = items[renamed[key]] if key in renamed else None
        made[renamed.get(key, key)] = replace(
            one,
            key=renamed.get(key, key),
            kind=place.kind if place else "op" if one.is_call else one.kind,
            name=place.name or one.name if place else one.name,
            inputs=[renamed.get(source, source) for source in one.inputs],
            scopes=scopes if one.is_call else (),
        )
    return made
