"""``torch.autograd.forward_ad``: derivatives along a direction, of Tensors that carry it with them."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

from ..creation.filled import zeros, zeros_like
from ..engine.backward import grad
from ..engine.node import Node
from ..engine.tensor import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """A Tensor and its derivative along the direction, None where it doesn't depend on what has one."""

    primal: Tensor
    tangent: Tensor | None


# How far we have gone along the direction, in the block that is open: not at all, but whatever moves depends on it.
_steps: list[Tensor] = []


def enter_dual_level() -> int:
    """Begin what `dual_level` is the block of. RuntimeError in another one."""
    if _steps:
        raise RuntimeError("Nested forward mode AD is not supported: torch.func.jvp can be nested")
    _steps.append(zeros((), requires_grad=True))
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End it; RuntimeError if there is none."""
    if not _steps or level not in (None, 0):
        raise RuntimeError("exit_dual_level: no level was entered, or another one")
    _steps.clear()


class dual_level(contextlib.ContextDecorator):
    """A block in which Tensors can carry a direction; one at a time."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *error: object) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """``tensor`` with the direction ``tangent``: a step s along it would make ``tensor + s tangent`` of it."""
    if not _steps:
        raise RuntimeError("make_dual: no level exists; enter a dual_level first")
    for name, given in (("primal", tensor), ("tangent", tangent)):
        if not given.is_floating_point():
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {given.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(f"make_dual: the tangent has shape {tuple(tangent.shape)}, not {tuple(tensor.shape)}")
    return tensor + _steps[0].to(tensor.dtype) * tangent


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """``tensor`` and its derivative after the step: that after u of its product with u, derived after the step."""
    if not _steps or not tensor.requires_grad:
        return UnpackedDualTensor(tensor, None)
    step, u = _steps[0], zeros_like(tensor, requires_grad=True)
    (product,) = grad(tensor, step, u, create_graph=True, allow_unused=True)
    if product is None:
        return UnpackedDualTensor(tensor, None)
    (tangent,) = grad(product, u, create_graph=True, allow_unused=True, materialize_grads=True)
    assert tangent is not None
    return UnpackedDualTensor(*((tensor, tangent) if _learns(tensor) else (tensor.detach(), tangent.detach())))


def _learns(tensor: Tensor) -> bool:
    """Whether anything but the step is a leaf of this graph."""
    waiting: list[Any] = [tensor.grad_fn]
    seen: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if node.name() == "AccumulateGrad" and node is not _steps[0].node:
            return True
        waiting += [parent for parent, _ in node.next_functions]
    return False
