"""Means, variances and what is built on them."""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from ..ops.op import Op
from ..ops.reduction import std, var
from .registry import function, method


@function()
def std_mean(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean; see `std`.

    >>> autograd.std_mean(autograd.tensor([1., 2., 3.]))
    (tensor(1.), tensor(2.))
    """
    return _with_mean(std, input, dim, unbiased, keepdim, correction)


@function()
def var_mean(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean; see `var`.

    >>> autograd.var_mean(autograd.tensor([1., 2., 3.]))
    (tensor(1.), tensor(2.))
    """
    return _with_mean(var, input, dim, unbiased, keepdim, correction)


def _with_mean(
    spread: Op, x: Tensor, dim: Any, unbiased: bool, keepdim: bool, correction: Any
) -> tuple[Tensor, Tensor]:
    return spread(x, dim, unbiased, keepdim, correction), x.mean(None if isinstance(dim, bool) else dim, keepdim)


@method()
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances ``Σₖ wₖ(xᵢₖ - mean xᵢ)(xⱼₖ - mean xⱼ) / n`` of the rows of ``input`` (variables, observations).

    fweights counts each observation, aweights weighs it; n is ``Σw - correction`` without aweights.

    >>> autograd.tensor([[1., 2., 3.], [3., 2., 1.]]).cov()
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        raise RuntimeError(f"cov: expected input to have two or fewer dimensions, not the shape {tuple(input.shape)}")
    if input.array.dtype.kind == "b":
        raise RuntimeError("cov: bool dtype is not supported for input; convert it, as in x.float()")
    x = input.reshape(1, -1) if input.ndim < 2 else input
    count = x.shape[1]
    for name, weights, kind in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if weights is None:
            continue
        if weights.ndim > 1 or weights.numel() != count or weights.array.dtype.kind not in kind:
            raise RuntimeError(
                f"cov: expected {name} to be {count} {'integers' if kind == 'iu' else 'floats'}, "
                f"not {weights.dtype} of shape {tuple(weights.shape)}"
            )
        if not bool((weights >= 0).all()):
            raise RuntimeError(f"cov: {name} cannot be negative")
    weights = aweights if fweights is None else fweights if aweights is None else fweights * aweights
    total: Any = count if weights is None else weights.sum()
    center = (x if weights is None else x * weights).sum(1, True) / total
    if weights is not None and not total.item():
        raise RuntimeError("cov: weights sum to zero, can't be normalized")
    if aweights is not None and correction:
        assert weights is not None
        degrees = total - correction * (weights * aweights).sum() / total
    else:
        degrees = total - correction
    degrees = degrees.clamp(min=0) if isinstance(degrees, Tensor) else max(degrees, 0)
    apart = x - center
    products = apart @ (apart if weights is None else apart * weights).T
    return (products / degrees).squeeze()


@method()
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the rows of ``input`` (variables, observations): `cov` over the standard deviations.

    >>> autograd.tensor([[1., 2., 3.], [3., 2., 1.]]).corrcoef()
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        raise RuntimeError(
            f"corrcoef: expected input to have two or fewer dimensions, not the shape {tuple(input.shape)}"
        )
    c = cov(input)
    if not c.ndim:
        return c / c
    each = range(c.shape[0])
    deviation = c[each, each].sqrt()
    return c / deviation.unsqueeze(1) / deviation
