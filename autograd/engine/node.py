"""A recorded call: the node of the computation graph."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from ..ops.op import Op
from ..ops.several import PICK
from .hooks import Hooks

next_id = count(1).__next__


class Node:
    """One recorded call of an op; without an op, a leaf: a Tensor whose gradient is asked for.

    Nodes know their parents, never their children or a Tensor: a graph has no cycle and goes with its last handle.

    id: counts up, so a node is younger than all it was made from: descending ids are a topological order.
    parents: a node for each argument, None where no gradient is needed.
    saved: what the rules are called with after the upstream gradient: result, arguments, residual; None for what no
        rule reads, a node where a rule reads only the shape. A constant that no rule reads is kept as a weak reference,
        for those who look at the graph; so does the node of its shape keep it.
    shape: of the result; of a call with several, a tuple of their shapes.
    hooks: functions of the gradient that are called when it is complete. accumulated: of a leaf, functions that are
        called once it was added to ``grad``.
    grad: the accumulated gradient, on a leaf or where it is retained. resting: whether the Tensor of a leaf doesn't
        require grad for a while, so that none is accumulated. current: of a leaf, the array that was assigned to
        ``data`` since it was made. tensor: of a leaf, a weak reference to its Tensor.
    called: its name, where that isn't the op's. metadata: what users keep there.
    """

    __slots__ = (
        "accumulated",
        "called",
        "current",
        "dtype",
        "frees",
        "grad",
        "hooks",
        "id",
        "label",
        "metadata",
        "op",
        "parents",
        "resting",
        "saved",
        "shape",
        "tensor",
        "trace",
    )

    id: int
    op: Op | None
    parents: tuple[Node | None, ...]
    saved: Any
    frees: bool
    shape: tuple[Any, ...]
    dtype: np.dtype[Any]
    hooks: Hooks | None
    accumulated: list[Any]
    grad: Any
    resting: bool
    current: np.ndarray[Any, Any] | None
    called: str
    label: str
    metadata: dict[Any, Any]
    tensor: Any
    trace: Any

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def name(self) -> str:
        """The name PyTorch would print, such as ``MulBackward0``."""
        if self.op is None:
            return "AccumulateGrad"
        return getattr(self, "called", "") or self.op.named(self)

    @property
    def call(self) -> Node:
        """The node itself, or, of one of several results, the call that has them."""
        parent = self.parents[0] if self.op is PICK else None
        return self if parent is None else parent

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """For each argument the call that made it, and which of its results it is."""
        return tuple(
            (None, 0) if parent is None else (looked_at(parent.call), 0 if parent.call is parent else parent.saved[1])
            for parent in self.parents
        )

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class GradientEdge(NamedTuple):
    """Where in a graph a gradient arrives: at one result of a call, or at a leaf. It keeps no values.

    node: the call. output_nr: which of its results. ownership_token: the node of that result, where it is another.
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


class LookedAt(Node):
    """A node that somebody looks at: it is of a class that has the name of what it did, and shows what it saved.

    What it shows is attached by `surface`: see `autograd.surface.nodes`.
    """

    __slots__ = ()


# By the name, and by the class that the node had.
_classes: dict[tuple[str, type[Node]], type[LookedAt]] = {}


def looked_at(node: Node) -> Node:
    """``node``, of a class named as PyTorch would name it. Nobody pays for such classes until then."""
    if not isinstance(node, LookedAt):
        key = node.name(), type(node)
        if key not in _classes:
            bases = (LookedAt,) if key[1] is Node else (LookedAt, key[1])
            _classes[key] = type(key[0], bases, {"__slots__": (), "__module__": "autograd.graph"})
        node.__class__ = _classes[key]
    return node


def record(
    op: Op | None, parents: tuple[Node | None, ...], saved: Any, frees: bool, like: np.ndarray[Any, Any]
) -> Node:
    """A new node for a call whose result is the array ``like``."""
    node = Node()
    node.id = next_id()
    node.op = op
    node.parents = parents
    node.saved = saved
    node.frees = frees
    node.shape = like.shape
    node.dtype = like.dtype
    node.hooks = None
    return node


def leaf(array: np.ndarray[Any, Any]) -> Node:
    """A node in which the gradient of ``array`` will be accumulated."""
    node = record(None, (), None, False, array)
    node.grad = None
    node.resting = False
    node.current = None
    node.accumulated = []
    return node


def ancestors(nodes: Iterable[Node], after: int = 0) -> list[Node]:
    """``nodes`` and all that led to them, each once; only those with an id above ``after``."""
    found = list(dict.fromkeys(nodes))
    seen: set[Node | None] = {None, *found}
    for node in found:
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                if parent.id > after:  # type: ignore[union-attr]  # None has been seen
                    found.append(parent)  # type: ignore[arg-type]
    return found
