"""What a replay calls beside forwards and rules: what the engine does between them."""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import Any

import numpy as np

from ..engine.backward import clear_grads
from ..engine.node import Node
from ..engine.tensor import ACCUMULATING, Tensor, accumulate, wrap
from ..engine.versions import note_write, owner

Array = np.ndarray[Any, Any]


def leaf_of(tensor: Tensor) -> Node | None:
    """The node of ``tensor``, also if it doesn't require grad just now: what ran may have switched that on and off."""
    return tensor.node if tensor.node is not None else getattr(tensor, "resting", None)


def copied(gradient: Any) -> Any:
    """A gradient that a leaf keeps, in memory of its own."""
    return np.array(gradient)


def seen_in(memory: Array, shape: Any, dtype: Any, strides: Any, offset: int) -> Array:
    """The view of ``memory`` that begins after ``offset`` bytes."""
    return np.ndarray(shape, dtype, memory.ravel(order="K"), offset, strides)


def owner_of(array: Any) -> Any:
    return owner(array)


def made_again(array: Array) -> Array:
    """A copy of a constant, laid out as it is."""
    made = np.array(array)
    made.flags.writeable = array.flags.writeable
    return made


def assigned(array: Array, values: Any, keys: tuple[Any, ...], noted: bool) -> None:
    """Write ``values`` where ``keys``, one after the other, lead in ``array``."""
    *before, last = keys or (...,)
    seen = array
    for key in before:
        seen = seen[key]
    seen[last] = values
    if noted:
        note_write(array)


def counted(array: Array) -> None:
    """One more."""
    array += 1


def accumulated(nodes: list[Node], gradients: list[Any]) -> list[Array]:
    """The gradients of leaves, once these were added."""
    accumulate(zip(nodes, gradients))
    return [node.grad.array for node in nodes]


def set_grad(tensor: Tensor, gradient: Array | None) -> None:
    """Assign a gradient."""
    tensor.grad = None if gradient is None else wrap(gradient, None)


def forgotten(nodes: list[Node]) -> None:
    """The leaves ``nodes`` have no gradient any more."""
    deque(map(setattr, nodes, repeat("grad"), repeat(None)), maxlen=0)


def assigned_grads(nodes: list[Node], gradients: list[Array]) -> None:
    """The gradients of leaves that have none."""
    with ACCUMULATING:
        for node, gradient in zip(nodes, gradients):
            node.grad = wrap(gradient, None)


def stepped(owner: Any, args: Any, kwargs: Any) -> Any:
    """The step of an optimizer or of a scheduler."""
    return owner.step(*args, **kwargs)


def cleared(tensors: list[Tensor], set_to_none: bool) -> list[Any]:
    """The gradients of ``tensors`` once they are forgotten or 0."""
    clear_grads(tensors, set_to_none)
    return [None if tensor.grad is None else tensor.grad.array for tensor in tensors]
