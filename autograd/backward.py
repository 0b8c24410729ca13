"""Reverse-mode differentiation: one walk over the graph, which everything else here consumes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from . import debug, overwrite
from .debug import Steps
from .dtypes import from_numpy_dtype
from .grad_mode import set_grad_enabled
from .node import Node
from .ops.index import getitem
from .placed import Placed, written_out
from .tensor import Tensor, wrap

ndarray = np.ndarray
BY_ID = attrgetter("id")
FREED = "freed"
RETAIN = "retain"


def backward_steps(
    roots: Mapping[Node, Any],
    *,
    create_graph: bool = False,
    retain_graph: bool = False,
    towards: Sequence[Node] | None = None,
    only_ends: bool = False,
) -> Steps:
    """Walk the graph from ``roots`` back, each node after all that were made from it.

    Yields ``(node, upstream gradient, contributions)``, these as pairs ``(parent, contribution)`` of the parents that
    need a gradient. Gradients are arrays, or under ``create_graph`` Tensors with a graph of their own.
    What a node saved is let go once it was walked, unless ``retain_graph``.
    towards: walk only what leads to these nodes. only_ends: yield just the leaves, or the nodes in ``towards``.

    >>> import autograd
    >>> x = autograd.tensor(3., requires_grad=True)
    >>> for node, upstream, contributions in autograd.backward_steps({(x * x).node: autograd.tensor(1.).array}):
    ...     print(node, upstream, contributions)
    <MulBackward0> 1.0 ((<AccumulateGrad>, np.float32(3.0)), (<AccumulateGrad>, np.float32(3.0)))
    <AccumulateGrad> 6.0 ()
    """
    order = older_first(roots)
    ends = frozenset(towards or ())
    wanted = None if towards is None else _leading_to(ends, order)
    gradients: dict[Node, Any] = dict(roots)
    # A first arrival may alias another array and is never added to; what was summed or copied here is.
    owned: set[Node] = set()
    arrived, leave = gradients.get, gradients.pop
    latest_write = overwrite.latest.id

    for node in reversed(order):
        upstream = leave(node, None)
        if upstream is None or (wanted is not None and node not in wanted):
            continue
        if node.hooks is not None:
            upstream = _run_hooks(node, upstream)
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
            raise RuntimeError(
                f"{op.name}: backward() a second time through a graph whose saved arrays were freed (a result of shape "
                f"{node.shape}); pass retain_graph=True to the first backward()"
            )
        if node.id < latest_write:
            overwrite.refuse_overwritten(node)
        try:
            contributions = (op.pull_recorded if create_graph else op.pull)(upstream, node, parents)
        except Exception as error:
            error.add_note(f"in the derivative of {op.name}, of a result of shape {node.shape}")
            raise
        for parent, contribution in contributions:
            before = arrived(parent)
            if before is None:
                if op is getitem and type(contribution) is Placed:
                    contribution = np.asarray(contribution)
                    owned.add(parent)
                elif parent.op is None and type(contribution) is ndarray:
                    contribution = _own(contribution, upstream)
                    owned.add(parent)
                gradients[parent] = contribution
            elif parent in owned:
                before += contribution
            else:
                gradients[parent] = total = before + contribution
                if type(total) is ndarray:
                    owned.add(parent)
        if not only_ends or (ends and node in ends):
            yield node, upstream, written_out(contributions) if op is getitem else contributions
        if node.frees and not retain_graph:
            node.saved = FREED


def older_first(roots: Mapping[Node, Any]) -> list[Node]:
    """The nodes that lead to ``roots``. Ids count up from parent to child: sorted by id is topologically sorted."""
    found = list(roots)
    seen: set[Node | None] = {None, *found}
    for node in found:
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                found.append(parent)  # type: ignore[arg-type]  # None has been seen
    found.sort(key=BY_ID)
    return found


def _leading_to(ends: Set[Node], order: list[Node]) -> set[Node | None]:
    """The nodes of ``order`` (older first) through which a gradient reaches ``ends``, these among them."""
    found: set[Node | None] = set(ends)
    for node in order:
        if any(parent in found for parent in node.parents if parent is not None):
            found.add(node)
    return found


def _own(contribution: Any, upstream: Any) -> Any:
    """A leaf keeps its gradient: an array nobody else has, where the rule passed on another or a view."""
    base = contribution.base
    # The memory may be a larger array's of which nobody else knows: then that is referred to by ``contribution``, by
    # ``base`` and by the call that counts.
    flags = contribution.flags
    alone = base is None or (getrefcount(base) <= 3 and flags.writeable and flags.forc)
    return contribution if alone and contribution is not upstream else np.array(contribution)


def _run_hooks(node: Node, gradient: Any) -> Any:
    with set_grad_enabled(isinstance(gradient, Tensor)):
        return _hooked(node, gradient)


def _hooked(node: Node, gradient: Any) -> Any:
    """The gradient as the hooks of ``node`` leave it."""
    recorded = isinstance(gradient, Tensor)
    for hook in node.hooks or ():
        tensor = gradient if isinstance(gradient, Tensor) else wrap(np.asarray(gradient), None)
        if hook is RETAIN:
            node.grad = tensor if node.grad is None else node.grad + tensor
            continue
        replacement = hook(tensor)
        if replacement is None:
            continue
        if not isinstance(replacement, Tensor) or replacement.shape != node.shape:
            raise RuntimeError(
                f"hook of {node.name()}: expected None or a Tensor of shape {node.shape}, got {_described(replacement)}"
            )
        gradient = replacement if recorded else replacement.array
    return gradient


def _described(value: Any) -> str:
    return f"a Tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _seeds(caller: str, outputs: Sequence[Tensor], gradients: Sequence[Any], create_graph: bool) -> dict[Node, Any]:
    """The gradient at each root: what was given, checked, or 1 for a scalar."""
    if len(outputs) != len(gradients):
        raise RuntimeError(f"{caller}: {len(outputs)} tensors but {len(gradients)} gradients; give one for each")
    seeds: dict[Node, Any] = {}
    for output, gradient in zip(outputs, gradients):
        if not isinstance(output, Tensor):
            raise TypeError(f"{caller}: expected a Tensor to differentiate, not {type(output).__name__}")
        node = output.node
        if node is None:
            raise RuntimeError(
                f"{caller}: element 0 of tensors does not require grad and does not have a grad_fn; "
                "no tensor with requires_grad=True led to it, or it was made under no_grad()"
            )
        if gradient is None:
            if output.array.size != 1:
                raise RuntimeError(
                    f"{caller}: grad can be implicitly created only for scalar outputs, and this one has shape "
                    f"{tuple(output.shape)}; reduce it first, as in loss.sum().backward(), or pass a gradient for it"
                )
            gradient = wrap(np.ones(output.array.shape, output.array.dtype), None)
        if not isinstance(gradient, Tensor):
            raise TypeError(f"{caller}: gradient must be a Tensor or None, not {type(gradient).__name__}")
        if gradient.array.shape != node.shape:
            raise RuntimeError(
                f"{caller}: gradient has shape {tuple(gradient.shape)}, but the tensor it belongs to has {node.shape}"
            )
        if gradient.array.dtype != node.dtype:
            raise RuntimeError(
                f"{caller}: gradient is {gradient.dtype}, but its tensor is {from_numpy_dtype(node.dtype)}"
            )
        # A leaf keeps its gradient, so it must not be the caller's array.
        seed = gradient if create_graph else gradient.array if node.op is not None else gradient.array.copy()
        seeds[node] = seeds[node] + seed if node in seeds else seed
    return seeds


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add to ``.grad`` of every leaf that led to ``tensors`` the gradient of their sum.

    tensors: what to differentiate; scalars, unless ``grad_tensors`` has a gradient of the same shape for each.
    retain_graph: keep what the graph saved, to walk it again; as ``create_graph`` if not given.
    create_graph: record the walk itself, so that the gradients can be differentiated.
    inputs: accumulate into these leaves only.
    Raises RuntimeError for a tensor that needs no gradient, a gradient of the wrong shape, a graph that was freed. A
    call that fails has changed no ``.grad``.

    >>> import autograd
    >>> x = autograd.tensor([1., 2.], requires_grad=True)
    >>> autograd.backward((x * x).sum()); x.grad
    tensor([2., 4.])
    """
    outputs = _listed(tensors)
    given = [None] * len(outputs) if grad_tensors is None else _listed(grad_tensors)
    roots = _seeds("backward", outputs, given, create_graph)
    ends = None if inputs is None else [_differentiable("backward", t) for t in _listed(inputs)]
    for node, gradient in _arrivals(roots, ends, retain_graph, create_graph):
        _accumulate(node, gradient)


