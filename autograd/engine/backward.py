"""Reverse-mode differentiation: one walk over the graph, which everything else here consumes."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np

from ..kernels.compiling.interrupts import uninterrupted
from ..ops.joining import stack
from ..ops.shape import cast
from . import debug
from .endings import to_the_end
from .grad_mode import recording
from .node import GradientEdge, Node, leaf
from .tensor import Tensor, accumulate, wrap
from .walk import backward_steps

NODE = attrgetter("node")
# Leaves that somebody waits for, with what is called with the gradient that a backward pass is about to add to each, as
# soon as it is complete: while the pass goes on. Gradients of several processes are averaged meanwhile.
awaited: dict[Node, Callable[[Any], None]] = {}


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
            one = np.empty(output.array.shape, output.array.dtype)
            one.fill(1)
            gradient = wrap(one, None)
        if not isinstance(gradient, Tensor):
            raise TypeError(f"{caller}: gradient must be a Tensor or None, not {type(gradient).__name__}")
        if gradient.array.shape != node.shape:
            raise RuntimeError(
                f"{caller}: gradient has shape {tuple(gradient.shape)}, but the tensor it belongs to has {node.shape}"
            )
        if gradient.array.dtype != node.dtype:
            gradient = cast(gradient, node.dtype)
        # A leaf keeps its gradient, so it must not be the caller's array.
        seed = gradient if create_graph else gradient.array if node.op is not None else gradient.array.copy()
        seeds[node] = seeds[node] + seed if node in seeds else seed
    return seeds


def _listed(value: Any) -> list[Any]:
    several = isinstance(value, Iterable) and not isinstance(value, (Tensor, GradientEdge))
    return [_at(one) if isinstance(one, GradientEdge) else one for one in (value if several else (value,))]


def _at(edge: GradientEdge) -> Tensor:
    """A Tensor at the place of an edge in the graph, without values."""
    node = edge.ownership_token or edge.node
    return wrap(np.broadcast_to(np.zeros((), node.dtype), node.shape), node)


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
    *,
    grad_variables: Tensor | Sequence[Tensor | None] | None = None,
) -> None:
    """Add to ``.grad`` of every leaf that led to ``tensors`` the gradient of their sum.

    tensors: what to differentiate; scalars, unless ``grad_tensors`` has a gradient of the same shape for each.
    retain_graph: keep what the graph saved, to walk it again; as ``create_graph`` if not given.
    create_graph: record the walk itself, so that the gradients can be differentiated.
    inputs: accumulate into these leaves only. grad_variables: what ``grad_tensors`` was called of old.
    Raises RuntimeError for a tensor that needs no gradient, a gradient of the wrong shape, a graph that was freed. A
    call that fails, or that Ctrl-C ends, has changed no ``.grad`` or every one.

    >>> import autograd
    >>> x = autograd.tensor([1., 2.], requires_grad=True)
    >>> autograd.backward((x * x).sum()); x.grad
    tensor([2., 4.])
    """
    if grad_variables is not None:
        warnings.warn("backward: grad_variables is deprecated, use grad_tensors", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError("backward: both grad_tensors and grad_variables were given; give grad_tensors alone")
        grad_tensors = grad_variables
    outputs = _listed(tensors)
    given = [None] * len(outputs) if grad_tensors is None else _listed(grad_tensors)
    roots = _seeds("backward", outputs, given, create_graph)
    ends = None if inputs is None else _ends("backward", _listed(inputs))
    arrivals, last = to_the_end(_arrivals, roots, ends, retain_graph, create_graph, awaited)
    arrivals = [(node, gradient) for node, gradient in arrivals if node.op is not None or not node.resting]
    with uninterrupted:
        accumulate(arrivals)
    for node, _ in arrivals:
        if node.op is None and node.accumulated:
            for hook in tuple(node.accumulated):
                hook()
    for callback in last:
        callback()


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
    roots: Mapping[Node, Any],
    ends: Sequence[Node] | None,
    retain_graph: bool | None,
    create_graph: bool,
    awaited: Mapping[Node, Callable[[Any], None]] = MappingProxyType({}),
) -> list[tuple[Node, Any]]:
    """What arrives at the leaves, or at ``ends``, once the whole walk has succeeded; see `awaited`."""
    retain_graph = create_graph if retain_graph is None else retain_graph
    looking = bool(debug.watchers)
    steps = backward_steps(
        roots,
        create_graph=create_graph,
        retain_graph=retain_graph,
        towards=ends,
        only_ends=not looking,
        awaited=awaited,
    )
    if looking:
        steps = (step for step in debug.watched(steps) if (step[0].op is None if ends is None else step[0] in ends))
    # A walk over arrays records nothing, whatever the mode.
    if create_graph:
        with recording(True):
            steps = iter(list(steps))
    if not awaited:
        return [(node, gradient) for node, gradient, _ in steps]
    arrivals = []
    for node, gradient, _ in steps:
        arrivals.append((node, gradient))
        if node in awaited and not node.resting:
            awaited[node](gradient)
    return arrivals


def clear_grads(tensors: Sequence[Tensor], set_to_none: bool) -> None:
    """Forget the gradients of ``tensors``, or set them to 0. Ctrl-C finds all of them as they were, or none."""
    nodes = list(map(NODE, tensors))
    if None in nodes:
        nodes = [node for tensor in tensors if (node := tensor.node or getattr(tensor, "resting", None)) is not None]
    cleared: Iterable[Tensor | None] = repeat(None)
    if not set_to_none:
        found = [getattr(node, "grad", None) for node in nodes]
        cleared = [None if grad is None else wrap(np.zeros_like(grad.array), None) for grad in found]
    # One call of C, which nothing interrupts.
    deque(map(setattr, nodes, repeat("grad"), cleared), maxlen=0)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of ``outputs`` with respect to each of ``inputs``; no ``.grad`` is touched.

    grad_outputs: the upstream gradient of each output; scalars have 1.
    create_graph: record the gradients, so that they can be differentiated again, to any order.
    allow_unused: None for an input that ``outputs`` don't depend on; otherwise RuntimeError.
    materialize_grads: zeros for such an input, which under ``create_graph`` require a gradient, as all do.
    is_grads_batched: each of ``grad_outputs`` is a stack of upstream gradients, and so are the results. only_inputs: as
    in PyTorch, it is ignored.

    >>> import autograd
    >>> x = autograd.tensor(2., requires_grad=True)
    >>> (slope,) = autograd.grad(x ** 3, x, create_graph=True)
    >>> slope.item(), autograd.grad(slope, x)[0].item()
    (12.0, 12.0)
    """
    if not only_inputs:
        warnings.warn("grad: only_inputs argument is deprecated and is ignored now", FutureWarning, stacklevel=2)
    sources = _listed(inputs)
    targets = _listed(outputs)
    if is_grads_batched:
        batches = zip(*[repeat(None) if stacked is None else stacked for stacked in _listed(grad_outputs)])
        options = (create_graph, True, allow_unused, False, materialize_grads)
        each = [grad(targets, sources, upstream, True, *options) for upstream in batches]
        return tuple(None if parts[0] is None else stack(list(parts)) for parts in zip(*each))
    given = [None] * len(targets) if grad_outputs is None else _listed(grad_outputs)
    roots = _seeds("grad", targets, given, create_graph)
    ends = _ends("grad", sources)
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: expected allow_unused to be True or not passed with materialize_grads=True, not False")
    arrivals, last = to_the_end(_arrivals, roots, ends, retain_graph, create_graph)
    found = dict(arrivals)
    for callback in last:
        callback()
    results: list[Tensor | None] = []
    for position, (source, end) in enumerate(zip(sources, ends)):
        if end in found:
            gradient = found[end]
            recorded = isinstance(gradient, Tensor)
            results.append(gradient if recorded else wrap(np.array(gradient, dtype=end.dtype), None))
        elif materialize_grads:
            zeros = np.zeros_like(source.array)
            results.append(wrap(zeros, leaf(zeros) if create_graph else None))
        elif allow_unused:
            results.append(None)
        else:
            raise RuntimeError(
                f"grad: input {position} of shape {tuple(source.shape)} was not used to make the outputs; "
                "pass allow_unused=True if None is right for it"
            )
    return tuple(results)


def _ends(caller: str, inputs: Sequence[Any]) -> list[Node]:
    """The nodes of ``inputs``. RuntimeError if there are none."""
    if not inputs:
        raise RuntimeError(f"{caller}: `inputs` argument to `{caller}()` cannot be empty")
    return [_differentiable(caller, tensor) for tensor in inputs]


def _differentiable(caller: str, tensor: Any) -> Node:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{caller}: inputs must be Tensors, not {type(tensor).__name__}")
    if tensor.node is None:
        raise RuntimeError(
            f"{caller}: an input of shape {tuple(tensor.shape)} does not require grad; "
            "make it with requires_grad=True before it is used"
        )
    return tensor.node
