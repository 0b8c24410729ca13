"""Rows of the losses that are short formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import INF, floats, real
from .loss import reduce
from .rows import edge, fails, row, smooth, value


def of_losses(losses: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """The loss whose formula for each element, or each sample, ``losses`` is."""
    return lambda *args, reduction="mean", **params: reduce(losses(*args, **params), reduction)


def huber_loss(x, target, reduction="mean", delta=1.0, weight=None):
    size = np.abs(x - target)
    losses = np.where(size <= delta, size * size / 2, delta * (size - delta / 2))
    return reduce(losses if weight is None else losses * weight, reduction)


def kl_div(x, target, reduction, log_target=False):
    probability = np.exp(target) if log_target else target
    losses = probability * ((target if log_target else np.log(target)) - x)
    return losses.sum() / len(x) if reduction == "batchmean" else reduce(losses, reduction)


def poisson_nll_loss(x, target, log_input=True, full=False, eps=1e-8):
    stirling = target * np.log(target) - target + np.log(2 * np.pi * target) / 2
    losses = np.exp(x) - target * x if log_input else x - target * np.log(x + eps)
    return losses + np.where(target > 1, stirling, 0) if full else losses


def gaussian_nll_loss(x, target, var, full=False, eps=1e-6):
    var = np.maximum(var if var.ndim == x.ndim else var[..., None], eps)
    return (np.log(var) + (x - target) ** 2 / var) / 2 + (np.log(2 * np.pi) / 2 if full else 0)


NEAR = real(2, 3), real(2, 3, seed=1)
POSITIVE = real(2, 3, low=0.2, high=3, seed=1)
row(
    "nn.functional.huber_loss", huber_loss,
    *[smooth(*NEAR, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, delta=0.4),
    smooth(*NEAR, weight=POSITIVE),
    edge(floats(INF, 0.5, 1.0, -INF), floats(0, 0, 0, 0)),
    value(*NEAR, delta=1e300),
    fails(RuntimeError, "non-positive values for delta", *NEAR, delta=0.0),
    fails(ValueError, "Weights and input must have the same size", *NEAR, weight=real(3)),
)  # fmt: skip
row(
    "nn.functional.smooth_l1_loss",
    of_losses(lambda x, y, beta=1.0: huber_loss(x, y, "none", beta) / beta if beta else np.abs(x - y)),
    *[smooth(*NEAR, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, beta=0.4),
    smooth(*NEAR, beta=0),
    edge(floats(INF, 0.5, 1.0, -INF), floats(0, 0, 0, 0)),
    fails(RuntimeError, "negative values for beta", *NEAR, beta=-1.0),
)  # fmt: skip
row(
    "nn.functional.kl_div", kl_div,
    *[smooth(real(2, 3), POSITIVE, reduction=r) for r in ("none", "batchmean", "sum")],
    smooth(*NEAR, reduction="sum", log_target=True),
)  # fmt: skip
row(
    "nn.functional.poisson_nll_loss", of_losses(poisson_nll_loss),
    *[smooth(real(2, 3), POSITIVE, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3, low=0.2), POSITIVE, log_input=False),
    smooth(real(2, 3), POSITIVE, full=True),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.gaussian_nll_loss", of_losses(gaussian_nll_loss),
    *[smooth(*NEAR, POSITIVE, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, POSITIVE[:, 0], full=True),
    # The floor of the variance has the gradient of the variance itself.
    edge(*NEAR, POSITIVE, eps=1.5),
    fails(ValueError, "var has negative entry", *NEAR, -POSITIVE),
    fails(ValueError, "var is of incorrect size", *NEAR, real(5, low=0.2)),
)  # fmt: skip
