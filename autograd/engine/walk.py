"""The walk back through the graph, which everything that differentiates or looks consumes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from ..ops.index import Placed, PlacedTensors
from . import versions
from .grad_mode import recording
from .node import Node, ancestors
from .several import Parts
from .tensor import Tensor, accumulate, retains, wrap

Steps = Iterator[tuple[Node, Any, Sequence[tuple[Node, Any]]]]
ndarray = np.ndarray
BY_ID = attrgetter("id")
# What a node has in place of what it saved, once that was let go.
FREED = "freed"


def backward_steps(
    roots: Mapping[Node, Any],
    *,
    create_graph: bool = False,
    retain_graph: bool = False,
    towards: Sequence[Node] | None = None,
    only_ends: bool = False,
    awaited: Collection[Node] = (),
    after: int = 0,
) -> Steps:
    """Walk the graph from ``roots`` back, each node after all that were made from it.

    Yields ``(node, upstream gradient, contributions)``, these as pairs ``(parent, contribution)`` of the parents that
    need a gradient. Gradients are arrays, or under ``create_graph`` Tensors with a graph of their own.
    What a node saved is let go once it was walked, unless ``retain_graph``.
    towards: walk only what leads to these nodes. only_ends: yield just the leaves, or the nodes in ``towards``.
    awaited: leaves that somebody waits for: each comes right after the last node that adds to its gradient, while the
    others come at the end.
    after: walk only nodes with an id above this; to others gradients come, and the walk stops there.

    >>> import autograd
    >>> x = autograd.tensor(3., requires_grad=True)
    >>> for node, upstream, contributions in autograd.backward_steps({(x * x).node: autograd.tensor(1.).array}):
    ...     print(node, upstream, contributions)
    <MulBackward0> 1.0 ((<AccumulateGrad>, np.float32(3.0)), (<AccumulateGrad>, np.float32(3.0)))
    <AccumulateGrad> 6.0 ()
    """
    order = older_first(roots, after)
    if awaited:
        order = in_time(order, awaited)
    ends = frozenset(towards or ())
    wanted = None if towards is None else _leading_to(ends, order)
    gradients: dict[Node, Any] = dict(roots)
    # A first arrival may alias another array and is never added to; what was summed or copied here is, but not by the
    # node that it came from, whose contributions are yet to be looked at.
    owned: dict[Node, Node] = {}
    arrived, leave = gradients.get, gradients.pop
    latest_write = versions.latest.id

    for node in reversed(order):
        upstream = leave(node, None)
        if upstream is None or (wanted is not None and node not in wanted):
            continue
        if type(upstream) is Placed:
            upstream = np.asarray(upstream)
        elif type(upstream) is PlacedTensors:
            upstream = upstream.written_out()
        if node.hooks is not None:
            upstream = _hooked(node, upstream)
        op: Any = node.op
        parents = node.parents
        if wanted is not None:
            parents = tuple([parent if parent in wanted else None for parent in parents])
            if not any(parents):
                yield node, upstream, ()
                continue
        elif op is None:
            yield node, upstream, ()
            continue
        if node.saved is FREED:
            raise second_time(node)
        if node.id < latest_write:
            versions.brought_up_to_date(node)
        try:
            contributions = (op.pull_recorded if create_graph else op.pull)(upstream, node, parents)
        except Exception as error:
            error.add_note(f"in the derivative of {op.name}, of a result of shape {node.shape}")
            raise
        if node.hooks is not None:
            contributions = _passed_on(node, upstream, parents, _written_out(contributions), create_graph)
        for parent, contribution in contributions:
            before = arrived(parent)
            if before is None:
                if parent.op is None and type(contribution) is ndarray:
                    contribution = _own(contribution, upstream)
                    owned[parent] = node
                gradients[parent] = contribution
            elif owned.get(parent, node) is not node:
                before += contribution
            elif type(before) is PlacedTensors:
                before.plus(contribution)
            elif type(contribution) is PlacedTensors:
                gradients[parent] = PlacedTensors(contribution.values, contribution.keys, parent.shape, before)
            else:
                gradients[parent] = total = before + contribution
                if type(total) is ndarray:
                    owned[parent] = node
        if not only_ends or (ends and node in ends):
            yield node, upstream, contributions if op.kind == "elementwise" else _written_out(contributions)
        if node.frees and not retain_graph:
            node.saved = FREED


def second_time(node: Node) -> RuntimeError:
    """What is raised where a walk comes to a ``node`` that let go what it saved."""
    assert node.op is not None
    return RuntimeError(
        f"{node.op.name}: Trying to backward through the graph a second time, whose saved arrays were freed (a result "
        f"of shape {node.shape}); pass retain_graph=True to the first backward()"
    )


def older_first(nodes: Iterable[Node], after: int = 0) -> list[Node]:
    """``nodes`` and all that led to them. Ids count up from parent to child: sorted by id is topologically sorted."""
    return sorted(ancestors(nodes, after), key=BY_ID)


def in_time(order: list[Node], awaited: Collection[Node]) -> list[Node]:
    """``order``, older first, with each leaf that is ``awaited`` right before the oldest node that was made from it."""
    moved: set[Node | None] = set()
    found = []
    for node in order:
        for parent in node.parents:
            if parent in awaited and parent not in moved:
                moved.add(parent)
                found.append(parent)
        found.append(node)
    # What was moved stands at its old place, too, which is earlier, as leaves are older.
    later: dict[Node, None] = dict.fromkeys(reversed(found))  # type: ignore[arg-type]  # None is not awaited
    return list(reversed(later))


def _leading_to(ends: Set[Node], order: list[Node]) -> set[Node | None]:
    """The nodes of ``order`` (older first) through which a gradient reaches ``ends``, these among them."""
    found: set[Node | None] = set(ends)
    for node in order:
        if any(parent in found for parent in node.parents if parent is not None):
            found.add(node)
    return found


def _written_out(contributions: Sequence[tuple[Node, Any]]) -> Sequence[tuple[Node, Any]]:
    """``contributions`` as arrays, for who looks at them."""
    if any(type(contribution) is Placed for _, contribution in contributions):
        return [(parent, np.asarray(contribution)) for parent, contribution in contributions]
    if any(type(contribution) is PlacedTensors for _, contribution in contributions):
        return [(parent, contribution.written_out()) for parent, contribution in contributions]
    return contributions


def _own(contribution: Any, upstream: Any) -> Any:
    """A leaf keeps its gradient: an array nobody else has, where the rule passed on another or a view."""
    base = contribution.base
    # The memory may be a larger array's of which nobody else knows: then that is referred to by ``contribution``, by
    # ``base`` and by the call that counts.
    flags = contribution.flags
    alone = base is None or (getrefcount(base) <= 3 and flags.writeable and flags.forc)
    return contribution if alone and contribution is not upstream else np.array(contribution)


def _hooked(node: Node, gradient: Any) -> Any:
    """The gradient as the hooks of ``node`` leave it: what ``hook(gradient)`` returns takes its place.

    Of a call with several results they get, and return, a tuple of gradients.
    """
    if isinstance(gradient, Parts):
        for hook in tuple(node.hooks or ()):
            made = hook(_as_tensors(gradient))
            if made is not None:
                recorded = any(isinstance(x, Tensor) for x in gradient)
                gradient = Parts(x if x is None or recorded else x.array for x in made)
        return gradient
    recorded = isinstance(gradient, Tensor)
    tensor = gradient if recorded else wrap(np.asarray(gradient), None)
    with recording(recorded):
        for hook in tuple(node.hooks or ()):
            replacement = hook(tensor)
            if replacement is None:
                continue
            _check_replacement(node, tensor, replacement)
            tensor = replacement
    if retains(node):
        accumulate([(node, tensor if tensor.node is not None else tensor.array.copy())])
    return tensor if recorded else tensor.array


def _passed_on(
    node: Node, upstream: Any, parents: Sequence[Node | None], contributions: Sequence[tuple[Node, Any]], recorded: bool
) -> Sequence[tuple[Node, Any]]:
    """``contributions`` as the functions leave them that are to see what ``node`` passes back."""
    assert node.hooks is not None
    if not node.hooks.after:
        return contributions
    found = list(contributions)
    # A rule may leave one out.
    passed = [found.pop(0)[1] if found and found[0][0] is parent else None for parent in parents]
    inputs, outputs = _as_tensors(passed), _as_tensors(upstream if isinstance(upstream, Parts) else (upstream,))
    with recording(recorded):
        for hook in tuple(node.hooks.after):
            made = hook(inputs, outputs)
            if made is None:
                continue
            made = made if isinstance(made, tuple) else (made,)
            if len(made) != len(inputs):
                raise RuntimeError(
                    f"hook '{getattr(hook, '__name__', hook)}' has returned an incorrect number of values (got "
                    f"{len(made)}, but expected {len(inputs)})"
                )
            inputs = made
    return [
        (parent, x if recorded else x.array)
        for parent, x in zip(parents, inputs)
        if parent is not None and x is not None
    ]


def _as_tensors(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(x if x is None or isinstance(x, Tensor) else wrap(np.asarray(x), None) for x in values)


def _check_replacement(node: Node, before: Tensor, value: Any) -> None:
    """Raise unless ``value`` can take the place of the gradient ``before``: rules and kernels rely on what it is."""
    if not isinstance(value, Tensor):
        raise TypeError(f"hook of {node.name()}: expected None or a Tensor, got {type(value).__name__}")
    if value.shape != node.shape or value.array.dtype != before.array.dtype:
        raise RuntimeError(
            f"hook of {node.name()}: expected None or a Tensor of shape {node.shape} and {before.dtype}, got one of "
            f"shape {tuple(value.shape)} and {value.dtype}"
        )
