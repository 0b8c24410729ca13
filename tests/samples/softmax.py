"""Rows of scores turned into probabilities."""

import numpy as np
import scipy.special

import autograd

from .arrays import NAN, SPECIAL, floats, gapped, real
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
    fails(NotImplementedError, "floats", real(3), 0, dtype=autograd.int64),
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
