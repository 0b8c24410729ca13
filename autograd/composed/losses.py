"""How wrong predictions are: the losses that are short formulas. ``reduction`` is "mean", "sum" or "none"."""

from __future__ import annotations

import math
import warnings

import numpy as np

from ..creation.filled import full_like, zeros_like
from ..engine.tensor import Tensor
from ..ops.loss import bowl, reduced
from ..ops.loss import mse_loss as mse_loss_op
from ..ops.special import xlogy
from .registry import function, public


def legacy(size_average: bool | None, reduce: bool | None, reduction: str, stacklevel: int = 4) -> str:
    """The ``reduction`` that PyTorch's older arguments mean: whether to reduce, and whether to divide by the count."""
    if size_average is None and reduce is None:
        return reduction
    meant = "none" if reduce is not None and not reduce else "mean" if size_average in (None, True) else "sum"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{meant}' instead.",
        stacklevel=stacklevel,
    )
    return meant


def check_weight(name: str, weight: Tensor | None, input: Tensor) -> None:
    """Raise ValueError for a weight of another shape than the input's."""
    if weight is not None and weight.shape != input.shape:
        raise ValueError(
            f"{name}: Weights and input must have the same size, but they have {tuple(weight.shape)} and "
            f"{tuple(input.shape)}"
        )


def weighted(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The losses times ``weight``; the mean is their sum over that of the weights."""
    losses = losses * weight
    return losses.sum() / weight.sum() if reduction == "mean" else reduced(losses, reduction)


def warn_of_broadcasting(name: str, input: Tensor, target: Tensor, stacklevel: int = 4) -> None:
    """PyTorch's warning where input and target differ in shape: it is rarely what was meant."""
    if input.shape != target.shape:
        warnings.warn(
            f"{name}: using a target size {tuple(target.shape)} that is different to the input size "
            f"{tuple(input.shape)}. This will likely lead to incorrect results due to broadcasting.",
            stacklevel=stacklevel,
        )


@public("nn.functional.mse_loss")
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The squared error ``(x - target)²``, its mean, or its sum.

    weight: how much each element counts, in the shape of ``input`` (ValueError for another): the mean is over weights.
    size_average, reduce: what ``reduction`` was in older scripts, for this and the other losses.

    >>> nn.functional.mse_loss(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(2.)
    """
    reduction = legacy(size_average, reduce, reduction, 3)
    check_weight("mse_loss", weight, input)
    if input.shape != target.shape:
        warn_of_broadcasting("mse_loss", input, target, stacklevel=3)
        input, target = input + zeros_like(target), target + zeros_like(input)
    if weight is not None:
        return weighted(mse_loss_op.call(input, target, "none"), weight, reduction)
    return mse_loss_op.call(input, target, reduction)


@function("nn.functional.l1_loss")
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The absolute error ``|x - target|``, its mean, or its sum; weight: as of `mse_loss`.

    >>> nn.functional.l1_loss(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(1.)
    """
    warn_of_broadcasting("l1_loss", input, target)
    reduction = legacy(size_average, reduce, reduction)
    check_weight("l1_loss", weight, input)
    losses = (input - target).abs()
    return reduced(losses, reduction) if weight is None else weighted(losses, weight, reduction)


@function("nn.functional.huber_loss")
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """``e²/2`` for an error e of at most ``delta``, beyond it ``delta·(|e| - delta/2)``; times ``weight``.

    RuntimeError for a ``delta`` that is not positive, ValueError for a weight of another shape (Huber, 1964).

    >>> nn.functional.huber_loss(autograd.tensor([1., 3.]), autograd.tensor([0., 0.]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    warn_of_broadcasting("huber_loss", input, target)
    if not delta > 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    # An infinite bend would be multiplied by 0.
    floats = [one.array.dtype for one in (input, target) if one.is_floating_point()]
    bend = min([delta, *[float(np.finfo(dtype).max) for dtype in floats]])
    check_weight("huber_loss", weight, input)
    if weight is None:
        return bowl(input, target, bend, 0.5, bend, reduction)
    return reduced(bowl(input, target, bend, 0.5, bend, "none") * weight, reduction)


@function("nn.functional.smooth_l1_loss")
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """``e²/(2·beta)`` for an error e below ``beta``, else ``|e| - beta/2``; for ``beta`` 0 the absolute error.

    RuntimeError for a negative ``beta`` (Girshick, 2015).

    >>> nn.functional.smooth_l1_loss(autograd.tensor([1., 3.]), autograd.tensor([0., 0.]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    warn_of_broadcasting("smooth_l1_loss", input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    reduction = legacy(size_average, reduce, reduction)
    return bowl(input, target, beta, 0.5 / beta, 1.0, reduction) if beta else reduced((input - target).abs(), reduction)


@function("nn.functional.kl_div")
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """``t·(ln t - x)`` of log-probabilities x and probabilities t, or their logarithms if ``log_target``.

    reduction: also "batchmean", the sum divided by the size of dimension 0, which is the Kullback-Leibler divergence.

    >>> t = autograd.tensor([[0.5, 0.5]])
    >>> nn.functional.kl_div(autograd.tensor([[0.9, 0.1]]).log(), t, reduction="batchmean")
    tensor(0.5108)
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size; 'batchmean' divides "
            "only by the batch size, and aligns with the KL math definition.",
            stacklevel=3,
        )
    losses = target.exp() * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "batchmean":
        return losses.sum() / (input.shape[0] if input.ndim else 1)
    return reduced(losses, legacy(size_average, reduce, reduction))


@function("nn.functional.poisson_nll_loss")
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``e^x - t·x`` of counts t with the rate e^x, or with ``log_input`` False ``x - t·ln(x + eps)`` with the rate x.

    full: whether to add Stirling's approximation of ``ln t!`` where t > 1.

    >>> nn.functional.poisson_nll_loss(autograd.tensor([0.]), autograd.tensor([2.]))
    tensor(1.)
    """
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + (target * (2 * math.pi)).log() * 0.5
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, legacy(size_average, reduce, reduction))


@function("nn.functional.gaussian_nll_loss")
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """``(ln σ² + (x - t)²/σ²)/2`` of targets t with mean x and variance ``var``, which is at least ``eps``.

    full: whether to add ``ln(2π)/2``. ValueError for a negative variance, or one that doesn't fit the shape.

    >>> nn.functional.gaussian_nll_loss(autograd.tensor([1.]), autograd.tensor([3.]), autograd.tensor([1.]))
    tensor(2.)
    """
    spread = var if isinstance(var, Tensor) else full_like(input, var)
    if bool((spread < 0).any()):
        raise ValueError("gaussian_nll_loss: var has negative entry/entries")
    if spread.shape != input.shape:
        if input.shape[:-1] == spread.shape:
            spread = spread.unsqueeze(-1)
        elif spread.ndim != input.ndim or sum(one for one, all in zip(spread.shape, input.shape) if one != all) != 1:
            raise ValueError("gaussian_nll_loss: var is of incorrect size")
    # As in PyTorch, a variance that is raised to ``eps`` still gets its gradient.
    floored = spread + (eps - spread.detach()).clamp(min=0.0)
    losses = (floored.log() + (input - target) ** 2 / floored) * 0.5
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
