"""Rows of functions of diagonals and triangles of matrices."""

import numpy as np

import autograd

from .arrays import BOOLS, real
from .rows import fails, row, smooth, typed

row(
    "linalg.diagonal", lambda A, offset=0, dim1=-2, dim2=-1: np.diagonal(A, offset, dim1, dim2),
    smooth(real(2, 3)),
    smooth(real(2, 3, 3), offset=1),
    smooth(real(2, 3, 2), dim1=0, dim2=1),
    fails(IndexError, "matrix", real(3)),
)  # fmt: skip


def embedded(x, offset=0, dim1=-2, dim2=-1):
    n = x.shape[-1] + abs(offset)
    out = np.zeros((*x.shape[:-1], n, n), x.dtype)
    for i in range(x.shape[-1]):
        out[..., i - min(offset, 0), i + max(offset, 0)] = x[..., i]
    return np.moveaxis(out, (-2, -1), (dim1, dim2))


row(
    "diag_embed", embedded,
    smooth(real(3)),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), -1, 0, 2),
    smooth(real(2, 3), 0, 2, 0),
    smooth(real(3, 2).T, dim1=1, dim2=0),
    typed("bool", BOOLS),
    fails(RuntimeError, "cannot be identical", real(3), 0, 0, 0),
    fails(IndexError, "Dimension out of range", real(3), 0, 0, 2),
)  # fmt: skip
row(
    "diag", np.diag,
    *[smooth(x, k) for x in (real(3), real(2, 3), real(3, 2).T) for k in (-1, 0, 1)],
    fails(RuntimeError, "Supports 1D or 2D", real()),
    fails(RuntimeError, "Supports 1D or 2D", real(2, 2, 2)),
)  # fmt: skip
row("diagflat", np.diagflat, smooth(real()), smooth(real(2, 2)), smooth(real(3), 1), smooth(real(3), -1))
for name, reference in (("tril_indices", np.tril_indices), ("triu_indices", np.triu_indices)):
    row(
        name, lambda row, col, offset=0, dtype=None, reference=reference: np.array(reference(row, offset, col)),
        typed("int64", 2, 3),
        typed("int64", 3, 3, 1),
        typed("int64", 3, 2, -1),
        typed("int64", 0, 2),
        typed("int32", 2, 2, dtype=autograd.int32),
        fails(RuntimeError, "must be non-negative", -1, 2),
        fails(NotImplementedError, "indices are", 2, 2, dtype=autograd.float32),
    )  # fmt: skip
