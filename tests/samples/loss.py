"""Rows of the losses that are ops."""

from typing import Any

import numpy as np
import scipy.special

from .arrays import INF, NAN, SPECIAL, floats, gapped, integers, real
from .rows import edge, fails, not_in_torch, row, smooth


def reduce(losses: np.ndarray, reduction: str) -> Any:
    return {"none": lambda: losses, "mean": lambda: np.mean(losses), "sum": lambda: np.sum(losses)}[reduction]()


row(
    "mse_loss", lambda x, target, reduction="mean": reduce((x - target) ** 2, reduction),
    smooth(real(), real(seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), reduction="sum"),
    smooth(real(2, 3), real(2, 3, seed=1), reduction="none"),
    edge(real(0, 3), real(0, 3)),
    smooth(real(0, 3), real(0, 3), reduction="sum"),
    edge(SPECIAL, SPECIAL[::-1], reduction="none"),
    fails(ValueError, "is not a valid value for reduction", real(2), real(2), reduction="median"),
    smooth(real(2, 3), real(3)),
    smooth(real(3), real(2, 1), reduction="sum"),
    fails(RuntimeError, "must match", real(2), real(3)),
    torch="nn.functional.mse_loss",
)  # fmt: skip


row(
    "log_loss", lambda p, t: -(t * np.maximum(np.log(p), -100) + (1 - t) * np.maximum(np.log1p(-p), -100)),
    smooth(real(2, 3, low=0.1, high=0.9), real(2, 3, seed=1, low=0, high=1)),
    # PyTorch's least p·(1 - p) is 1e-12 in single precision.
    not_in_torch(edge(floats(0, 0, 1, 1, 0.5), floats(0, 1, 0, 1, 1))),
    torch=lambda torch, p, t: torch.nn.functional.binary_cross_entropy(
        *torch.broadcast_tensors(p, t), reduction="none"
    ),
)  # fmt: skip


def bowl(x, target, bend, curve, rate, reduction):
    e = x - target
    losses = np.where(np.abs(e) > bend, rate * (np.abs(e) - bend / 2), curve * e**2)
    return losses if reduction == "none" else getattr(losses, reduction)()


row(
    "bowl", bowl,
    smooth(real(2, 3, low=-1, high=1), real(2, 3, low=-0.5, high=0.5, seed=1), 2.0, 0.5, 2.0, "none"),
    smooth(real(3, 2, low=1, high=3).T, real(2, 3, low=0, high=0.2), 0.5, 1.0, 1.0, "sum"),
    smooth(gapped(real(2, 3, low=-3, high=-1)), real(3, low=0, high=1), 0.5, 1.0, 1.0, "mean"),
    edge(SPECIAL, np.zeros_like(SPECIAL), 1.0, 0.5, 1.0, "none"),
    fails(ValueError, "is not a valid value for reduction", real(2), real(2), 1.0, 0.5, 1.0, "median"),
    torch=lambda torch, x, y, bend, curve, rate, reduction: rate / bend * torch.nn.functional.huber_loss(
        *torch.broadcast_tensors(x, y), reduction=reduction, delta=bend
    ),
)  # fmt: skip
row(
    "logistic_loss", lambda x, p, n: p * np.logaddexp(0, -x) + n * np.logaddexp(0, x),
    smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), real(2, 3, seed=2)),
    smooth(floats(-90.0, 90.0, 0.0), real(3, seed=1), real(3, seed=2)),
    torch=lambda torch, x, p, n: p * torch.nn.functional.softplus(-x) + n * torch.nn.functional.softplus(x),
)  # fmt: skip


def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """Sample by sample, class by class."""
    scores = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]) if x.ndim > 1 else x[None]
    weight = np.ones(scores.shape[1], x.dtype) if weight is None else weight
    losses, weights = [], []
    for score, label in zip(scores, target.reshape(-1)):
        counts = label != ignore_index
        wanted = (np.arange(len(score)) == label) * (1 - label_smoothing) + label_smoothing / len(score)
        logp = np.where(wanted, score - scipy.special.logsumexp(score), 0.0)
        losses.append(-np.sum(weight * wanted * logp) if counts else 0.0)
        weights.append(weight[label] if counts else 0.0)
    if reduction == "mean":
        return np.sum(losses) / np.sum(weights)
    return reduce(np.array(losses, x.dtype).reshape(target.shape), reduction)


