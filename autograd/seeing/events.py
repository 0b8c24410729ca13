"""What a recording holds of what ran: calls of ops, backward passes, steps of optimizers, with arrays as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from ..engine.node import Node
from ..engine.tensor import Tensor
from ..ops.op import Op
from ..ops.several import PICK
from ..scalar import Scalar


class Line(NamedTuple):
    """A line of the user's code: the name of its file without folders, its number, its text."""

    file: str
    number: int
    text: str


class Scope(NamedTuple):
    """One call of a module: its dotted name, its class, and which of its calls this is, counted from 0."""

    name: str
    kind: str
    call: int


@dataclass
class Call:
    """One call of an op: all its arguments in order, arrays as copies, and where it was made.

    sources: for each argument the node that made it, or the array itself of a constant, which is known by identity.
    way: the instructions that led from the user's code to the call. A loop comes the same way again, two calls that
        stand in one line don't.
    together: a mark that it shares with what is replayed in one go with it.
    """

    op: Op
    arguments: list[Any]
    sources: list[Any]
    line: Line | None
    way: tuple[tuple[CodeType, int], ...]
    scopes: tuple[Scope, ...]
    together: Any = None


@dataclass
class Failure:
    """What ended a recording: the exception, the call of an op that raised it, if one did, and the modules around."""

    error: BaseException
    call: Call | None
    scopes: tuple[Scope, ...]


@dataclass
class Arrival:
    """One step of a walk: what arrived at a node, and what it passed back to whom, as arrays or floats."""

    node: Node
    upstream: Any
    contributions: list[tuple[int, Node, Any, Any]]  # argument, parent, contribution, local derivative or None
    unreduced: dict[int, Any] = field(default_factory=dict)
    grad: Any = None
    together: Any = None


@dataclass
class Walk:
    """One backward pass."""

    arrivals: list[Arrival] = field(default_factory=list)


class Change(NamedTuple):
    """What a step of an optimizer did to one parameter: arrays, what was remembered of it before, and its settings."""

    parameter: Tensor
    gradient: Any
    before: Any
    after: Any
    state: dict[str, Any]
    settings: dict[str, Any]


@dataclass
class Update:
    """One step of an optimizer: its class, and what it changed."""

    optimizer: str
    changes: list[Change]


def one_by_one(op: Op, given: Sequence[Any]) -> Sequence[Any]:
    """The arguments of a call in one list. A variadic op, such as cat, is given its Tensors as a list in the first."""
    if op.variadic and given and isinstance(given[0], (list, tuple)):
        return [*given[0], *given[1:]]
    return given


def arrival(node: Node, upstream: Any, contributions: Any) -> Arrival:
    """A step of the walk, its arrays copied.

    The local derivative is added where it is one number for each element of the argument: where the op works element
    by element, or its result is a single number.
    """
    op: Any = node.op
    grad = getattr(node, "grad", None)
    made = Arrival(node, snapshot(upstream), [], grad=snapshot(grad))
    remaining = list(contributions)
    for position, parent in enumerate(node.parents):
        if not remaining or remaining[0][0] is not parent or parent is None:
            continue
        contribution = snapshot(remaining.pop(0)[1])
        local = None
        saved = node.saved
        if op.kind == "elementwise" and isinstance(saved, tuple):
            rule = op.rules[position]
            local = snapshot(rule(1.0 if isinstance(node, Scalar) else np.ones(node.shape, node.dtype), *saved))
            if parent.shape != node.shape:
                made.unreduced[position] = snapshot(rule(made.upstream, *saved))
        elif isinstance(made.upstream, np.ndarray) and made.upstream.size == 1 and hasattr(op, "forward"):
            local = _local_of_single(op, node, position, made.upstream)
        made.contributions.append((position, parent, contribution, local))
    return made


def _local_of_single(op: Op, node: Node, position: int, upstream: Any) -> Any:
    """The derivative of a single number with respect to each element of an argument."""
    assert op.pull is not None
    if op.several or op is PICK or not isinstance(op, Op) or op.kind == "constant":
        return None
    only = tuple(parent if i == position else None for i, parent in enumerate(node.parents))
    if op.kind == "fused":
        only = node.parents
    for parent, local in op.pull(np.ones_like(upstream), node, only):
        if parent is node.parents[position]:
            return np.array(local)
    return None


def snapshot(value: Any) -> Any:
    """A Tensor or an array as a copy of the array; what else it is, as it is."""
    if isinstance(value, Tensor):
        return value.array.copy()
    if isinstance(value, (np.ndarray, np.generic)):
        return np.array(value)
    return value


def copied(value: Any) -> Any:
    """An array as a copy; what else it is, as it is."""
    return value.copy() if isinstance(value, np.ndarray) else value
