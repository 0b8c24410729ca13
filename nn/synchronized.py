"""Batch normalization by the statistics of the batches of all ranks."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.function import once_differentiable

from . import functional as F


def group_of(given: Any) -> Any:
    """The group that was given, or that of all ranks; None where there is but one rank."""
    if not autograd.distributed.is_initialized():
        return None
    group = autograd.distributed.group.WORLD if given is None else given
    return group if isinstance(group, autograd.distributed.ProcessGroup) and group.size() > 1 else None


def batch_norm(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float, group: Any
) -> tuple[Tensor, Tensor, Tensor, float]:
    """``γ·(x - μ)/√(σ² + eps) + β``, and μ, σ² and the number of values, of each channel on all ranks."""
    dims = [dim for dim in range(x.ndim) if dim != 1]
    with autograd.no_grad():
        mean, var, count = statistics(x, dims, group)
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {x.shape} on all ranks")
    return Synchronized.apply(x, weight, bias, mean, var, eps, count, dims, group), mean, var, count


def statistics(x: Tensor, dims: list[int], group: Any) -> tuple[Tensor, Tensor, float]:
    """Mean and variance of each channel, and how many values it has, on all ranks together.

    ``μ = Σ nᵢ·μᵢ/n, σ² = Σ nᵢ·(σᵢ² + (μᵢ - μ)²)/n``: Chan et al., 1979. In float64, as there are few of them.
    """
    count = x.numel() // max(x.shape[1], 1)
    if count:
        var, mean = autograd.var_mean(x, dims, correction=0)
    else:
        mean = var = x.new_zeros(x.shape[1])
    mine = autograd.stack([mean.double(), var.double(), autograd.full_like(mean, count, dtype=autograd.float64)])
    each = mine.new_empty(group.size(), *mine.shape)
    autograd.distributed.all_gather_into_tensor(each, mine, group)
    means, variances, counts = each.unbind(1)
    total = counts[:, :1].sum().item()
    shares = counts / max(total, 1)
    mean = (shares * means).sum(0)
    var = (shares * (variances + (means - mean) ** 2)).sum(0)
    return mean.to(x.dtype), var.to(x.dtype), total


class Synchronized(autograd.Function):
    """Batch norm by given statistics, in whose gradient these depend on the inputs of all ranks."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        mean: Tensor,
        var: Tensor,
        eps: float,
        count: float,
        dims: list[int],
        group: Any,
    ) -> Tensor:
        ctx.save_for_backward(x, weight, mean, var)
        ctx.eps, ctx.count, ctx.dims, ctx.group = eps, count, dims, group
        return F.batch_norm(x, mean, var, weight, bias, False, 0.0, eps)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Any, ...]:
        """``∂L/∂x = γ/σ·(g - mean(g) - x̂·mean(g·x̂))``, the means over all ranks; those of γ and β are this rank's."""
        x, weight, mean, var = ctx.saved_tensors
        column = (1, -1) + (1,) * (x.ndim - 2)
        inverse = (var + ctx.eps).rsqrt()
        normalized = (x - mean.view(column)) * inverse.view(column)
        sums = autograd.stack([gradient.sum(ctx.dims), (gradient * normalized).sum(ctx.dims)])
        slope_of_bias, slope_of_weight = sums.clone()
        autograd.distributed.all_reduce(sums, group=ctx.group)
        of_gradient, of_product = sums / ctx.count
        scale = inverse if weight is None else inverse * weight
        slope = scale.view(column) * (gradient - of_gradient.view(column) - normalized * of_product.view(column))
        slopes = slope, slope_of_weight, slope_of_bias
        wanted = [slope if wanted else None for slope, wanted in zip(slopes, ctx.needs_input_grad)]
        return (*wanted, None, None, None, None, None, None)
