"""How wrong a prediction is, as a number to make small."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernels import cross_entropy as kernels
from ..kernels import losses as elements
from ..kernels import softmax as scores
from ..types.dtypes import numpy_dtype
from .activation import softplus
from .arithmetic import where
from .broadcasting import sum, sum_to_size
from .choice import clamp
from .index import gather
from .op import InvalidValue, op
from .pointwise import abs, log, log1p
from .reduction import mean
from .shape import reshape
from .softmax import log_softmax

REDUCTIONS = ("none", "mean", "sum")
# From so many elements on what NumPy makes of them on its way leaves the caches.
MANY = 1 << 16


def reduced(losses: Any, reduction: str) -> Any:
    """All the losses, or their mean or sum."""
    check_reduction(reduction)
    if reduction == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)


def check_reduction(reduction: str) -> None:
    """Raise ValueError unless ``reduction`` says what becomes of the losses."""
    if reduction not in REDUCTIONS:
        raise InvalidValue(f"{reduction!r} is not a valid value for reduction; it is one of {', '.join(REDUCTIONS)}")


@op(symbol="MSE", derivative=("∂L/∂x = 2(x - y)/n", "∂L/∂y = -2(x - y)/n"), level="function", promotes=True)
def mse_loss(x, target, reduction="mean"):
    """``(x - target)²``, its mean, or its sum.

    >>> nn.functional.mse_loss(autograd.tensor([1., 2.]), autograd.tensor([1., 4.]))
    tensor(2.)
    """
    if reduction in ("mean", "sum") and are_many(x, target):
        total = elements.bowl_total(x, target, math.inf, 1.0, 0.0)
        return (total / x.size if reduction == "mean" else total).astype(x.dtype).reshape(())
    error = x - target
    return reduced(error * error, reduction)


def are_many(x, target):
    """Whether these are so many floats that a kernel is worth it: it passes over memory once, for all of a formula."""
    return isinstance(x, np.ndarray) and x.shape == target.shape and x.dtype.kind == "f" and x.size >= MANY


def mse_slope(g, x, target, reduction):
    """``2(x - target)`` times ``g``, divided by how many elements were averaged, in the shape of ``x``."""
    if g.ndim == 0 and are_many(x, target):
        half = g / x.size if reduction == "mean" else g
        return elements.bowl_slope(x, target, math.inf, half, 0.0)
    error = x - target
    count = math.prod(error.shape) if reduction == "mean" else 1
    slope = error * (g * (2 / max(count, 1)))
    return slope if slope.shape == x.shape else sum_to_size(slope, x.shape)


mse_loss.vjp(
    lambda g, out, x, target, reduction: mse_slope(g, x, target, reduction),
    lambda g, out, x, target, reduction: mse_slope(g, target, x, reduction),
)


@op(
    symbol="log loss",
    derivative=("∂L/∂p = (p - t)/(p·(1 - p))", "∂L/∂t = ln(1 - p) - ln p"),
    level="internal",
)
def log_loss(p, target):
    """``-(t·ln p + (1 - t)·ln(1 - p))`` of a probability p, with logarithms of at least -100."""
    return -(target * np.maximum(np.log(p), -100) + (1 - target) * np.maximum(np.log1p(-p), -100))


# PyTorch's: of a probability of exactly 0 or 1, which the sigmoid gives far out, it is large instead of infinite.
log_loss.elementwise(
    lambda g, out, p, target: g * ((p - target) / clamp(p * (1 - p), 1e-12)),
    lambda g, out, p, target: g * (log1p(-p) - log(p)),
)


def bowl_of_parts(x, target, bend, curve, rate, reduction):
    """`bowl` in terms of other ops: what is below the bend, to be squared, and what is above it, for the line, each
    with a gradient of its own, so that an infinite size has one."""
    size = abs(x - target)
    above = size > bend
    near = where(above, bend, size)
    return reduced(near * near * curve + where(above, size - bend, 0) * rate, reduction)


@op(
    symbol="Huber",
    derivative=("2·curve·e/n for |e| ≤ bend, else ±rate/n; e = x - y", "minus that"),
    level="internal",
    promotes=True,
    reference=bowl_of_parts,
)
def bowl(x, target, bend, curve, rate, reduction):
    """``curve·e²`` of an error ``e = x - target`` within ±``bend``, else ``rate·(|e| - bend/2)``; mean, sum or each.

    ``2·curve·bend`` is ``rate``.
    """
    check_reduction(reduction)
    both = alike(x, target)
    if x.dtype.kind != "f" or not both[0].size:
        return bowl_of_parts(x, target, bend, curve, rate, reduction)
    if reduction == "none":
        return elements.bowl(*both, bend, curve, rate)
    total = elements.bowl_total(*both, bend, curve, rate)
    return (total / both[0].size if reduction == "mean" else total).astype(x.dtype).reshape(())


def alike(x, target):
    """Both in one shape."""
    return (x, target) if x.shape == target.shape else np.broadcast_arrays(x, target)


def bowl_slope(g, out, x, target, bend, curve, rate, reduction, needs):
    """The gradients of the predictions and of the targets."""
    slope = elements.bowl_slope(*alike(x, target), bend, curve, rate)
    slope *= g / max(slope.size, 1) if reduction == "mean" else g
    return tuple(
        [sum_to_size(sign * slope if sign < 0 else slope, one.shape) if need else None
         for sign, one, need in zip((1, -1), (x, target), needs)]
    )  # fmt: skip


bowl.fused(bowl_slope, arity=2, selective=True)


def logistic_of_softplus(x, positive, negative):
    """`logistic_loss` in terms of other ops."""
    return softplus(-x, 1.0, math.inf) * positive + softplus(x, 1.0, math.inf) * negative


@op(
    symbol="logistic loss",
    derivative=("∂L/∂x = negative·σ(x) - positive·σ(-x)", "∂L/∂positive = ln(1 + e⁻ˣ)", "∂L/∂negative = ln(1 + eˣ)"),
    level="internal",
    promotes=True,
    reference=logistic_of_softplus,
)
def logistic_loss(x, positive, negative):
    """``positive·ln(1 + e⁻ˣ) + negative·ln(1 + eˣ)``, all of one shape."""
    if x.dtype.kind != "f":
        return logistic_of_softplus(x, positive, negative)
    return elements.logistic(x, positive, negative)


def logistic_slope(g, out, x, positive, negative, needs):
    """The gradients of the scores and of both weights."""
    return (
        elements.logistic_slope(g, x, positive, negative) if needs[0] else None,
        g * softplus.forward(-x, 1.0, math.inf) if needs[1] else None,
        g * softplus.forward(x, 1.0, math.inf) if needs[2] else None,
    )


logistic_loss.fused(logistic_slope, arity=3, selective=True)


def cross_entropy_of_log_softmax(x, target, weight, ignore_index, reduction, label_smoothing):
    """Cross-entropy in terms of other ops: ``-ln softmax(x)`` picked at the target. Only x is a Tensor."""
    logp = log_softmax(x, 1 if x.ndim > 1 else 0)
    return picked_losses(logp, target, weight, ignore_index, reduction, label_smoothing)


def picked_losses(logp, target, weight, ignore_index, reduction, label_smoothing):
    """The losses of logarithms of probabilities, or their mean or sum."""
    dim = 1 if logp.ndim > 1 else 0
    kept = (target != ignore_index).astype(numpy_dtype(logp.dtype))
    safe = np.where(target != ignore_index, target, 0)
    classes = logp.shape[dim]
    weights = np.ones(classes, kept.dtype) if weight is None else weight
    sample_weight = weights[safe] * kept
    picked = gather(logp, dim, np.expand_dims(safe, dim))
    losses = reshape(picked, safe.shape) * -sample_weight * (1 - label_smoothing)
    if label_smoothing:
        column = reshape(weights, (-1,) + (1,) * (logp.ndim - 1 - dim))
        losses = losses - sum(logp * column, dim) * (label_smoothing / classes)
    # What is ignored is no number of the sum, not even if it is NaN.
    losses = where(target != ignore_index, losses, 0)
    if reduction == "mean":
        return sum(losses) / sum(sample_weight)
    return reduced(losses, reduction)


def check_smoothing(label_smoothing: float) -> None:
    """RuntimeError unless it is a share of 1."""
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")


def backward_of_cross_entropy(node, out=None, x=None, *rest):
    """What PyTorch calls it: the loss of the right class is picked, of images by a function of its own."""
    if rest and rest[-2]:
        return "AddBackward0"
    return "NllLoss2DBackward0" if x is not None and x.ndim > 2 else "NllLossBackward0"


@op(
    symbol="cross-entropy",
    backward=backward_of_cross_entropy,
    derivative="∂L/∂xᵢ = (softmax(x)ᵢ - [i = target])/n",
    level="function",
    residual=True,
    reference=cross_entropy_of_log_softmax,
)
def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """``-ln softmax(x)[target]``: how surprised a classifier with these scores is by the right classes.

    x: scores (classes), (N, classes) or (N, classes, d₁, ...). target: class indices, in the shape of x without its
    classes. weight: how much each class counts (classes). Samples whose target is ``ignore_index`` don't count.
    label_smoothing: the share of the target spread over all classes. The mean is over the weights of the samples.
    IndexError for a target out of range, ValueError or RuntimeError for shapes that don't fit.

    >>> nn.functional.cross_entropy(autograd.tensor([[2., 1., 0.]]), autograd.tensor([0]))
    tensor(0.4076)
    """
    check_smoothing(label_smoothing)
    checked(x, target, weight, reduction)
    samples = by_class(x)
    if samples.shape[2] > 1:
        logp = scores.softmax(samples, 1, True)
    else:
        logp = scores.softmax_of_rows(samples[..., 0], True)[..., None]
    return losses_of(logp, target, weight, ignore_index, reduction, label_smoothing)


def losses_of(logp, target, weight, ignore_index, reduction, label_smoothing):
    """The losses, their mean or sum, and what the gradient is computed from."""
    count, classes, length = logp.shape
    labels = target.reshape(-1)
    if weight is None:
        weight = np.ones(classes, logp.dtype)
    losses, weights, totals = np.empty(count * length, logp.dtype), np.empty(count * length, logp.dtype), np.empty(2)
    out = np.empty(1, logp.dtype)
    wrong = kernels.losses_of_samples(
        logp, labels, weight, ignore_index, logp.dtype.type(label_smoothing), losses, weights, totals,
        reduction == "mean", out,
    )  # fmt: skip
    if wrong >= 0:
        raise IndexError(f"Target {labels[wrong]} is out of bounds for {classes} classes")
    return (losses.reshape(target.shape) if reduction == "none" else out.reshape(())), (
        logp, labels, weight, weights, totals,
    )  # fmt: skip


def cross_entropy_slope(g, out, x, target, weight, ignore_index, reduction, label_smoothing, residual):
    """``softmax(x)`` minus the target's distribution, each row times its weight."""
    logp, labels, weight, weights, totals = residual
    number = x.dtype.type
    dx = np.empty_like(logp)
    slope = kernels.slope_of_samples if x.dtype.char == "f" else kernels.slope_of_samples.twin
    mean = reduction == "mean"
    slope(logp, labels, weight, weights, ignore_index, number(label_smoothing), g.reshape(-1), totals, mean, dx)
    return dx.reshape(x.shape), None, None


