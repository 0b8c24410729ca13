"""What convolution and its gradient for the weight are, tap by tap in NumPy, whatever the machine.

The adjoint in the input is in ``exactly.py``. The living page runs these in place of the kernels.
"""

from __future__ import annotations

import itertools

import numpy as np


def twinned(twin):
    """Say that ``twin`` is the same in NumPy as the decorated function, whatever kernels that calls."""

    def decorate(function):
        function.twin = twin
        return function

    return decorate


def seen_by_taps(x, shape, made, stride, padding, dilation, groups):
    """For each tap of a weight of ``shape``, what it meets at all ``made`` places: (N, groups, C/groups, places)."""
    roomy = np.pad(x, ((0, 0), (0, 0), *((pad, pad) for pad in padding)))
    for tap in itertools.product(*map(range, shape[2:])):
        met = tuple(slice(d * t, d * t + s * (size - 1) + 1, s) for t, size, s, d in zip(tap, made, stride, dilation))
        yield tap, roomy[(..., *met)].reshape(len(x), groups, shape[1], np.prod(made, dtype=np.int64))


def convolve(x, weight, bias, stride, padding, dilation, groups):
    """``out[n, o] = Σ_c weight[o, c] ⋆ x[n, c] + bias[o]``."""
    made = tuple(
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    )
    taps = weight.reshape(groups, weight.shape[0] // groups, *weight.shape[1:])
    total = np.zeros((len(x), groups, weight.shape[0] // groups, np.prod(made, dtype=np.int64)), x.dtype)
    for tap, met in seen_by_taps(x, weight.shape, made, stride, padding, dilation, groups):
        total += taps[(..., *tap)] @ met
    out = total.reshape(len(x), weight.shape[0], *made)
    return out if bias is None else out + bias.reshape(-1, *[1] * len(made))


def convolve_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of `convolve` in weight, of ``shape``."""
    total = np.zeros((groups, shape[0] // groups, *shape[1:]), g.dtype)
    upstream = g.reshape(len(g), groups, shape[0] // groups, np.prod(g.shape[2:], dtype=np.int64))
    for tap, met in seen_by_taps(x, shape, g.shape[2:], stride, padding, dilation, groups):
        total[(..., *tap)] = (upstream @ met.mT).sum(axis=0)
    return total.reshape(shape)
