"""Fused ops opened up: in place of the one call, the calls that it is composed of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.grad_mode import enable_grad
from ..engine.node import leaf
from ..engine.tensor import wrap
from ..engine.walk import older_first
from ..ops import OPS
from .events import Scope
from .graph import Item, Items, items_of
from .names import Names


def expanded(items: Items, expand: bool | Iterable[str]) -> Items:
    """``items`` with the fused ops of these names, or with all of them, in a frame that shows the reference inside.

    ValueError for a name that is no fused op. What has no arguments left, as in a freed graph, stays as it is.
    """
    fused = {name: op for name, op in OPS.items() if op.reference is not None}
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
    made: Items = {}
    for key, item in items.items():
        inner = _inside(item) if item.is_call and item.node is not None and item.node.op in wanted else None
        made.update(inner or {key: item})
    return made


def _inside(item: Item) -> Items | None:
    """The items of the reference of a fused call, the last of which takes the place of ``item``."""
    node = item.node
    assert node is not None and node.op is not None
    op = node.op
    if not isinstance(node.saved, tuple) or op.several:
        return None
    arguments: list[Any] = list(node.saved[1 : 1 + len(op.parameters)])
    keys = iter(item.inputs)
    outside: dict[str, str] = {}
    names = Names()
    for position, value in enumerate(arguments):
        if not isinstance(value, np.ndarray):
            continue
        key = next(keys, None)
        parent = node.parents[position] if position < len(node.parents) else None
        copy = value.copy()
        arguments[position] = wrap(copy, leaf(copy)) if parent is not None else copy
        if key is not None and parent is not None:
            outside[f"n{arguments[position].node.id}"] = key
        elif key is not None:
            names.kept.append(copy)
            names.of_array[id(copy)] = op.parameters[position]
    reference: Any = op.reference
    with enable_grad():
        out = reference(*arguments)
    if out.node is None:
        return None
    scopes = (*item.scopes, Scope(op.symbol, f"fused {op.name}", 0))
    found = items_of({out.node: None}, names)
    order = {f"n{one.id}": one for one in older_first([out.node])}
    made: Items = {}
    for key, one in found.items():
        if key in outside:
            continue
        last = order.get(key) is out.node
        made[item.key if last else key] = replace(
            one,
            key=item.key if last else key,
            kind=item.kind if last else "op" if one.is_call else one.kind,
            name=item.name if last else one.name,
            inputs=[outside.get(source, source) for source in one.inputs],
            scopes=scopes if one.is_call else (),
        )
    return made