cross_entropy.fused(cross_entropy_slope, arity=3, constant=("target",))


def nll_of_gather(x, target, weight, ignore_index, reduction):
    """`nll` in terms of other ops. Only x is a Tensor."""
    return picked_losses(x, target, weight, ignore_index, reduction, 0.0)


@op(
    symbol="NLL",
    derivative="∂L/∂xᵢ = -[i = target]/n",
    level="internal",
    residual=True,
    flat=True,
    reference=nll_of_gather,
    backward="NllLossBackward0",
)
def nll(x, target, weight, ignore_index, reduction):
    """``-x[target]`` of logarithms of probabilities; see `cross_entropy` for the arguments."""
    checked(x, target, weight, reduction)
    out, (_, *kept) = losses_of(by_class(x), target, weight, ignore_index, reduction, 0.0)
    return out, tuple(kept)


def nll_slope(g, out, x, target, weight, ignore_index, reduction, residual):
    """Minus the weight of each sample at its target."""
    labels, _, weights, totals = residual
    dx = np.empty(by_class_shape(x.shape), g.dtype)
    kernels.slope_of_picked(dx, labels, weights, ignore_index, g.reshape(-1), totals, reduction == "mean")
    return dx.reshape(x.shape), None, None


nll.fused(nll_slope, arity=3, constant=("target", "weight"))


