"""Losses that ask for a margin: between classes, or between what is near and what is far."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..creation.data import from_numpy
from ..engine.tensor import Tensor
from ..ops.activation import softplus
from ..ops.arithmetic import where
from ..ops.choice import minimum
from ..ops.index import one_hot
from ..ops.loss import reduced
from .activation import logsigmoid
from .losses import legacy
from .norms import pairwise_distance
from .registry import function


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
    losses = (-target * (input1 - input2) + margin).clamp(min=0)
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
    losses = softplus(target * -input, 1.0, math.inf)
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
    if input.ndim > 2 or target.ndim > 1 or target.numel() != (input.shape[0] if input.ndim == 2 else 1):
        raise RuntimeError(
            f"multi_margin_loss: inconsistent target size: {tuple(target.shape)} for input of size {tuple(input.shape)}"
        )
    rows, labels = input.reshape(-1, input.shape[-1] if input.ndim else 1), target.reshape(-1)
    if weight is not None and weight.numel() != rows.shape[1]:
        raise RuntimeError(
            f"multi_margin_loss: inconsistent weight size, expected {rows.shape[1]} but got {tuple(weight.shape)}"
        )
    # What keeps the margin exactly passes nothing back, and what is no number loses nothing.
    gaps = margin - rows.gather(1, labels.unsqueeze(1)) + rows
    lost = (gaps > 0) & (one_hot(labels, rows.shape[1]) == 0)
    losses = where(lost, gaps, 0.0) ** p
    if weight is not None:
        losses = where(lost, losses * weight[labels].unsqueeze(1), 0.0)
    losses = losses.sum(1) / rows.shape[1]
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
    if target.array.dtype != np.int64:
        raise RuntimeError(f"multilabel_margin_loss: expected a target of int64, not {target.dtype}")
    rows, labels = input.reshape(-1, input.shape[-1] if input.ndim else 1), target.array
    labels = labels.reshape(tuple(rows.shape))
    if labels.min(initial=-1) < -1 or labels.max(initial=-1) >= rows.shape[1]:
        raise RuntimeError(f"multilabel_margin_loss: target is out of range, which is -1 to {rows.shape[1] - 1}")
    counted = np.cumprod(labels >= 0, axis=1, dtype=bool)
    is_label = np.zeros(labels.shape, bool)
    row, _ = np.nonzero(counted)
    is_label[row, labels[counted]] = True
    pairs = counted[:, :, None] & ~is_label[:, None, :]
    safe = from_numpy(np.where(counted, labels, 0))
    gaps = 1 - (rows.gather(1, safe).unsqueeze(2) - rows.unsqueeze(1))
    losses = where(from_numpy(pairs & (gaps.array > 0)), gaps, 0.0).sum((1, 2)) / max(rows.shape[1], 1)
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
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
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
    distance = lambda x, y: pairwise_distance(x, y, p, eps)
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
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return ranked(near, far, margin, reduction)
