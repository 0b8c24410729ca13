"""How wrong predictions are: the losses that are short formulas. ``reduction`` is "mean", "sum" or "none"."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..creation import from_numpy, full_like
from ..ops import OPS
from ..ops.loss import reduced
from ..tensor import Tensor
from .registry import FUNCTIONS, function


def where(condition: Tensor, x: Any, y: Any) -> Tensor:
    """``x`` where the condition holds, else ``y``."""
    made: Tensor = OPS["where"].function(condition, x, y)
    return made


def broadcast(name: str, input: Tensor, target: Tensor) -> None:
    """PyTorch's warning where input and target differ in shape: it is rarely what was meant."""
    if input.shape != target.shape:
        warnings.warn(
            f"{name}: using a target size {tuple(target.shape)} that is different to the input size "
            f"{tuple(input.shape)}. This will likely lead to incorrect results due to broadcasting.",
            stacklevel=4,
        )


@function("nn.functional.huber_loss")
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """``e²/2`` for an error e of at most ``delta``, beyond it ``delta·(|e| - delta/2)``; times ``weight``.

    RuntimeError for a ``delta`` that is not positive, ValueError for a weight of another shape (Huber, 1964).

    >>> nn.functional.huber_loss(autograd.tensor([1., 3.]), autograd.tensor([0., 0.]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    broadcast("huber_loss", input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    size = (input - target).abs()
    losses = where(size <= delta, size * size * 0.5, (size - 0.5 * delta) * delta)
    if weight is not None and weight.shape != input.shape:
        raise ValueError(
            f"huber_loss: Weights and input must have the same size, but they have {tuple(weight.shape)} and "
            f"{tuple(input.shape)}"
        )
    return reduced(losses if weight is None else losses * weight, reduction)


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
    broadcast("smooth_l1_loss", input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    size = (input - target).abs()
    return reduced(
        where(size < beta, size * size * (0.5 / beta), size - 0.5 * beta) if beta else size,
        legacy(size_average, reduce, reduction),
    )


def legacy(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """What PyTorch's older arguments mean by ``reduction``."""
    if size_average is None and reduce is None:
        return reduction
    warnings.warn("size_average and reduce args will be deprecated, please use reduction instead.", stacklevel=4)
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"


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
    losses = target.exp() * (target - input) if log_target else OPS["xlogy"].function(target, target) - target * input
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
        elif not (input.shape[:-1] == spread.shape[:-1] and spread.shape[-1] == 1) and spread.ndim != input.ndim:
            raise ValueError("gaussian_nll_loss: var is of incorrect size")
    # Its floor passes the gradient on, as in PyTorch.
    floored = spread + (spread.detach().clamp(min=eps) - spread.detach())
    losses = (floored.log() + (input - target) ** 2 / floored) * 0.5
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


@function("nn.functional.hinge_embedding_loss")
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The distance x where the target is 1, ``max(0, margin - x)`` where it is -1.

    >>> nn.functional.hinge_embedding_loss(autograd.tensor([0.5, 0.2]), autograd.tensor([1, -1]), reduction="none")
    tensor([0.5000, 0.8000])
    """
    apart = where(target == 1, 0.0, (margin - input).clamp(min=0))
    near = where(target == -1, 0.0, input)
    return reduced(apart + near, legacy(size_average, reduce, reduction))


@function("cosine_embedding_loss", "nn.functional.cosine_embedding_loss")
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``1 - cos`` of the angle of x₁ and x₂, (N, D) or (D), where the target is 1, ``max(0, cos - margin)`` at -1.

    RuntimeError where the shapes don't fit.

    >>> x, y = autograd.tensor([[1., 0.]]), autograd.tensor([[1., 1.]])
    >>> nn.functional.cosine_embedding_loss(x, y, autograd.tensor([-1]))
    tensor(0.7071)
    """
    if target.ndim not in (0, 1) or target.ndim + 1 != input1.ndim or target.ndim + 1 != input2.ndim:
        raise RuntimeError(
            f"cosine_embedding_loss: {target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found "
            f"inputs with sizes {list(input1.shape)} and {list(input2.shape)}"
        )
    eps = 1e-12
    product = (input1 * input2).sum(target.ndim)
    sizes = ((input1 * input1).sum(target.ndim) + eps) * ((input2 * input2).sum(target.ndim) + eps)
    cos = product / sizes.sqrt()
    losses = where(target == 1, 1 - cos, 0.0) + where(target == -1, (cos - margin).clamp(min=0), 0.0)
    return reduced(losses, legacy(size_average, reduce, reduction))


