"""Rows of losses that ask for a margin between classes, or between what is near and what is far."""

import numpy as np

from .arrays import floats, integers, real
from .loss import CLASS_WEIGHT, LABELS
from .losses import NEAR, POSITIVE, of_losses
from .rows import edge, fails, not_in_torch, row, smooth


def cosine_embedding_loss(x, y, target, margin=0.0):
    cos = np.sum(x * y, -1) / np.sqrt(np.sum(x * x, -1) * np.sum(y * y, -1))
    return np.where(target == 1, 1 - cos, np.maximum(0, cos - margin))


def multi_margin_loss(x, target, p=1, margin=1.0, weight=None):
    return np.array([
        sum(max(0, margin - scores[label] + s) ** p for i, s in enumerate(scores) if i != label) / len(scores)
        * (1 if weight is None else weight[label])
        for scores, label in zip(x.reshape(-1, x.shape[-1]), target.reshape(-1))
    ], x.dtype).reshape(target.shape)  # fmt: skip


def multilabel_margin_loss(x, target):
    losses = []
    for scores, labels in zip(x, target.tolist()):
        own = labels[: labels.index(-1)]
        others = [s for i, s in enumerate(scores) if i not in own]
        losses.append(sum(max(0, 1 - (scores[label] - s)) for label in own for s in others) / len(scores))
    return np.array(losses, x.dtype)


def multilabel_soft_margin_loss(x, target, weight=1.0):
    return np.mean((target * np.logaddexp(0, -x) + (1 - target) * np.logaddexp(0, x)) * weight, -1)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False):
    distance = lambda x, y: np.sum(np.abs(x - y + eps) ** p, -1) ** (1 / p)
    far = distance(anchor, negative)
    far = np.minimum(far, distance(positive, negative)) if swap else far
    return np.maximum(0, distance(anchor, positive) - far + margin)


SIGNS = floats([1, -1, 1], [-1, -1, 1])
TRIPLET = real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)
row(
    "nn.functional.hinge_embedding_loss",
    of_losses(lambda x, t, margin=1.0: np.where(t == 1, x, np.maximum(0, margin - x))),
    *[smooth(real(2, 3), SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3), SIGNS, margin=0.3),
    wrt=(0,),
)  # fmt: skip
row(
    "cosine_embedding_loss", of_losses(cosine_embedding_loss),
    *[smooth(*NEAR, SIGNS[:, 0], reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, SIGNS[:, 1], margin=-0.99),
    smooth(NEAR[0][0], NEAR[1][0], np.array(1.0)),
    fails(RuntimeError, "1D target tensor expects 2D input tensors", real(3), real(3), SIGNS[0]),
    wrt=(0, 1),
    torch="nn.functional.cosine_embedding_loss",
)  # fmt: skip
row(
    "margin_ranking_loss", of_losses(lambda x, y, t, margin=0.0: np.maximum(0, margin - t * (x - y))),
    *[smooth(*NEAR, SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, SIGNS, margin=0.6),
    fails(RuntimeError, "all inputs should have the same rank", *NEAR, SIGNS[0]),
    wrt=(0, 1),
    torch="nn.functional.margin_ranking_loss",
)  # fmt: skip
row(
    "nn.functional.soft_margin_loss", of_losses(lambda x, t: np.logaddexp(0, -t * x)),
    *[smooth(real(2, 3), SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    # PyTorch's e^(-t·x) overflows.
    not_in_torch(edge(floats(200, -200), floats(-1, -1))),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.multi_margin_loss", of_losses(multi_margin_loss),
    *[smooth(real(3, 4), LABELS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(3, 4), LABELS, p=2, margin=0.7),
    smooth(real(3, 4), LABELS, weight=CLASS_WEIGHT),
    fails(ValueError, "only p == 1 and p == 2 supported", real(3, 4), LABELS, p=3),
    fails(RuntimeError, "inconsistent target size", real(2, 4), LABELS),
    fails(ValueError, "weight must be one-dimensional", real(3, 4), LABELS, weight=real(2, 2)),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.multilabel_margin_loss", of_losses(multilabel_margin_loss),
    *[smooth(real(2, 4), integers([0, 3, -1, 1], [-1, 2, 0, 1]), reduction=r) for r in ("none", "mean", "sum")],
    fails(RuntimeError, "inconsistent target size", real(2, 4), integers([0, -1], [1, -1])),
    fails(RuntimeError, "target", real(2, 2), integers([0, -1], [1, 2])),
    fails(RuntimeError, "target", real(2, 2), integers([0, -2], [1, -1])),
)  # fmt: skip
row(
    "nn.functional.multilabel_soft_margin_loss", of_losses(multilabel_soft_margin_loss),
    *[smooth(real(2, 3), (SIGNS + 1) / 2, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3), (SIGNS + 1) / 2, weight=POSITIVE[0]),
    wrt=(0,),
)  # fmt: skip
row(
    "triplet_margin_loss", of_losses(triplet_margin_loss),
    *[smooth(*TRIPLET, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*TRIPLET, margin=2.5, p=3.0, swap=True),
    torch="nn.functional.triplet_margin_loss",
)  # fmt: skip
row(
    "nn.functional.triplet_margin_with_distance_loss", of_losses(triplet_margin_loss),
    *[smooth(*TRIPLET, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*TRIPLET, margin=2.5, swap=True),
    fails(ValueError, "margin must be greater than 0", *TRIPLET, margin=0.0),
    fails(RuntimeError, "same number of dimensions", *NEAR, real(3)),
)  # fmt: skip
