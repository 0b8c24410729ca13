"""What a recorded call shows: what it saved for its derivative, as ``_saved_self``, and of a leaf its Tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.custom import left_by
from ..engine.hooks import Hooks, RemovableHandle
from ..engine.node import LookedAt, Node
from ..engine.tensor import Tensor, wrap
from ..ops.op import Op

PREFIX, SIZES = "_saved_", "_sym_sizes"


def places(node: Node) -> dict[str, int]:
    """Where in what ``node`` saved there is which argument, by PyTorch's names; ``result`` comes first."""
    assert node.op is not None
    names = list(node.op.parameters)
    for position, name in enumerate(("self", "other")[: node.op.arity]):
        names[position] = name
    return {"result": 0} | {name: position for position, name in enumerate(names, 1)}


def saved_at(node: Node, position: int) -> Any:
    """What ``node`` saved there for a rule; None for what no rule reads."""
    op, parents = node.op, node.parents
    if position >= len(node.saved):
        return None
    constant = 0 < position <= len(parents) and parents[position - 1] is None
    if constant and isinstance(op, Op) and not op.variadic:
        needs = tuple([parent is not None for parent in parents])
        return node.saved[position] if op.reads(needs)[position] else None
    return node.saved[position]


def saved_names(node: Node) -> list[str]:
    """The attributes that show what ``node`` saved."""
    if node.op is None or not isinstance(node.saved, tuple):
        return []
    shown = []
    for name, position in places(node).items():
        value = saved_at(node, position)
        if value is not None:
            shown.append(f"{PREFIX}{name}{SIZES if isinstance(value, Node) else ''}")
    return shown


def saved_value(self: LookedAt, name: str) -> Any:
    """What was saved under a name such as ``_saved_self``; RuntimeError once it was let go."""
    if name == "metadata":
        self.metadata = {}
        return self.metadata
    if left_by(self, name):
        return getattr(self.saved[0], name)
    bare = name.removeprefix(PREFIX)
    position = None if self.op is None or bare == name else places(self).get(bare.removesuffix(SIZES))
    if position is not None:
        saved = self.saved
        if not isinstance(saved, tuple):
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                f"already been freed): {self.name()} of a result of shape {self.shape}; pass retain_graph=True to the "
                "first backward()"
            )
        value = saved_at(self, position)
        if bare.endswith(SIZES) and value is not None:
            return tuple(value.shape)
        if isinstance(value, np.ndarray):
            return wrap(value, self.parents[position - 1] if 0 < position <= len(self.parents) else self)
        if not isinstance(value, Node):
            return value
    if name == "variable" and self.op is None:
        reference = getattr(self, "tensor", None)
        return None if reference is None else reference()
    raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def listed(self: LookedAt) -> list[str]:
    """The names of all attributes."""
    return [*object.__dir__(self), *saved_names(self), *(["variable"] if self.op is None else [])]


def register_prehook(self: LookedAt, fn: Callable[[tuple[Tensor, ...]], Any]) -> RemovableHandle:
    """Call ``fn(grad_outputs)`` when the gradients of the results are known; a tuple that it returns takes their place.

    >>> x = autograd.tensor(2., requires_grad=True); y = x * 3
    >>> handle = y.grad_fn.register_prehook(lambda gradients: (gradients[0] * 10,))
    >>> y.backward(); x.grad
    tensor(30.)
    """

    def hook(gradient: Tensor) -> Any:
        made = fn((gradient,))
        return made[0] if isinstance(made, (tuple, list)) else made

    return RemovableHandle(_hooks(self), fn if self.op is not None and self.op.several else hook)


def register_hook(self: LookedAt, fn: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]) -> RemovableHandle:
    """Call ``fn(grad_inputs, grad_outputs)`` when this has passed its gradients back, one for each argument, or None.

    A tuple that it returns takes their place; RuntimeError for one of another length. A leaf passes none.

    >>> x = autograd.tensor(2., requires_grad=True); y = x * 3
    >>> handle = y.grad_fn.register_hook(lambda inputs, outputs: print(inputs, outputs))
    >>> y.backward()
    (tensor(3.), None) (tensor(1.),)
    """
    if self.op is None:
        return RemovableHandle(_hooks(self), lambda gradient: fn((), (gradient,)))
    return RemovableHandle(_hooks(self).after, fn)


def _hooks(node: Node) -> Hooks:
    if node.hooks is None:
        node.hooks = Hooks()
    return node.hooks


SHOWN: dict[str, Any] = {
    "__getattr__": saved_value,
    "__dir__": listed,
    "register_hook": register_hook,
    "register_prehook": register_prehook,
    "requires_grad": True,
}
