"""Rows of the length of a vector."""

import numpy as np

import autograd

from .arrays import INF, floats, integers, real
from .dimensions import SPECIAL_ROWS, TIED_ROWS, in_dtype, reductions, tuple_of
from .rows import edge, fails, row, smooth, typed, value


def norms(x, ord=2, dim=None, keepdim=False):
    over = {"axis": tuple_of(dim) if x.ndim else None, "keepdims": keepdim}
    if ord == 0:
        return np.sum(x != 0, **over, dtype=x.dtype)
    if np.isinf(ord):
        return (np.max if ord > 0 else np.min)(np.abs(x), **over)
    return np.sum(np.abs(x) ** ord, **over) ** (1 / ord)


NORMS = [
    *[smooth(*s.args[:1], 2, *s.args[1:], **s.params) for s in reductions()],
    *[smooth(real(2, 3), p, dim=1) for p in (0, 1, 0.5, 1.5, 2, 3, 4.0, -1, INF, -INF)],
    smooth(real(2, 3), 3),
    *[edge(floats([0.0, 0.0, 0.0], [0.0, 1.0, 2.0]), p, dim=1) for p in (0, 1, 0.5, 1.5, 2, 3, INF, -INF)],
    *[edge(TIED_ROWS, p, dim=0) for p in (INF, -INF)],
    value(SPECIAL_ROWS, 2, dim=1),
    value(SPECIAL_ROWS, INF, dim=1),
    edge(real(0), 2),
    typed("float64", floats(3.0, 4.0).astype("float32"), 2, dtype=autograd.float64),
    fails(IndexError, "Dimension out of range", real(2, 3), 2, dim=2),
    fails(RuntimeError, "floats", integers(1, 2), 2),
]
row(
    "vector_norm", lambda x, ord=2, dim=None, keepdim=False, dtype=None: norms(in_dtype(x, dtype), ord, dim, keepdim),
    *NORMS,
    fails(RuntimeError, "no identity", real(0), INF),
    fails(TypeError, "number", real(2), "fro"),
    torch="linalg.vector_norm",
)  # fmt: skip