def tensor_backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add to ``.grad`` of every leaf that led to this Tensor its gradient; see `autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs)


def _arrivals(
    roots: Mapping[Node, Any], ends: Sequence[Node] | None, retain_graph: bool | None, create_graph: bool
) -> list[tuple[Node, Any]]:
    """What arrives at the leaves, or at ``ends``, once the whole walk has succeeded."""
    retain_graph = create_graph if retain_graph is None else retain_graph
    looking = bool(debug.watchers)
    steps = backward_steps(
        roots, create_graph=create_graph, retain_graph=retain_graph, towards=ends, only_ends=not looking
    )
    if looking:
        steps = (step for step in debug.watched(steps) if (step[0].op is None if ends is None else step[0] in ends))
    # A walk over arrays records nothing, whatever the mode.
    if create_graph:
        with set_grad_enabled(True):
            steps = iter(list(steps))
    return [(node, gradient) for node, gradient, _ in steps]


def _accumulate(node: Node, gradient: Any) -> None:
    before = getattr(node, "grad", None)
    if isinstance(gradient, Tensor):
        with set_grad_enabled(True):
            node.grad = gradient if before is None else before + gradient
        return
    gradient = np.asarray(gradient, dtype=node.dtype)
    if before is None:
        node.grad = wrap(gradient, None)
    elif before.node is not None:
        node.grad = wrap(before.array + gradient, None)
    else:
        before.array += gradient
        overwrite.note_write(before.array)


def clear_grads(tensors: Iterable[Tensor], set_to_none: bool) -> None:
    """Forget the gradients of ``tensors``, or set them to 0."""
    for tensor in tensors:
        before = tensor.grad
        tensor.grad = None if set_to_none or before is None else wrap(np.zeros_like(before.array), None)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of ``outputs`` with respect to each of ``inputs``; no ``.grad`` is touched.

    grad_outputs: the upstream gradient of each output; scalars have 1.
    create_graph: record the gradients, so that they can be differentiated again, to any order.
    allow_unused: None for an input that ``outputs`` don't depend on (zeros with ``materialize_grads``); otherwise
        RuntimeError.

    >>> import autograd
    >>> x = autograd.tensor(2., requires_grad=True)
    >>> (slope,) = autograd.grad(x ** 3, x, create_graph=True)
    >>> slope.item(), autograd.grad(slope, x)[0].item()
    (12.0, 12.0)
    """
    sources = _listed(inputs)
    targets = _listed(outputs)
    given = [None] * len(targets) if grad_outputs is None else _listed(grad_outputs)
    roots = _seeds("grad", targets, given, create_graph)
    ends = [_differentiable("grad", t) for t in sources]
    found = dict(_arrivals(roots, ends, retain_graph, create_graph))
    results: list[Tensor | None] = []
    for position, (source, end) in enumerate(zip(sources, ends)):
        if end in found:
            gradient = found[end]
            recorded = isinstance(gradient, Tensor)
            results.append(gradient if recorded else wrap(np.array(gradient, dtype=end.dtype), None))
        elif materialize_grads:
            results.append(wrap(np.zeros_like(source.array), None))
        elif allow_unused:
            results.append(None)
        else:
            raise RuntimeError(
                f"grad: input {position} of shape {tuple(source.shape)} was not used to make the outputs; "
                "pass allow_unused=True if None is right for it"
            )
    return tuple(results)


def _differentiable(caller: str, tensor: Any) -> Node:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{caller}: inputs must be Tensors, not {type(tensor).__name__}")
    if tensor.node is None:
        raise RuntimeError(
            f"{caller}: an input of shape {tuple(tensor.shape)} does not require grad; "
            "make it with requires_grad=True before it is used"
        )
    return tensor.node
