"""The arguments of a function as nodes of their own, so that its derivative is that in its arguments alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..engine.node import ancestors
from ..engine.tensor import Tensor
from ..ops.shape import identity


class Scope:
    """One call of a function on leaves that stand for its arguments: ``open`` while it runs.

    Afterwards nobody can differentiate in these leaves any longer: to the outside they are constants.
    """

    __slots__ = ("open",)

    def __init__(self, open: bool = True) -> None:
        self.open = open


def alias(x: Tensor, through: bool, scope: Scope | None = None) -> Tensor:
    """``x`` as an argument: a node of its own, which other uses of ``x`` don't have.

    through: record how it came from ``x``, if that is part of a graph; otherwise it is a leaf, of ``scope``.
    """
    if through and x.node is not None:
        return identity(x)
    made = x.detach().requires_grad_()
    assert made.node is not None
    # A leaf has nothing to save for a rule, so its place is free for the scope.
    made.node.saved = scope
    return made


def depends_on_more(tensors: Iterable[Any]) -> bool:
    """Whether one of ``tensors`` depends on a leaf other than the arguments of functions that have returned."""
    nodes = [t.node for t in tensors if isinstance(t, Tensor) and t.node is not None]
    return any(node.op is None and (node.saved is None or node.saved.open) for node in ancestors(nodes))
