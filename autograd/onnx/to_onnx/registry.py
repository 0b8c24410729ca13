"""The table from ops to nodes: a row is a function that adds the nodes of one op to a graph.

    @row("sqrt")
    def sqrt(g, out, x):
        return g.node("Sqrt", x)

It gets the graph, the result (for its dtype and shape), and the arguments of the op in the order of its signature,
arrays as `Value`s; it returns the name of the result, or a tuple of names. An op without a row is exported through its
reference, if it has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..calls import Call

TABLE: dict[str, Row] = {}


@dataclass(frozen=True)
class Row:
    """How one op is exported: from which opset on, and for which arguments, of which ``fits`` decides."""

    add: Callable[..., Any]
    opset: int
    fits: Callable[..., bool] | None

    def takes(self, call: Call, opset: int) -> bool:
        return opset >= self.opset and (self.fits is None or self.fits(*call.arguments))


def row(*names: str, opset: int = 17, fits: Callable[..., bool] | None = None) -> Callable[..., Any]:
    """Make a function the row of the ops of these names."""

    def enter(add: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            TABLE[name] = Row(add, opset, fits)
        return add

    return enter


def opens(opset: int) -> Callable[[Call], bool]:
    """Whether a call is exported through the reference of its op, for want of a row that takes it."""

    def wanted(call: Call) -> bool:
        found = TABLE.get(call.op.name)
        return call.op.reference is not None and (found is None or not found.takes(call, opset))

    return wanted
