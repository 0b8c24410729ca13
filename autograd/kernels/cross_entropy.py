"""Cross-entropy over rows of scores. The exponentials are NumPy's, which has vectorised ones; the rest is one pass."""

from __future__ import annotations

import numpy as np

from .compiling.jit import kernel
from .compiling.require import require


def shift_rows_numpy(x, shifted):
    np.subtract(x, x.max(axis=1, keepdims=True), out=shifted)


@kernel(twin=shift_rows_numpy)
def shift_rows(x, shifted):
    """Each row minus its largest element, so that no exponential overflows."""
    rows, classes = x.shape
    require(shifted.shape == x.shape and (classes > 0 or rows == 0))
    for i in range(rows):
        top = x[i, 0]
        for c in range(1, classes):
            if x[i, c] > top or x[i, c] != x[i, c]:
                top = x[i, c]
        for c in range(classes):
            shifted[i, c] = x[i, c] - top


def losses_of_rows_numpy(shifted, p, target, weight, ignore_index, smoothing, losses, weights, totals):
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    wrong = np.flatnonzero((safe < 0) | (safe >= p.shape[1]))
    if len(wrong):
        return int(wrong[0])
    total = p.sum(axis=1)
    p /= total[:, None]
    weights[:] = weight[safe] * kept
    logp = shifted - np.log(total)[:, None]
    losses[:] = -logp[np.arange(len(safe)), safe] * weights * (1 - smoothing)
    if smoothing:
        losses -= (logp * weight).sum(axis=1) * kept * (smoothing / p.shape[1])
    totals[:] = losses.sum(dtype=np.float64), weights.sum(dtype=np.float64)
    return -1


@kernel(twin=losses_of_rows_numpy)
def losses_of_rows(shifted, p, target, weight, ignore_index, smoothing, losses, weights, totals):
    """Fill ``losses`` and ``weights`` of the samples and their ``totals``, and make ``p`` = exp(shifted) the softmax.

    Returns the number of the first row whose target is no class, or -1.
    """
    rows, classes = shifted.shape
    require(p.shape == shifted.shape and target.size == losses.size == weights.size == rows)
    require(weight.size == classes and totals.size == 2)
    totals[:] = 0
    for i in range(rows):
        t = target[i]
        if t != ignore_index and (t < 0 or t >= classes):
            return i
        total = p.dtype.type(0)
        for c in range(classes):
            total += p[i, c]
        for c in range(classes):
            p[i, c] /= total
        if t == ignore_index:
            weights[i] = 0
            losses[i] = 0
            continue
        log_total = np.log(total)
        weights[i] = weight[t]
        loss = weight[t] * (log_total - shifted[i, t]) * (1 - smoothing)
        if smoothing != 0:
            spread = p.dtype.type(0)
            for c in range(classes):
                spread += weight[c] * (log_total - shifted[i, c])
            loss += spread * smoothing / classes
        losses[i] = loss
        totals[0] += loss
        totals[1] += weights[i]
    return -1


def slope_of_rows_numpy(p, target, weight, weights, ignore_index, smoothing, scale, dx):
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    # Where all samples are ignored their scale is NaN, but what is ignored passes nothing back.
    scale = np.where(kept, scale, 0)
    hard = weights * scale * (1 - smoothing)
    np.multiply(p, hard[:, None], out=dx)
    dx[np.arange(len(safe)), safe] -= hard
    if smoothing:
        dx += (p * weight.sum() - weight) * (scale * (smoothing / p.shape[1]))[:, None]


@kernel(twin=slope_of_rows_numpy)
def slope_of_rows(p, target, weight, weights, ignore_index, smoothing, scale, dx):
    """``dx`` = softmax minus the target's distribution, each row times its weight and ``scale`` (one, or one a row)."""
    rows, classes = p.shape
    require(dx.shape == p.shape and target.size == weights.size == rows and weight.size == classes)
    require(scale.size == 1 or scale.size == rows)
    total = p.dtype.type(0)
    for c in range(classes):
        total += weight[c]
    for i in range(rows):
        t = target[i]
        if t == ignore_index:
            dx[i] = 0
            continue
        require(0 <= t < classes)
        s = scale[i] if scale.size > 1 else scale[0]
        hard = s * weights[i] * (1 - smoothing)
        soft = s * smoothing / classes
        for c in range(classes):
            dx[i, c] = p[i, c] * (hard + soft * total) - soft * weight[c]
        dx[i, t] -= hard
