"""Rows of ops that run along a dimension."""

import numpy as np

import autograd

from .arrays import BOOLS, INF, NAN_AND_ONE, SPECIAL, floats, gapped, integers, real
from .dimensions import OUT_OF_RANGE
from .rows import edge, fails, row, smooth, typed, value

SCANS = [
    smooth(real(), 0),
    smooth(real(4), dim=0),
    smooth(real(2, 3), 0),
    smooth(real(3, 2).T, -1),
    smooth(gapped(real(2, 2, 2)), 1),
    smooth(real(0, 3), 0),
    smooth(real(0, 3), 1),
    *OUT_OF_RANGE,
]
row(
    "cumsum", lambda x, dim, dtype=None: np.cumsum(x, dim).reshape(x.shape) if x.ndim else x,
    *SCANS,
    edge(SPECIAL, 0),
    typed("int64", integers(100, 100, 100, dtype="uint8"), 0),
    typed("int64", BOOLS, 1),
    typed("float64", integers(1, 2), 0, dtype=autograd.float64),
    typed("int32", integers(1, 2), 0, dtype=autograd.int32),
)  # fmt: skip
row(
    "cumprod", lambda x, dim, dtype=None: np.cumprod(x, dim).reshape(x.shape) if x.ndim else x,
    *SCANS,
    smooth(floats([0.0, 1.5, 0.0, 2.5], [1.5, 0.0, 2.5, 0.0]), 1),
    value(SPECIAL, 0),
    typed("int64", integers(100, 100, 100, dtype="uint8"), 0),
    typed("int64", BOOLS, 1),
    typed("float64", integers(1, 2), 0, dtype=autograd.float64),
    typed("int32", integers(1, 2), 0, dtype=autograd.int32),
)  # fmt: skip
row(
    "logcumsumexp", lambda x, dim: np.logaddexp.accumulate(x, dim) if x.ndim else x,
    *SCANS,
    smooth(floats(1000.0, 1000.5, 999.0), 0),
    smooth(floats(-1000.0, 0.5, 0.7), 0),
    edge(floats(0.0, -INF, 1.0), 0),
    value(SPECIAL, 0),
    value(NAN_AND_ONE, 0),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), 0),
)  # fmt: skip


def recurrence(a, b, dim):
    out = np.zeros_like(b)
    for place in np.ndindex(*b.shape):
        before = tuple(n - (i == dim) for i, n in enumerate(place))
        out[place] = b[place] + (a[place] * out[before] if place[dim] else 0)
    return out


def torch_recurrence(torch, a, b, dim):
    rows = list(b.unbind(dim))
    for i, factor in enumerate(a.unbind(dim)):
        rows[i] = rows[i] + factor * rows[i - 1] if i else rows[i]
    return torch.stack(rows, dim)


row(
    "recurrence", recurrence,
    smooth(real(4), real(4, seed=1), 0),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 1),
    smooth(real(2, 2, 2), real(2, 2, 2, seed=1), 1),
    smooth(real(2, 0), real(2, 0), 0),
    torch=torch_recurrence,
)  # fmt: skip