@function("margin_ranking_loss", "nn.functional.margin_ranking_loss")
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin - t·(x₁ - x₂))``: t is 1 where x₁ should be the larger, -1 where x₂ should.

    RuntimeError for Tensors of different ranks.

    >>> nn.functional.margin_ranking_loss(autograd.tensor([1.]), autograd.tensor([3.]), autograd.tensor([1]))
    tensor(2.)
    """
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            f"margin_ranking_loss: all inputs should have the same rank, but got sizes: {tuple(input1.shape)}, "
            f"{tuple(input2.shape)}, {tuple(target.shape)}"
        )
    losses = (margin - target * (input1 - input2)).clamp(min=0)
    return reduced(losses, legacy(size_average, reduce, reduction))


@function("nn.functional.soft_margin_loss")
def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``ln(1 + e^(-t·x))`` of scores x and targets t of 1 and -1.

    >>> nn.functional.soft_margin_loss(autograd.tensor([0.]), autograd.tensor([1]))
    tensor(0.6931)
    """
    losses = OPS["softplus"].function(-target * input, 1.0, 40.0)
    return reduced(losses, legacy(size_average, reduce, reduction))


@function("nn.functional.multi_margin_loss")
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``Σᵢ max(0, margin - x[target] + x[i])ᵖ`` over the other classes i, divided by their number.

    input (N, classes) or (classes); p: 1 or 2; weight: a number for each class. ValueError for another p, RuntimeError
    where shapes don't fit.

    >>> nn.functional.multi_margin_loss(autograd.tensor([[1., 3.]]), autograd.tensor([0]))
    tensor(1.5000)
    """
    if p not in (1, 2):
        raise ValueError("multi_margin_loss: only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("multi_margin_loss: weight must be one-dimensional")
    if input.ndim > 2 or target.numel() != (input.shape[0] if input.ndim == 2 else 1):
        raise RuntimeError(
            f"multi_margin_loss: inconsistent target size: {tuple(target.shape)} for input of size {tuple(input.shape)}"
        )
    rows, labels = input.reshape(-1, input.shape[-1] if input.ndim else 1), target.reshape(-1)
    losses = (margin - rows.gather(1, labels.unsqueeze(1)) + rows).clamp(min=0) ** p
    if weight is not None:
        losses = losses * weight[labels].unsqueeze(1)
    others = OPS["one_hot"].function(labels, rows.shape[1]) == 0
    losses = (losses * others.to(rows.dtype)).sum(1) / rows.shape[1]
    reduction = legacy(size_average, reduce, reduction)
    return losses.reshape(target.shape) if reduction == "none" else reduced(losses, reduction)


@function("nn.functional.multilabel_margin_loss")
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``Σ max(0, 1 - (x[t] - x[i]))`` over the labels t and the other classes i, divided by the number of classes.

    input (N, classes) or (classes); target: of that shape, the labels of each row up to the first -1.
    RuntimeError where the shapes don't fit.

    >>> nn.functional.multilabel_margin_loss(autograd.tensor([[1., 3., 0.]]), autograd.tensor([[0, -1, 1]]))
    tensor(1.)
    """
    if input.shape != target.shape or input.ndim > 2:
        raise RuntimeError(
            f"multilabel_margin_loss: inconsistent target size: {tuple(target.shape)} for input of size "
            f"{tuple(input.shape)}"
        )
    rows, labels = input.reshape(-1, input.shape[-1] if input.ndim else 1), target.array
    labels = labels.reshape(tuple(rows.shape))
    counted = np.cumprod(labels >= 0, axis=1, dtype=bool)
    is_label = np.zeros(labels.shape, bool)
    row, _ = np.nonzero(counted)
    is_label[row, labels[counted]] = True
    pairs = counted[:, :, None] & ~is_label[:, None, :]
    safe = from_numpy(np.where(counted, labels, 0))
    gaps = 1 - (rows.gather(1, safe).unsqueeze(2) - rows.unsqueeze(1))
    losses = (gaps.clamp(min=0) * from_numpy(pairs).to(rows.dtype)).sum((1, 2)) / max(rows.shape[1], 1)
    reduction = legacy(size_average, reduce, reduction)
    return losses.reshape(input.shape[:-1]) if reduction == "none" else reduced(losses, reduction)


@function("nn.functional.multilabel_soft_margin_loss")
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-(t·ln σ(x) + (1 - t)·ln(1 - σ(x)))``, the mean over the classes, the last dimension; times ``weight``.

    >>> nn.functional.multilabel_soft_margin_loss(autograd.tensor([[0., 0.]]), autograd.tensor([[1., 0.]]))
    tensor(0.6931)
    """
    log_sigmoid = FUNCTIONS["nn.functional.logsigmoid"]
    losses = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced(losses.mean(-1), legacy(size_average, reduce, reduction))


def ranked(near: Tensor, far: Tensor, margin: float, reduction: str) -> Tensor:
    """``max(0, near - far + margin)``: what is near shall be nearer than what is far."""
    return reduced((near - far + margin).clamp(min=0), reduction)


@function("triplet_margin_loss", "nn.functional.triplet_margin_loss")
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, ‖a - p‖ - ‖a - n‖ + margin)``: an anchor shall be nearer to the positive than to the negative.

    Of vectors, the last dimension, with the norm ``p`` and ``eps`` added to each difference. swap: whether to take the
    distance of positive and negative where that is the smaller (Balntas et al., 2016).

    >>> a = autograd.tensor([[0., 0.]])
    >>> nn.functional.triplet_margin_loss(a, a + 3, a + 1)
    tensor(3.8284)
    """
    distance = lambda x, y: FUNCTIONS["pairwise_distance"](x, y, p, eps)
    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=distance,
        margin=margin,
        swap=swap,
        reduction=legacy(size_average, reduce, reduction),
    )


