"""Cross-entropy over the classes of samples, from logarithms of their probabilities.

These are (N, classes, L): L samples side by side, the places of an image, or one. As for those, float64 takes the NumPy
twin where there are exponentials.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require
from .softmax import exponentials


def rows_numpy(x):
    """(N·L, classes) of (N, classes, L)."""
    return x.swapaxes(1, 2).reshape(-1, x.shape[1])


def losses_of_samples_numpy(logp, target, weight, ignore_index, smoothing, losses, weights, totals, mean, out):
    logp = rows_numpy(logp)
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


@helper
def require_samples(logp, target, weight, losses, weights):
    """Raise `Misfit` unless there is a target for each sample and a weight for each class."""
    count, classes, length = logp.shape
    require(target.size == losses.size == weights.size == count * length and weight.size == classes)


@helper
def spread_of(logp, weight, n, spread):
    """The sum over the classes of weights times logarithms, for each sample of a matrix."""
    _, classes, length = logp.shape
    if length == 1:
        line, total = logp[n].reshape(classes), logp.dtype.type(0)
        for c in range(classes):
            total += weight[c] * line[c]
        spread[0] = total
        return
    spread[:] = 0
    for c in range(classes):
        line, w = logp[n, c], weight[c]
        for i in range(length):
            spread[i] += w * line[i]


@kernel(twin=losses_of_samples_numpy)
def losses_of_samples(logp, target, weight, ignore_index, smoothing, losses, weights, totals, mean, out):
    """Fill ``losses`` and ``weights`` of the samples and their ``totals``; ``out`` is the losses' mean or sum.

    Returns the number of the first sample whose target is no class, or -1.
    """
    count, classes, length = logp.shape
    require_samples(logp, target, weight, losses, weights)
    require(totals.size == 2 and out.size == 1)
    totals[:] = 0
    spread = np.zeros(length, logp.dtype)
    for n in range(count):
        if smoothing != 0:
            spread_of(logp, weight, n, spread)
        for i in range(length):
            r = n * length + i
            t = target[r]
            if t != ignore_index and (t < 0 or t >= classes):
                return r
            if t == ignore_index:
                weights[r] = 0
                losses[r] = 0
                continue
            weights[r] = weight[t]
            loss = -weight[t] * logp[n, t, i] * (1 - smoothing)
            if smoothing != 0:
                loss -= spread[i] * smoothing / classes
            losses[r] = loss
            totals[0] += loss
            totals[1] += weights[r]
    out[0] = totals[0] / totals[1] if mean else totals[0]
    return -1


def slope_of_samples_numpy(logp, target, weight, weights, ignore_index, smoothing, scale, totals, mean, dx):
    scale = scale / scale.dtype.type(totals[1]) if mean else scale
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    # Where all samples are ignored their scale is NaN, but what is ignored passes nothing back.
    scale = np.where(kept, scale, 0)
    hard = weights * scale * (1 - smoothing)
    p = np.exp(rows_numpy(logp))
    made = p * hard[:, None]
    made[np.arange(len(safe)), safe] -= hard
    if smoothing:
        made += (p * weight.sum() - weight) * (scale * (smoothing / p.shape[1]))[:, None]
    dx[:] = made.reshape(logp.shape[0], logp.shape[2], logp.shape[1]).swapaxes(1, 2)


@kernel(twin=slope_of_samples_numpy)
def slope_of_samples(logp, target, weight, weights, ignore_index, smoothing, scale, totals, mean, dx):
    """``dx`` = softmax minus the target's distribution, of each sample times its weight and ``scale``, one or its own.

    Of the mean of the losses ``scale`` is divided by the total of the weights.
    """
    count, classes, length = logp.shape
    require(dx.shape == logp.shape and totals.size == 2 and (scale.size == 1 or scale.size == target.size))
    require_samples(logp, target, weight, weights, weights)
    number = logp.dtype.type
    divisor = number(totals[1] if mean else 1)
    exponentials(logp.reshape(logp.size), dx.reshape(dx.size))
    total = number(0)
    for c in range(classes):
        total += weight[c]
    # What each probability of a sample is multiplied by, and what is subtracted of it by weight.
    factors, shares, hards = np.empty(length, logp.dtype), np.empty(length, logp.dtype), np.empty(length, logp.dtype)
    for n in range(count):
        for i in range(length):
            r = n * length + i
            s = (scale[r] if scale.size > 1 else scale[0]) / divisor
            t = target[r]
            require(t == ignore_index or 0 <= t < classes)
            hard = s * weights[r] * (1 - smoothing)
            soft = s * smoothing / classes
            kept = t != ignore_index
            hards[i], shares[i] = (hard if kept else number(0)), (soft if kept else number(0))
            factors[i] = hard + soft * total if kept else number(0)
        if length == 1:
            row, factor, share = dx[n].reshape(classes), factors[0], shares[0]
            if smoothing != 0:
                for c in range(classes):
                    row[c] = row[c] * factor - share * weight[c]
            else:
                for c in range(classes):
                    row[c] = row[c] * factor
        else:
            for c in range(classes):
                row, w = dx[n, c], weight[c]
                for i in range(length):
                    row[i] = row[i] * factors[i] - shares[i] * w
        for i in range(length):
            t = target[n * length + i]
            if t == ignore_index:
                # Probabilities that are NaN pass nothing back either.
                dx[n, :, i] = 0
            else:
                dx[n, t, i] -= hards[i]


def slope_of_picked_numpy(dx, target, weights, ignore_index, scale, totals, mean):
    scale = scale / scale.dtype.type(totals[1]) if mean else scale
    kept = np.flatnonzero(target != ignore_index)
    dx[:] = 0
    n, i = np.divmod(kept, dx.shape[2])
    dx[n, target[kept], i] = -(weights * scale)[kept]


@kernel(twin=slope_of_picked_numpy)
def slope_of_picked(dx, target, weights, ignore_index, scale, totals, mean):
    """``dx`` = 0, but ``-scale`` times its weight at the target of each sample; scale: as in `slope_of_samples`."""
    count, classes, length = dx.shape
    require(target.size == weights.size == count * length and totals.size == 2)
    require(scale.size == 1 or scale.size == target.size)
    divisor = dx.dtype.type(totals[1] if mean else 1)
    dx[:] = 0
    for r in range(target.size):
        t = target[r]
        if t != ignore_index:
            require(0 <= t < classes)
            dx[r // length, t, r % length] = -(scale[r] if scale.size > 1 else scale[0]) / divisor * weights[r]
