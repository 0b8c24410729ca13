"""The adjoint of convolution in its input without a multiplication by 0: for weights that have a NaN or an infinity."""

from __future__ import annotations

import itertools

import numpy as np


def spread(g, weight, shape, stride, padding, dilation, groups):
    """Each pixel of ``g`` times each tap of ``weight``, added up where they belong in an image of ``shape``."""
    images, filters, channels = shape[0], weight.shape[0] // groups, weight.shape[1]
    made, places = g.shape[2:], g.reshape(images, groups, filters, -1)
    roomy = [size + 2 * pad for size, pad in zip(shape[2:], padding)]
    total = np.zeros((images, groups, channels, *roomy), g.dtype)
    taps = weight.reshape(groups, filters, channels, *weight.shape[2:])
    for tap in itertools.product(*map(range, weight.shape[2:])):
        reached = (slice(d * t, d * t + s * (size - 1) + 1, s) for t, size, s, d in zip(tap, made, stride, dilation))
        product = taps[(..., *tap)].mT @ places
        total[(..., *reached)] += product.reshape(images, groups, channels, *made)
    inside = (slice(pad, pad + size) for pad, size in zip(padding, shape[2:]))
    return np.ascontiguousarray(total[(..., *inside)]).reshape(shape)
