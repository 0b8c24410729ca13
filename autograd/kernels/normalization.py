"""Normalization over channels: the loops of batch normalization."""

from __future__ import annotations

import math

import numpy as np

from .jit import kernel


def by_channel(x):
    """``x`` (N, C, ...) as (N, C, L), in rows."""
    return np.ascontiguousarray(x).reshape(*x.shape[:2], math.prod(x.shape[2:]))


def channel_moments(x):
    """The mean and the variance (of the population) of each channel."""
    channels = x.shape[1]
    center, variance = np.zeros(channels, x.dtype), np.zeros(channels, x.dtype)
    if x.size:
        moments(by_channel(x), center, variance)
    return center, variance


def moments_numpy(x, center, variance):
    center[:] = x.mean(axis=(0, 2), dtype=np.float64)
    variance[:] = np.square(x - center[:, None], dtype=np.float64).mean(axis=(0, 2))


@kernel(twin=moments_numpy)
def moments(x, center, variance):
    """Two passes, each row summed in its own dtype and the rows in float64."""
    n, channels, length = x.shape
    for c in range(channels):
        total = 0.0
        for b in range(n):
            row = x[b, c]
            part = x.dtype.type(0)
            for i in range(length):
                part += row[i]
            total += part
        mean = x.dtype.type(total / (n * length))
        total = 0.0
        for b in range(n):
            row = x[b, c]
            part = x.dtype.type(0)
            for i in range(length):
                part += (row[i] - mean) * (row[i] - mean)
            total += part
        center[c] = mean
        variance[c] = total / (n * length)


def scale_channels(x, center, inverse, weight, bias):
    """``(x - center)·inverse·weight + bias`` for each channel."""
    scale = inverse if weight is None else inverse * weight
    offset = -center * scale if bias is None else bias - center * scale
    out = np.empty(x.shape, x.dtype)
    scale_rows(by_channel(x), scale, offset, by_channel(out))
    return out


def scale_rows_numpy(x, scale, offset, out):
    np.multiply(x, scale[:, None], out=out)
    out += offset[:, None]


@kernel(twin=scale_rows_numpy)
def scale_rows(x, scale, offset, out):
    """``out = x·scale + offset``, a scale and an offset for each channel."""
    n, channels, length = x.shape
    for b in range(n):
        for c in range(channels):
            row, made = x[b, c], out[b, c]
            a, d = scale[c], offset[c]
            for i in range(length):
                made[i] = row[i] * a + d


def batch_norm_backward(g, x, center, inverse, weight, training):
    """The gradients of the input, of the weight and of the bias of a batch normalization."""
    channels = x.shape[1]
    dweight, dbias = np.zeros(channels, x.dtype), np.zeros(channels, x.dtype)
    dx = np.empty(x.shape, x.dtype)
    if x.size:
        rows, upstream = by_channel(x), by_channel(g)
        sums(upstream, rows, center, inverse, dweight, dbias)
        scale = inverse if weight is None else inverse * weight
        count = x.size // channels
        slope = scale * inverse * dweight / count if training else np.zeros_like(scale)
        offset = scale * dbias / count if training else np.zeros_like(scale)
        pull_rows(upstream, rows, center, scale, slope, offset, dx.reshape(rows.shape))
    return dx, dweight, dbias


def sums_numpy(g, x, center, inverse, dweight, dbias):
    normal = (x - center[:, None]) * inverse[:, None]
    dweight[:] = (g * normal).sum(axis=(0, 2), dtype=np.float64)
    dbias[:] = g.sum(axis=(0, 2), dtype=np.float64)


@kernel(twin=sums_numpy)
def sums(g, x, center, inverse, dweight, dbias):
    """``dweight = Σ g·(x - center)·inverse`` and ``dbias = Σ g`` for each channel."""
    n, channels, length = x.shape
    for c in range(channels):
        products, total = 0.0, 0.0
        for b in range(n):
            row, up = x[b, c], g[b, c]
            product, part = x.dtype.type(0), x.dtype.type(0)
            for i in range(length):
                product += up[i] * (row[i] - center[c])
                part += up[i]
            products += product
            total += part
        dweight[c] = products * inverse[c]
        dbias[c] = total


def pull_rows_numpy(g, x, center, scale, slope, offset, dx):
    dx[:] = g * scale[:, None] - (x - center[:, None]) * slope[:, None] - offset[:, None]


@kernel(twin=pull_rows_numpy)
def pull_rows(g, x, center, scale, slope, offset, dx):
    """``dx = g·scale - (x - center)·slope - offset`` for each channel."""
    n, channels, length = x.shape
    for b in range(n):
        for c in range(channels):
            up, row, made = g[b, c], x[b, c], dx[b, c]
            a, s, o, m = scale[c], slope[c], offset[c], center[c]
            for i in range(length):
                made[i] = up[i] * a - (row[i] - m) * s - o
