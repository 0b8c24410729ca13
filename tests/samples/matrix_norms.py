"""Rows of norms and condition numbers of matrices."""

from typing import Any

import numpy as np

from .arrays import INF, integers, real
from .matrices import NOT_FLOAT, regular
from .rows import fails, not_in_torch, row, smooth


def norm_of_matrix(A: np.ndarray, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> np.ndarray:
    return np.linalg.norm(A, ord, dim, keepdim)


ORDERS = ("fro", "nuc", 2, -2, 1, -1, INF, -INF)
row(
    "linalg.matrix_norm", norm_of_matrix,
    *[smooth(regular(2, 3), ord) for ord in ORDERS],
    *[smooth(real(2, 3, 2), ord, (2, 0), keepdim) for ord in ORDERS for keepdim in (False, True)],
    fails(RuntimeError, "at least 2 dimensions", real(2)),
    fails(RuntimeError, "must be different", real(2, 3), dim=(0, -2)),
    fails(RuntimeError, "2-tuple", real(2, 3), dim=(0, 1, 2)),
    fails(RuntimeError, "Order 3 not supported", real(2, 3), 3),
    fails(RuntimeError, "floating point", integers([1, 2])),
)  # fmt: skip
row(
    "linalg.norm", lambda A, ord=None, dim=None, keepdim=False: np.linalg.norm(A, ord, dim, keepdim),
    smooth(real(3)),
    smooth(real(2, 3)),
    *[smooth(real(3), ord) for ord in (1, 2, 3, INF)],
    *[smooth(regular(2, 3), ord) for ord in ORDERS],
    smooth(real(2, 3), 3, 1),
    smooth(real(2, 3), 1, (0, 1), True),
    fails(RuntimeError, "1D or 2D", real(2, 2, 2), 2),
    fails(RuntimeError, "length 1 or 2", real(2, 2, 2), 2, (0, 1, 2)),
    fails(RuntimeError, "'fro' is of matrices", real(2), "fro"),
    fails(RuntimeError, "floating point", integers([1, 2])),
)  # fmt: skip
row(
    "linalg.cond", np.linalg.cond,
    *[smooth(regular(2, 2), p) for p in (None, 2, -2)],
    # PyTorch's own derivative of these fails: it has overwritten what it needs.
    *[not_in_torch(smooth(regular(2, 2), p)) for p in ("fro", "nuc", 1, -1, INF, -INF)],
    smooth(regular(2, 3)),
    NOT_FLOAT,
    fails(RuntimeError, "square", real(2, 3), 1),
)  # fmt: skip
