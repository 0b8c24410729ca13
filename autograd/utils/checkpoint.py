"""Memory for time: what a function saved for the backward pass is let go and computed again when it is asked for.

Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016. PyTorch's ``torch.utils.checkpoint``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..creation.generator import get_rng_state, set_rng_state
from ..engine.grad_mode import enable_grad, is_grad_enabled
from ..engine.node import Node, ancestors, next_id
from ..engine.tensor import Tensor
from ..engine.versions import arrays_in, refuse_overwritten, version
from ..transforms.tree import leaves, mapped


class CheckpointError(RuntimeError):
    """A function did something else when it was run again."""


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Callable[[], tuple[AbstractContextManager[Any], AbstractContextManager[Any]]] | None = None,
    determinism_check: str = "default",
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, whose graph keeps no arrays: the function runs again when a derivative needs them.

    The graph is the same as without: gradients of parameters inside, of any order, nested checkpoints.
    use_reentrant: PyTorch's older and newer way; both are this one.
    preserve_rng_state: run again with the same random numbers.
    context_fn: gives a context for the first run and one for the second.
    determinism_check: CheckpointError if the second run records other operations, or by "default" other shapes or
        dtypes; "none" leaves these unchecked.
    Raises RuntimeError in the backward pass if an argument was written to in between.

    >>> x = autograd.tensor(2., requires_grad=True)
    >>> y = autograd.utils.checkpoint.checkpoint(lambda x: (x * x).exp(), x)
    >>> y.backward(); x.grad
    tensor(218.3926)
    """
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'] but got {determinism_check}")
    first, second = context_fn() if context_fn else (nullcontext(), nullcontext())
    if not is_grad_enabled():
        with first:
            return function(*args, **kwargs)
    again = _Again(function, args, kwargs, second, determinism_check == "default")
    if preserve_rng_state:
        again.random = get_rng_state()
    with first:
        result = function(*args, **kwargs)
    nodes = _recorded(result, again.began)
    again.signature = _signature(nodes)
    for position, node in enumerate(nodes):
        if node.frees:
            node.saved = _Saved(again, position, node)
    return result


class _Saved:
    """What a node saved, to be had by running the function again.

    It counts as empty. The engine goes through what a node saved to see whether it was overwritten, and should not run
    the function for that.
    """

    __slots__ = ("_again", "_position", "_versions")

    def __init__(self, again: _Again, position: int, node: Node) -> None:
        self._again, self._position = again, position
        self._versions = _versions(node)

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        node = self._again.node(self._position)
        refuse_overwritten(node)
        if _versions(node) != self._versions:
            raise RuntimeError(
                f"checkpoint: an array that the derivative of {node.name()} needs has been modified by an in-place "
                "operation since the function ran first; clone() it before writing to it"
            )
        return iter(node.saved)

    def __getitem__(self, key: Any) -> Any:
        return tuple(self)[key]


def _versions(node: Node) -> list[int]:
    """How often each array that ``node`` saved was written to."""
    return [version(array) for array in arrays_in(node.saved or ())]


class _Again:
    """A call that can be made a second time.

    The nodes of the graph refer to it, and it to none of them, so that it is freed together with the graph.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        context: AbstractContextManager[Any],
        checked: bool,
    ) -> None:
        # Handles of our own, because writing in place can make the caller's stand for another node.
        self._args, self._kwargs = mapped(_handle, (args, kwargs))
        self._function, self._context, self._checked = function, context, checked
        self.random: Any = None
        self._versions = self._written()
        self.began = next_id()
        self.signature: list[Any] = []
        self._nodes: list[Node] | None = None

    def _written(self) -> list[int]:
        """How often each argument was written to."""
        return [version(x.array) for x in leaves((self._args, self._kwargs)) if isinstance(x, Tensor)]

    def node(self, position: int) -> Node:
        """The node that takes the place of the one at ``position``, with what it saved."""
        if self._nodes is None:
            self._nodes = self._run()
        return self._nodes[position]

    def _run(self) -> list[Node]:
        if self._written() != self._versions:
            raise RuntimeError(
                "checkpoint: an argument was modified by an in-place operation, so that the function can't be run "
                "again on it; clone() it before writing to it"
            )
        began, random = next_id(), None
        if self.random is not None:
            random = get_rng_state()
            set_rng_state(self.random)
        try:
            with self._context, enable_grad():
                result = self._function(*self._args, **self._kwargs)
        finally:
            if random is not None:
                set_rng_state(random)
        nodes = _recorded(result, began)
        if self._kept(_signature(nodes)) != self._kept(self.signature):
            raise CheckpointError(
                "checkpoint: A different number of operations, or other ones, were recorded when the function was run "
                f"again: {_listed(self.signature)} and then {_listed(_signature(nodes))}"
            )
        return nodes

    def _kept(self, signature: list[Any]) -> list[Any]:
        """What must be the same again."""
        return signature if self._checked else [name for name, *_ in signature]


def _handle(x: Any) -> Any:
    return type(x)._wrap(x.array, x.node) if isinstance(x, Tensor) else x


def _recorded(result: Any, began: int) -> list[Node]:
    """The nodes made after ``began`` that led to ``result``, in an order that only the graph decides."""
    made = [t.node for t in leaves(result) if isinstance(t, Tensor) and t.node is not None and t.node.id > began]
    return ancestors(made, after=began)


def _signature(nodes: Iterable[Node]) -> list[Any]:
    return [(node.name(), node.shape, node.dtype) for node in nodes]


def _listed(signature: list[Any]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape, _ in reversed(signature)) or "none"


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Run modules or functions one after the other, in ``segments`` groups, each but the last in a `checkpoint`.

    functions: an ``nn.Sequential`` or a list. kwargs: ``preserve_rng_state``.

    >>> x = autograd.tensor(2., requires_grad=True)
    >>> autograd.utils.checkpoint.checkpoint_sequential([autograd.exp, autograd.sin, autograd.tanh], 2, x)
    tensor(0.7133, grad_fn=<TanhBackward0>)
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"checkpoint_sequential: Unexpected keyword arguments: {', '.join(kwargs)}")
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 1 <= segments <= max(len(steps), 1):
        raise ValueError(f"checkpoint_sequential: {segments} segments of {len(steps)} functions")
    size = len(steps) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(_Chain(steps[start : start + size]), input, preserve_rng_state=preserve)
    return _Chain(steps[size * (segments - 1) :])(input)


class _Chain:
    """Functions one after the other."""

    def __init__(self, functions: list[Callable[..., Any]]) -> None:
        self._functions = functions

    def __call__(self, input: Any) -> Any:
        for function in self._functions:
            input = function(input)
        return input