def checked(x: Any, target: Any, weight: Any, reduction: str) -> None:
    """Raise unless the shapes of a cross-entropy fit together."""
    check_reduction(reduction)
    if x.dtype.kind != "f":
        raise NotImplementedError(f"not implemented for scores of {x.dtype}; make them floats, as in x.float()")
    if target.dtype.kind not in "iu":
        raise RuntimeError(f"expected target to hold class indices of int64, or probabilities, but got {target.dtype}")
    if x.ndim == 0:
        raise InvalidValue("Expected 1 or more dimensions (got 0): the scores have one of classes")
    if x.ndim > 1 and x.shape[:1] != target.shape[:1]:
        targets = len(target) if target.ndim else 0
        raise InvalidValue(f"Expected input batch_size ({x.shape[0]}) to match target batch_size ({targets}).")
    if x.ndim == target.ndim == 1:
        raise InvalidValue(f"For 1D input, 1D target must have size 1, but got target size: {target.shape[0]}")
    wanted = x.shape[:1] + x.shape[2:] if x.ndim > 1 else ()
    if target.shape != wanted:
        raise RuntimeError(f"expected a target of shape {wanted} for scores of shape {x.shape}")
    classes = x.shape[1 if x.ndim > 1 else 0]
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(f"weight tensor should be defined either for all {classes} classes or no classes")


def by_class_shape(shape):
    """The shape (N, classes, L) of scores; a sample alone is a batch of one."""
    return (1, *shape, 1) if len(shape) == 1 else (*shape[:2], math.prod(shape[2:]))


def by_class(x):
    """The scores as the kernels read them."""
    return np.ascontiguousarray(x).reshape(by_class_shape(x.shape))
