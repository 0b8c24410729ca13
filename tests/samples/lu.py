"""Rows of the factors of Gauss's elimination."""

from typing import Any

import numpy as np
import scipy.linalg

from .arrays import floats, integers, real
from .matrices import NOT_FLOAT, NOT_MATRIX, TALL_AND_WIDE, regular
from .rows import edge, fails, not_in_torch, row, smooth, value


def elimination(A: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(part.astype(A.dtype) for part in scipy.linalg.lu(A))


def factors(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """LAPACK's LU and pivots from 1, of one matrix."""
    LU, pivots = scipy.linalg.lu_factor(A)
    return LU, (pivots + 1).astype("int32")


row("linalg.lu", elimination, *map(smooth, TALL_AND_WIDE[:5]), NOT_MATRIX, not_in_torch(NOT_FLOAT))
for name in ("lu", "linalg.lu_factor", "linalg.lu_factor_ex"):
    row(
        name, (lambda A: (*factors(A), np.array(0, "int32"))) if name == "linalg.lu_factor_ex" else factors,
        *map(smooth, (regular(2, 2), regular(3, 3), real(3, 2), real(2, 3))),
        NOT_MATRIX,
        not_in_torch(NOT_FLOAT),
        fails(RuntimeError, "without pivoting", real(2, 2), pivot=False),
        torch=(lambda torch, A, pivot=True: torch.lu(A, pivot)) if name == "lu" else name,
    )  # fmt: skip
row(
    "lu_unpack", lambda LU, pivots: elimination(np.array([[1.0, 2.0], [4.0, 3.0]], LU.dtype)),
    edge(floats([4, 3], [0.25, 1.25]), integers(2, 2, dtype="int32")),
    value(floats([4, 3], [0.25, 1.25]).astype("float16"), integers(2, 2, dtype="int32")),
    fails(RuntimeError, "int32", real(2, 2), integers(1, 2)),
    not_in_torch(fails(RuntimeError, "pivots", real(2, 2), integers(1, 2, 2, dtype="int32"))),
    not_in_torch(fails(RuntimeError, "pivots", real(2, 2), integers(1, 3, dtype="int32"))),
    fails(RuntimeError, "at least 2 dimensions", real(2), integers(1, 2, dtype="int32")),
)  # fmt: skip


def solved_by_factors(
    LU: np.ndarray, pivots: np.ndarray, B: np.ndarray, left: bool = True, adjoint: bool = False
) -> Any:
    solve = lambda B, how: scipy.linalg.lu_solve((LU, pivots - 1), B, how)
    return solve(B, int(adjoint)) if left else solve(B.mT, int(not adjoint)).mT


PIVOTS = integers(2, 3, 3, dtype="int32")
row(
    "linalg.lu_solve", solved_by_factors,
    *[smooth(regular(3, 3), PIVOTS, real(3, 2), adjoint=adjoint) for adjoint in (False, True)],
    *[smooth(regular(3, 3), PIVOTS, real(2, 3), left=False, adjoint=adjoint) for adjoint in (False, True)],
    fails(RuntimeError, "Incompatible shapes", regular(3, 3), PIVOTS, real(2, 2)),
)  # fmt: skip
row(
    "lu_solve", lambda b, LU, pivots: solved_by_factors(LU, pivots, b),
    smooth(real(3, 2), regular(3, 3), PIVOTS),
    fails(RuntimeError, "Incompatible shapes", real(2, 2), regular(3, 3), PIVOTS),
)  # fmt: skip