LABELS = integers(0, 3, 1)
CLASS_WEIGHT = real(4, low=0.2, high=2)
row(
    "cross_entropy", cross_entropy,
    smooth(real(3, 4), LABELS),
    smooth(real(4), np.array(2)),
    smooth(real(3, 4), LABELS, reduction="sum"),
    smooth(real(3, 4), LABELS, reduction="none"),
    smooth(real(4, 3).T, LABELS, CLASS_WEIGHT),
    smooth(gapped(real(3, 4)), LABELS, label_smoothing=0.2),
    smooth(real(3, 4), LABELS, CLASS_WEIGHT, label_smoothing=0.2),
    smooth(real(3, 4), LABELS, CLASS_WEIGHT, ignore_index=3, label_smoothing=0.2),
    smooth(real(3, 4), integers(0, -100, 1)),
    smooth(real(3, 4), integers(0, -100, 1), CLASS_WEIGHT, reduction="none", label_smoothing=0.3),
    smooth(real(3, 4), integers(0, -100, 1), CLASS_WEIGHT, reduction="sum"),
    smooth(real(4), np.array(2), CLASS_WEIGHT, label_smoothing=0.1),
    smooth(real(2, 3, 2), integers([0, 2], [1, 1])),
    smooth(real(2, 3, 2, 1), integers([[0], [2]], [[1], [-100]]), reduction="none"),
    smooth(real(0, 4), integers(), reduction="sum"),
    smooth(real(0, 4), integers(), reduction="none"),
    edge(real(0, 4), integers()),
    edge(real(2, 4), integers(-100, -100)),
    edge(floats([1000.0, 0.0], [-1000.0, 0.0]), integers(1, 0)),
    edge(floats([-INF, 0.0], [NAN, 0.0]), integers(1, 1), reduction="none"),
    fails(IndexError, "Target 4 is out of bounds", real(3, 4), integers(0, 4, 1)),
    fails(IndexError, "Target -1 is out of bounds", real(3, 4), integers(0, -1, 1)),
    fails(ValueError, "Expected input batch_size (3) to match target batch_size (2)", real(3, 4), integers(0, 1)),
    fails(ValueError, "is not a valid value for reduction", real(3, 4), LABELS, reduction="median"),
    fails(RuntimeError, "weight tensor should be defined", real(3, 4), LABELS, real(3)),
    fails(RuntimeError, "expected a target of shape", real(2, 3, 2), integers([0], [1])),
    fails(NotImplementedError, "make them floats", integers([1, 2]), integers(1)),
    torch="nn.functional.cross_entropy",
    wrt=(0,),
)  # fmt: skip


def nll(x, target, weight, ignore_index, reduction):
    """Sample by sample."""
    scores = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]) if x.ndim > 1 else x[None]
    weight = np.ones(scores.shape[1], x.dtype) if weight is None else weight
    counts = [(label != ignore_index) * weight[label * (label != ignore_index)] for label in target.reshape(-1)]
    losses = [-w * score[label] if w else 0.0 for w, score, label in zip(counts, scores, target.reshape(-1))]
    if reduction == "mean":
        return np.sum(losses) / np.sum(counts)
    return reduce(np.array(losses, x.dtype).reshape(target.shape), reduction)


row(
    "nll", nll,
    smooth(real(3, 4), LABELS, None, -100, "mean"),
    smooth(real(4, 3).T, LABELS, CLASS_WEIGHT, -100, "sum"),
    smooth(real(3, 4), LABELS, CLASS_WEIGHT, 3, "mean"),
    smooth(real(2, 3, 2, 1), integers([[0], [2]], [[1], [-100]]), None, -100, "none"),
    smooth(real(4), np.array(2), None, -100, "mean"),
    edge(real(2, 4), integers(-100, -100), None, -100, "mean"),
    edge(floats([NAN, 0.0], [-INF, 0.0]), integers(-100, 0), None, -100, "sum"),
    fails(IndexError, "Target 4 is out of bounds", real(3, 4), integers(0, 4, 1), None, -100, "mean"),
    torch=lambda torch, x, target, weight, ignore_index, reduction: torch.nn.functional.nll_loss(
        x, target, weight, ignore_index=ignore_index, reduction=reduction
    ),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.linear_cross_entropy",
    lambda x, w, target, linear_bias=None, **params: cross_entropy(
        x @ w.T + (0 if linear_bias is None else linear_bias), target, **params
    ),
    *[smooth(real(3, 2), real(4, 2, seed=1), LABELS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(3, 2), real(4, 2, seed=1), LABELS, linear_bias=real(4, seed=2), label_smoothing=0.1),
    smooth(real(3, 2), real(4, 2, seed=1), LABELS, weight=CLASS_WEIGHT, ignore_index=3),
    fails(RuntimeError, "dimensionality 1 or 2", real(2, 3, 2), real(4, 2), LABELS),
    fails(RuntimeError, "last dimensions", real(3, 2), real(4, 3), LABELS),
    fails(RuntimeError, "linear_bias shape", real(3, 2), real(4, 2), LABELS, linear_bias=real(3)),
    wrt=(0, 1),
)  # fmt: skip
