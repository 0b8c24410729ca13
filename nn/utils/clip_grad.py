"""Gradients that are too large, cut down in place before the optimizer takes its step."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable

import autograd
from autograd import Tensor, no_grad

Tensors = Tensor | Iterable[Tensor]


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Tensors) -> list[Tensor]:
    return [parameter.grad for parameter in _listed(parameters) if parameter.grad is not None]


@no_grad()
def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of ``tensors`` as one vector; 0 for none.

    error_if_nonfinite: raise RuntimeError where it is infinite or NaN. foreach: accepted as in PyTorch, without effect.

    >>> nn.utils.get_total_norm([autograd.tensor([3.]), autograd.tensor([[4.]])])
    tensor(5.)
    """
    norms = [autograd.linalg.vector_norm(tensor, float(norm_type)) for tensor in _listed(tensors)]
    if not norms:
        return autograd.tensor(0.0)
    total: Tensor = autograd.linalg.vector_norm(autograd.stack(norms), float(norm_type))
    if error_if_nonfinite and not bool(total.isfinite()):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply all gradients by ``max_norm/(total_norm + 1e-6)`` where that is less than 1."""
    factor = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(parameters):
        gradient.mul_(factor.to(gradient.dtype))


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Shrink the gradients of ``parameters``, in place, so that together they have a norm of at most ``max_norm``.

    Their direction stays (Pascanu et al., 2013). Returns the norm that they had. norm_type: of the norm, inf for the
    largest. error_if_nonfinite: raise RuntimeError, and change nothing, where it is infinite or NaN.

    >>> w = autograd.tensor([3., 4.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> nn.utils.clip_grad_norm_([w], 1.0), w.grad
    (tensor(10.), tensor([0.6000, 0.8000]))
    """
    given = _listed(parameters)
    if isinstance(parameters, types.GeneratorType) and not given:
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total = get_total_norm(_gradients(given), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total)
    return total


def clip_grad_norm(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The old name of `clip_grad_norm_`; it warns."""
    warnings.warn(
        "`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


@no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cut every element of the gradients, in place, to between ``-clip_value`` and ``clip_value``.

    >>> w = autograd.tensor([3., -0.1], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> nn.utils.clip_grad_value_(w, 1.0); w.grad
    tensor([ 1.0000, -0.2000])
    """
    for gradient in _gradients(parameters):
        gradient.clamp_(min=-float(clip_value), max=float(clip_value))
