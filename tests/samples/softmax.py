"""Rows of scores turned into probabilities."""

import numpy as np
import scipy.special

import autograd

from .arrays import NAN, SPECIAL, floats, gapped, integers, real
from .dimensions import OUT_OF_RANGE, SPECIAL_ROWS, THOUSANDS, in_dtype
from .rows import edge, fails, row, smooth, typed

AXIS_CASES = [
    smooth(real(), 0),
    smooth(real(4), 0),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), dim=0),
    smooth(real(3, 2).T, -1),
    smooth(gapped(real(2, 2, 3)), 1),
    smooth(real(0, 3), 1),
    smooth(real(0, 3), 0),
    smooth(THOUSANDS, 1),
    edge(real(2, 3) * 1000, 1),
    edge(SPECIAL_ROWS, 1),
    edge(SPECIAL, 0),
    typed("float64", floats(1.0, 2.0).astype("float32"), 0, dtype=autograd.float64),
    fails(NotImplementedError, "not implemented for int64", real(3), 0, dtype=autograd.int64),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), 0),
    *OUT_OF_RANGE,
]


def softmax(x, dim, dtype=None):
    x = in_dtype(x, dtype)
    return scipy.special.softmax(x, dim) if x.size and x.ndim else np.ones_like(x)


def log_softmax(x, dim, dtype=None):
    x = in_dtype(x, dtype)
    if not x.size or not x.ndim:
        return np.zeros_like(x)
    # SciPy has an answer beside an infinite score; PyTorch has none.
    return np.where(np.isposinf(x).any(dim, keepdims=True), NAN, scipy.special.log_softmax(x, dim))


row("softmax", softmax, *AXIS_CASES)
row("log_softmax", log_softmax, *AXIS_CASES)


def softmax_slope(g, p, dim):
    return p * (g - (g * p).sum(dim, keepdims=True))


def log_softmax_slope(g, logp, dim):
    return g - np.exp(logp) * g.sum(dim, keepdims=True)


for name, slope in (("softmax_slope", softmax_slope), ("log_softmax_slope", log_softmax_slope)):
    row(
        name, slope,
        smooth(real(4), real(4, seed=1), 0),
        smooth(real(2, 3), real(2, 3, seed=1), -1),
        smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 0),
        smooth(real(2, 3, 2), real(2, 3, 2, seed=1), 1),
        smooth(real(0, 3), real(0, 3), 0),
        edge(SPECIAL, real(len(SPECIAL)), 0),
        torch=lambda torch, g, p, dim, slope=slope: (
            p * (g - (g * p).sum(dim, True)) if slope is softmax_slope else g - p.exp() * g.sum(dim, True)
        ),
    )  # fmt: skip
