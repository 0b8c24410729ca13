"""The nodes of a record: what stands in it of each call, leaf and constant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..engine.node import Node
from ..kernels.banded_matrices import BandedMatrix
from ..kernels.pooling.windows import Windows
from ..ops.op import Op
from .cells import cells, shape_of
from .contents import Contents
from .graph import Gone, Item

# What is written as sizes are, 3×3.
SIZES = ("kernel_size", "stride", "padding", "dilation", "output_padding")
SETTINGS = (bool, int, float, str, tuple, type(None))


Opener = Callable[[Contents, Item], int | None]


def nodes_of(contents: Contents, inside: Opener) -> dict[str, Any]:
    """The nodes by key, in reading order. inside: tells the number of the record of what is inside of a call."""
    return {contents.keys[key]: _node(contents, item, inside) for key, item in contents.items.items()}


def _node(contents: Contents, item: Item, inside: Opener) -> dict[str, Any]:
    node, value = item.node, item.value
    op = None if node is None else node.op
    like = node if node is not None else value
    shaped = isinstance(like, (Node, np.ndarray))
    shape = list(like.shape) if shaped else []
    if shape and not isinstance(shape[0], int):
        shape = list(next(one for one in like.shape if one is not None))
    known = contents.values.get(node) if node is not None else value
    made: dict[str, Any] = {
        "kind": item.kind,
        "name": contents.names[item.key],
        "op": "" if op is None else op.name,
        "symbol": "" if op is None else op.symbol,
        "shape": shape,
        "dtype": like.dtype.name if shaped else "",
        "modules": [f"{scope.name} · {scope.kind}" for scope in item.scopes],
        "inputs": [contents.keys[key] for key in item.inputs],
        "value": None if isinstance(known, (Node, Gone)) else contents.array(known),
        "arguments": [],
        "line": None,
        "derivative": [],
        "settings": {},
        "cells": [],
        "inside": None,
    }
    if node is not None and op is not None:
        made |= {**_call(contents, item, node, op), "inside": inside(contents, item)}
    return made


def _call(contents: Contents, item: Item, node: Node, op: Op) -> dict[str, Any]:
    flat = contents.given(node)
    operands = len(node.parents) if op.variadic else op.arity
    out = node.shape if not node.shape or isinstance(node.shape[0], int) else ()
    rules = cells(op, out, [shape_of(value) for value in flat[:operands]], flat) if flat else []
    parameters = op.parameters[1 if op.variadic else operands :]
    settings: dict[str, str] = {}
    for name, value in zip(parameters, flat[operands:]):
        settings |= windows(value) or described([(name, value)])
    return {
        "arguments": [contents.array(value) for value in contents.operands(item, flat)],
        "line": _line(contents, node),
        "derivative": list(op.derivative),
        "settings": settings,
        "cells": [rules[position] if position < len(rules) else None for position in item.positions],
    }


def _line(contents: Contents, node: Node) -> dict[str, Any] | None:
    """The line of the user's code in which a call was made, if that is known."""
    call = contents.recording.call(node.call)
    found = contents.recording.lines.get(node) if call is None else call.line
    return None if found is None else {"file": found.file, "number": found.number, "text": found.text}


def windows(sides: Any) -> dict[str, str]:
    """How large the windows of a pooling are and how far apart, where that is the same all over."""
    if isinstance(sides, tuple) and sides and all(isinstance(side, Windows) for side in sides):
        found = [(side.taps, side.stride, side.padding, side.dilation) for side in sides]
    elif isinstance(sides, tuple) and sides and all(isinstance(side, BandedMatrix) and len(side) for side in sides):
        found = [(int(side.counts.max()), _distance(side.starts), 0, 1) for side in sides]
    else:
        return {}
    sizes, strides, paddings, dilations = zip(*found)
    if not all(strides):
        return {"windows": f"{times(map(len, sides))}, of several sizes"}
    said = {"window": times(sizes), "stride": times(strides)}
    said |= {"padding": times(paddings)} if any(paddings) else {}
    return said | ({"dilation": times(dilations)} if any(one != 1 for one in dilations) else {})


def _distance(starts: np.ndarray[Any, Any]) -> int:
    """How far apart the windows begin, 0 if that differs."""
    steps = np.unique(np.diff(starts)) if len(starts) > 1 else np.ones(1, int)
    return int(steps[0]) if len(steps) == 1 else 0


def times(sizes: Iterable[int]) -> str:
    """
    >>> times((3, 3))
    '3×3'
    """
    return "×".join(map(str, sizes))


def described(settings: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Settings as text; what is neither a number nor a name is left out."""
    found = {}
    for name, value in settings:
        if isinstance(value, tuple) and value and all(type(one) is int for one in value) and name in SIZES:
            found[name] = times(value)
        elif isinstance(value, SETTINGS) and not (isinstance(value, tuple) and any(map(_is_internal, value))):
            found[name] = str(value)
    return found


def _is_internal(value: Any) -> bool:
    return not isinstance(value, (*SETTINGS, slice, type(Ellipsis)))