@function("nn.functional.triplet_margin_with_distance_loss")
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """As `triplet_margin_loss`, with any distance; ValueError for a margin that is not positive.

    >>> a = autograd.tensor([[0., 0.]])
    >>> far = lambda x, y: (x - y).abs().sum(-1)
    >>> nn.functional.triplet_margin_with_distance_loss(a, a + 3, a + 1, distance_function=far)
    tensor(5.)
    """
    if margin <= 0:
        raise ValueError(f"triplet_margin_with_distance_loss: margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "triplet_margin_with_distance_loss: The anchor, positive, and negative tensors are expected to have the "
            f"same number of dimensions, but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative "
            f"{negative.ndim}D inputs"
        )
    distance = distance_function or FUNCTIONS["pairwise_distance"]
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = OPS["minimum"].function(far, distance(positive, negative))
    return ranked(near, far, margin, reduction)


@function("ctc_loss", "nn.functional.ctc_loss")
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """``-ln`` of the probability that a sequence of letters, with ``blank`` between, spells a target (Graves, 2006).

    log_probs (T, N, classes) or (T, classes); targets (N, S), or all targets in one row; input_lengths, target_lengths:
    how much of each counts. reduction: "mean" divides each loss by the length of its target first. zero_infinity:
    whether a target that is too long for its input costs nothing. RuntimeError where lengths don't fit.

    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()
    >>> nn.functional.ctc_loss(log_probs, autograd.tensor([[1]]), [2], [1])
    tensor(0.2877)
    """
    batched = log_probs.ndim == 3
    probs = log_probs if batched else log_probs.unsqueeze(1)
    inputs, wanted = (
        [operator.index(n) for n in np.ravel(lengths.array if isinstance(lengths, Tensor) else lengths)]
        for lengths in (input_lengths, target_lengths)
    )
    steps, count, classes = probs.shape
    if len(inputs) != count or len(wanted) != count:
        raise RuntimeError(
            f"ctc_loss: input_lengths and target_lengths must be of size {count}, one for each of the batch"
        )
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be in label range, but it is {blank} for {classes} classes")
    if any(length > steps for length in inputs):
        raise RuntimeError(f"ctc_loss: Expected input_lengths to have value at most {steps}, but got {max(inputs)}")
    labels = targets.array
    starts = np.cumsum([0, *wanted])
    losses = []
    for b in range(count):
        row = labels.reshape(count, -1)[b] if labels.ndim == 2 or not batched else labels[starts[b] :]
        losses.append(_spelling_loss(probs[: inputs[b], b], row[: wanted[b]], blank))
    total = OPS["stack"].function(losses)
    if zero_infinity:
        total = where(total == math.inf, 0.0, total)
    if reduction == "mean":
        return (total / probs.new_tensor([max(length, 1) for length in wanted])).mean()
    return reduced(total if batched else total.reshape(()), reduction)


# The logarithm of what can't be: no probability comes near it, and unlike -inf it has differences.
NEVER = -1e30


def _spelling_loss(probs: Tensor, target: np.ndarray, blank: int) -> Tensor:
    """The loss of one sequence (T, classes): the forward algorithm over the target with blanks in between."""
    states = np.full(2 * len(target) + 1, blank)
    states[1::2] = target
    if not len(probs):
        return probs.sum() + (math.inf if len(target) else 0.0)
    seen = probs[:, from_numpy(states)]
    # From two states before only past a blank between different letters.
    skips = np.zeros(len(states), bool)
    skips[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    can_skip, first = from_numpy(skips), from_numpy(np.arange(len(states)) < 2)
    alpha = where(first, seen[0], NEVER)
    pad = OPS["constant_pad"].function
    for t in range(1, len(probs)):
        one = pad(alpha, (1, -1), NEVER)
        two = where(can_skip, pad(alpha, (2, -2), NEVER), NEVER)
        alpha = OPS["stack"].function([alpha, one, two]).logsumexp(0) + seen[t]
    loss = -alpha[-2:].logsumexp(0)
    # PyTorch's gradient is that in the scores under the log-softmax, for which probabilities add up to 1.
    ones = probs.exp().sum()
    return where(loss > -NEVER / 2, math.inf, loss + (ones - ones.detach()))
