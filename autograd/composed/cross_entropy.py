"""Cross-entropy: how improbable the right classes are, of probabilities, their logarithms, or scores."""

from __future__ import annotations

import warnings

from ..engine.tensor import Tensor
from ..ops.loss import check_smoothing, log_loss, logistic_loss, nll, reduced
from ..ops.loss import cross_entropy as cross_entropy_op
from ..ops.softmax import log_softmax, softmax
from .losses import legacy
from .registry import function, public


@function("nn.functional.binary_cross_entropy")
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-(t·ln p + (1-t)·ln(1-p))`` of probabilities p; the logarithms are cut off at -100.

    ValueError unless both have one shape, RuntimeError for p outside [0, 1].

    >>> nn.functional.binary_cross_entropy(autograd.tensor([0.5]), autograd.tensor([1.]))
    tensor(0.6931)
    """
    if input.shape != target.shape:
        raise ValueError(
            f"binary_cross_entropy: target size {tuple(target.shape)} and input size {tuple(input.shape)} must match"
        )
    if bool(((input < 0) | (input > 1)).any()):
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1; is a sigmoid missing?"
        )
    losses = log_loss(input, target)
    return reduced(losses if weight is None else losses * weight, legacy(size_average, reduce, reduction))


@function("nn.functional.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy of ``σ(x)``, computed from the scores x without overflow.

    pos_weight: how much more a target of 1 counts than one of 0. ValueError unless x and target have one shape.

    >>> nn.functional.binary_cross_entropy_with_logits(autograd.tensor([0.]), autograd.tensor([1.]))
    tensor(0.6931)
    """
    if input.shape != target.shape:
        raise ValueError(
            f"binary_cross_entropy_with_logits: target size ({tuple(target.shape)}) must be the same as input size "
            f"({tuple(input.shape)})"
        )
    positive = target if pos_weight is None else target * pos_weight
    losses = logistic_loss(input, positive, 1 - target)
    return reduced(losses if weight is None else losses * weight, legacy(size_average, reduce, reduction))


def of_one_sample(input: Tensor, target: Tensor) -> Tensor:
    """The target without its dimension, where it is the only one of scores without a batch."""
    return target.squeeze(0) if input.ndim == 1 and tuple(target.shape) == (1,) else target


@function("nn.functional.nll_loss")
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-x[target]`` of log-probabilities x, weighted by class; see `cross_entropy` for the shapes.

    >>> nn.functional.nll_loss(autograd.tensor([[-0.1, -2.3]]), autograd.tensor([0]))
    tensor(0.1000)
    """
    reduction = legacy(size_average, reduce, reduction)
    target = of_one_sample(input, target)
    return nll.call(input, target, weight, ignore_index, reduction)


@public("nn.functional.cross_entropy")
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """``-ln softmax(x)[target]`` of scores x, for class indices or, as floats in the shape of x, class probabilities.

    input (N, classes), (N, classes, d₁, ...) or (classes); see `autograd.cross_entropy`. A warning for what a softmax
    made: probabilities, which are no scores.

    >>> nn.functional.cross_entropy(autograd.tensor([[2., 1., 0.]]), autograd.tensor([0]))
    tensor(0.4076)
    """
    if input.node is not None and input.node.op is softmax:
        warnings.warn(
            "cross_entropy takes scores and applies softmax itself, but its input is the result of a softmax already, "
            "of which a network hardly learns; leave that softmax out",
            stacklevel=2,
        )
    reduction = legacy(size_average, reduce, reduction, 3)
    if not target.is_floating_point():
        target = of_one_sample(input, target)
        return cross_entropy_op.call(input, target, weight, ignore_index, reduction, label_smoothing)
    check_smoothing(label_smoothing)
    if input.ndim > 1 and input.shape[:1] != target.shape[:1]:
        targets = target.shape[0] if target.ndim else 0
        raise ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({targets}).")
    if input.shape != target.shape:
        raise RuntimeError(
            f"cross_entropy: expected probabilities of the shape of the scores {tuple(input.shape)}, "
            f"but got a floating point target of shape {tuple(target.shape)}; class indices are int64: target.long()"
        )
    dim = 1 if input.ndim > 1 else 0
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[dim]
    logp = log_softmax(input, dim)
    if weight is not None:
        logp = logp * weight.reshape((-1,) + (1,) * (input.ndim - 1 - dim))
    losses = -(logp * target).sum(dim)
    return reduced(losses, reduction)
