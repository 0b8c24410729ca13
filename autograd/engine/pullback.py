"""How a node's rules turn its upstream gradient into contributions to its parents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops.broadcasting import sum_to_size
from ..ops.op import Op
from ..ops.shape import identity
from .backward import grad
from .node import Node, ancestors, next_id
from .several import results
from .tensor import Tensor, wrap
from .tying import tied

Contributions = Sequence[tuple[Node, Any]]
Pull = Callable[..., Contributions]


def pull_of(op: Op) -> Pull:
    """The function ``(upstream, node, parents) -> [(parent, contribution)]`` of an op, specialised by its kind."""
    if op.kind == "fused":
        return _fused(op)
    if op.variadic:
        return _variadic(op)
    if op.kind == "elementwise" and op.arity == 2 and None not in op.rules and len(op.parameters) == 2:
        return _elementwise_binary(op)
    if op.kind == "elementwise" and len(op.parameters) == 1:
        return _elementwise_unary(op)
    return _by_argument(op)


def _elementwise_unary(op: Op) -> Pull:
    (rule,) = op.rules
    assert rule is not None

    def pull(g: Any, node: Node, parents: Sequence[Any], saved: Any = None) -> Contributions:
        out, x = saved or node.saved
        return ((parents[0], rule(g, out, x)),)

    return pull


def _elementwise_binary(op: Op) -> Pull:
    x_rule, y_rule = op.rules
    assert x_rule is not None and y_rule is not None

    def pull(g: Any, node: Node, parents: Sequence[Any], saved: Any = None) -> Contributions:
        out, x, y = saved or node.saved
        p, q = parents
        shape = node.shape
        if p is not None:
            dx = x_rule(g, out, x, y)
            if p.shape != shape:
                dx = sum_to_size(dx, p.shape)
            if q is None:
                return ((p, dx),)
        dy = y_rule(g, out, x, y)
        if q.shape != shape:
            dy = sum_to_size(dy, q.shape)
        return ((q, dy),) if p is None else ((p, dx), (q, dy))

    return pull


def _by_argument(op: Op) -> Pull:
    rules = op.rules
    elementwise = op.kind == "elementwise"

    def pull(g: Any, node: Node, parents: Sequence[Node | None], saved: Any = None) -> Contributions:
        saved = saved or node.saved
        contributions = []
        for rule, parent in zip(rules, parents):
            if parent is None:
                continue
            contribution = rule(g, *saved)  # type: ignore[misc]  # a parent without a rule is not recorded
            if contribution.shape != parent.shape:
                if not elementwise:
                    raise _wrong_shape(op, contribution, parent)
                contribution = sum_to_size(contribution, parent.shape)
            contributions.append((parent, contribution))
        return contributions

    return pull


def _variadic(op: Op) -> Pull:
    rule = op.rules[0]
    assert rule is not None

    def pull(g: Any, node: Node, parents: Sequence[Node | None], saved: Any = None) -> Contributions:
        pieces = rule(g, *(saved or node.saved))
        return [(parent, piece) for parent, piece in zip(parents, pieces) if parent is not None]

    return pull


def _fused(op: Op) -> Pull:
    rule = op.rules[0]
    assert rule is not None
    selective = op.selective

    def pull(g: Any, node: Node, parents: Sequence[Node | None]) -> Contributions:
        contributions = []
        needs = ([parent is not None for parent in parents],) if selective else ()
        for name, contribution, parent in zip(op.parameters, rule(g, *node.saved, *needs), parents):
            if parent is None:
                continue
            if contribution is None:
                raise RuntimeError(f"{op.name}: the derivative for '{name}' is not implemented; detach() it")
            if contribution.shape != parent.shape:
                raise _wrong_shape(op, contribution, parent)
            contributions.append((parent, contribution))
        return contributions

    return pull


def _wrong_shape(op: Op, contribution: Any, parent: Node) -> RuntimeError:
    return RuntimeError(
        f"{op.name}: its rule returned a gradient of shape {tuple(contribution.shape)} for an argument of shape "
        f"{parent.shape}"
    )


def pull_recorded(g: Tensor, node: Node, parents: Sequence[Node | None]) -> Contributions:
    """The contributions as Tensors with a graph, for derivatives of derivatives: the same rules, fed Tensors.

    A fused op goes through its reference instead. Its contributions depend on all of its arguments, as they do where
    one kernel computes them from all; so do those of a flat op.
    """
    op: Any = node.op
    if op.variadic:
        return op.pull(g, node, parents)
    out, *arguments = node.saved
    for position, parent in enumerate(node.parents):
        if parent is not None and isinstance(arguments[position], np.ndarray):
            arguments[position] = wrap(arguments[position], parent)
    start = next_id()
    if op.kind == "fused":
        return _tied(_through_reference(op, g, arguments[: len(op.parameters)], parents), node, start)
    if op.several and out is not None:
        out = results(out, node)
    elif out is not None:
        out = wrap(out, node)
    contributions = op.pull(g, node, parents, (out, *arguments))
    return _tied(contributions, node, start) if op.flat else contributions


def _through_reference(op: Op, g: Any, arguments: list[Any], parents: Sequence[Node | None]) -> Contributions:
    assert op.reference is not None
    # An alias for each argument, so that one that is given twice has two gradients.
    aliases = [identity(a) if isinstance(a, Tensor) and a.node is not None else a for a in arguments]
    wanted = [alias for alias, parent in zip(aliases, parents) if parent is not None]
    outputs, gradients = op.reference(*aliases), g
    if op.several:
        outputs, gradients = zip(*[(out, part) for out, part in zip(outputs, g) if part is not None])
    found = grad(outputs, wanted, gradients, create_graph=True, materialize_grads=True)
    return list(zip(filter(None, parents), found))


def _tied(contributions: Contributions, node: Node, start: int) -> Contributions:
    """The ``contributions``, recorded after ``start``, each tied to the parents of ``node`` that it doesn't lead to."""
    needed = [parent for parent in node.parents if parent is not None]
    made = []
    for parent, contribution in contributions:
        reached = ancestors([contribution.node], after=start) if contribution.node else ()
        made.append((parent, tied(contribution, [other for other in needed if other not in reached])))
    return made
