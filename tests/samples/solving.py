"""Rows of systems of linear equations."""

import numpy as np

from .arrays import real
from .linalg import by_triangle
from .matrices import BAD_MATRICES, regular
from .rows import fails, row, smooth


def solved(A: np.ndarray, B: np.ndarray, *, left: bool = True) -> np.ndarray:
    vectors = B.ndim == 1 or B.shape == A.shape[:-1]
    B = B[..., None] if vectors else B
    X = np.linalg.inv(A) @ B if left else B @ np.linalg.inv(A)
    return X[..., 0] if vectors else X


for name, reference in (
    ("linalg.solve", solved),
    ("linalg.solve_ex", lambda A, B, **how: (solved(A, B, **how), np.zeros(A.shape[:-2], "int32"))),
):
    row(
        name, reference,
        smooth(regular(2, 2), real(2, 3)),
        smooth(regular(2, 2), real(2)),
        smooth(regular(2, 3, 3), real(2, 3)),
        smooth(regular(2, 2), real(3, 2), left=False),
        *[fails(f.error, f.fragment, *f.args, real(2)) for f in BAD_MATRICES],
        fails(RuntimeError, "Incompatible shapes", regular(2, 2), real(3, 2)),
    )  # fmt: skip
row(
    "linalg.solve_triangular",
    lambda A, B, *, upper, left=True, unitriangular=False: (
        by_triangle(A, B, upper, unitriangular) if left else by_triangle(A.mT, B.mT, not upper, unitriangular).mT
    ),
    smooth(regular(2, 2), real(2, 3), upper=True),
    smooth(regular(2, 2), real(3, 2), upper=False, left=False),
    smooth(regular(3, 3), real(2, 3), upper=True, left=False, unitriangular=True),
    fails(RuntimeError, "square", real(2, 3), real(2, 1), upper=True),
    fails(RuntimeError, "Incompatible shapes", regular(2, 2), real(3, 2), upper=True),
)  # fmt: skip
row(
    "triangular_solve",
    lambda b, A, upper=True, transpose=False, unit=False: (
        by_triangle(A.mT if transpose else A, b, upper != transpose, unit), A
    ),
    smooth(real(2, 3), regular(2, 2)),
    smooth(real(2, 3), regular(2, 2), False),
    smooth(real(2, 3), regular(2, 2), True, True),
    fails(RuntimeError, "square", real(2, 1), real(2, 3)),
    wrt=(0, 1),
)  # fmt: skip
row(
    "linalg.tensorsolve", lambda A, B, dims=None: np.linalg.tensorsolve(A, B, dims),
    smooth(regular(6, 6).reshape(2, 3, 6), real(2, 3)),
    smooth(regular(6, 6).reshape(2, 3, 3, 2), real(2, 3)),
    smooth(regular(6, 6).reshape(6, 2, 3), real(2, 3), dims=(0,)),
    fails(RuntimeError, "prod(A.shape[B.ndim:])", real(2, 3), real(2)),
)  # fmt: skip
row(
    "linalg.lstsq", lambda A, B, rcond=None, driver=None: (
        np.linalg.pinv(A) @ B, ((A @ np.linalg.pinv(A) @ B - B) ** 2).sum(-2) if driver == "gels" else np.zeros(0),
        np.zeros(0) if driver == "gels" else np.linalg.matrix_rank(A),
        np.linalg.svdvals(A) if driver == "gelsd" else np.zeros(0),
    ),
    smooth(regular(3, 2), real(3, 2), driver="gels"),
    smooth(regular(2, 2), real(2, 1)),
    smooth(regular(2, 3), real(2, 1), driver="gelsd"),
    smooth(regular(2, 3, 2), real(2, 3, 1), driver="gelsy"),
    fails(RuntimeError, "driver", regular(2, 2), real(2, 1), driver="qr"),
    fails(RuntimeError, "should match", regular(2, 2), real(3, 1)),
)  # fmt: skip
