"""``nn.functional.softmax`` and its like: the ops, with PyTorch's choice of a dimension where none is given."""

from __future__ import annotations

import warnings
from typing import Any

from ..creation.filled import empty_like, zeros_like
from ..engine.tensor import Tensor
from ..ops.softmax import log_softmax as log_softmax_op
from ..ops.softmax import softmax as softmax_op
from .registry import function


def implicit_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    """``dim``, or what PyTorch takes in its place, with its warning."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


@function("nn.functional.softmax")
def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``, in ``dtype`` if given: positive numbers that add up to 1.

    >>> nn.functional.softmax(autograd.tensor([1., 2., 3.]), 0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    dim = implicit_dim("softmax", input, dim, _stacklevel)
    return softmax_op(input, dim) if dtype is None else softmax_op(input, dim, dtype=dtype)


@function("nn.functional.log_softmax")
def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``ln softmax(x)`` over ``dim``, in ``dtype`` if given.

    >>> nn.functional.log_softmax(autograd.tensor([1., 2., 3.]), 0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    dim = implicit_dim("log_softmax", input, dim, _stacklevel)
    return log_softmax_op(input, dim) if dtype is None else log_softmax_op(input, dim, dtype=dtype)


@function("nn.functional.softmin")
def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``softmax(-x)`` over ``dim``, computed in ``dtype``: positive numbers that add up to 1, the largest at the least.

    >>> nn.functional.softmin(autograd.tensor([1., 2., 3.]), dim=0)
    tensor([0.6652, 0.2447, 0.0900])
    """
    return softmax_op(-input, implicit_dim("softmin", input, dim, _stacklevel), dtype=dtype)


@function("nn.functional.gumbel_softmax")
def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """``softmax((x + g)/tau)`` over ``dim`` with random g: a draw from the classes with scores x that has a derivative.

    The lower ``tau``, the nearer to 1 and 0. hard: give exactly 1 and 0, with the derivative of the soft numbers
    (Jang et al. and Maddison et al., 2017).

    >>> _ = autograd.manual_seed(0); nn.functional.gumbel_softmax(autograd.tensor([0., 1., 2.]), hard=True)
    tensor([0., 0., 1.])
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=3)
    noise = -empty_like(logits).exponential_().log()
    soft: Tensor = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    drawn = zeros_like(logits).scatter(dim, soft.argmax(dim, keepdim=True), 1.0)
    return drawn - soft.detach() + soft
