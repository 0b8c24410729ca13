"""Cross-entropy over rows of logarithms of probabilities.

As for those, float64 takes the NumPy twin where there are exponentials.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import kernel
from .compiling.require import require
from .softmax import exponentials


def losses_of_rows_numpy(logp, target, weight, ignore_index, smoothing, losses, weights, totals, mean, out):
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    wrong = np.flatnonzero((safe < 0) | (safe >= logp.shape[1]))
    if len(wrong):
        return int(wrong[0])
    weights[:] = np.where(kept, weight[safe], 0)
    losses[:] = np.where(kept, -logp[np.arange(len(safe)), safe] * weight[safe] * (1 - smoothing), 0)
    if smoothing:
        losses -= np.where(kept, (logp * weight).sum(axis=1) * (smoothing / logp.shape[1]), 0)
    totals[:] = losses.sum(dtype=np.float64), weights.sum(dtype=np.float64)
    out[0] = totals[0] / totals[1] if mean else totals[0]
    return -1


@kernel(twin=losses_of_rows_numpy)
def losses_of_rows(logp, target, weight, ignore_index, smoothing, losses, weights, totals, mean, out):
    """Fill ``losses`` and ``weights`` of the samples and their ``totals``; ``out`` is the losses' mean or sum.

    Returns the number of the first row whose target is no class, or -1.
    """
    rows, classes = logp.shape
    require(target.size == losses.size == weights.size == rows)
    require(weight.size == classes and totals.size == 2 and out.size == 1)
    totals[:] = 0
    for i in range(rows):
        t = target[i]
        if t != ignore_index and (t < 0 or t >= classes):
            return i
        if t == ignore_index:
            weights[i] = 0
            losses[i] = 0
            continue
        weights[i] = weight[t]
        loss = -weight[t] * logp[i, t] * (1 - smoothing)
        if smoothing != 0:
            spread = logp.dtype.type(0)
            for c in range(classes):
                spread += weight[c] * logp[i, c]
            loss -= spread * smoothing / classes
        losses[i] = loss
        totals[0] += loss
        totals[1] += weights[i]
    out[0] = totals[0] / totals[1] if mean else totals[0]
    return -1


def slope_of_rows_numpy(logp, target, weight, weights, ignore_index, smoothing, scale, totals, mean, dx):
    scale = scale / scale.dtype.type(totals[1]) if mean else scale
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    # Where all samples are ignored their scale is NaN, but what is ignored passes nothing back.
    scale = np.where(kept, scale, 0)
    hard = weights * scale * (1 - smoothing)
    p = np.exp(logp)
    np.multiply(p, hard[:, None], out=dx)
    dx[np.arange(len(safe)), safe] -= hard
    if smoothing:
        dx += (p * weight.sum() - weight) * (scale * (smoothing / p.shape[1]))[:, None]


@kernel(twin=slope_of_rows_numpy)
def slope_of_rows(logp, target, weight, weights, ignore_index, smoothing, scale, totals, mean, dx):
    """``dx`` = softmax minus the target's distribution, each row times its weight and ``scale`` (one, or one a row).

    Of the mean of the losses ``scale`` is divided by the total of the weights.
    """
    rows, classes = logp.shape
    require(dx.shape == logp.shape and target.size == weights.size == rows and weight.size == classes)
    require((scale.size == 1 or scale.size == rows) and totals.size == 2)
    count = logp.dtype.type(totals[1] if mean else 1)
    exponentials(logp.reshape(logp.size), dx.reshape(dx.size))
    total = logp.dtype.type(0)
    for c in range(classes):
        total += weight[c]
    for i in range(rows):
        t = target[i]
        if t == ignore_index:
            dx[i] = 0
            continue
        require(0 <= t < classes)
        s = (scale[i] if scale.size > 1 else scale[0]) / count
        hard = s * weights[i] * (1 - smoothing)
        soft = s * smoothing / classes
        row = dx[i]
        for c in range(classes):
            row[c] = row[c] * (hard + soft * total) - soft * weight[c]
        dx[i, t] -= hard
