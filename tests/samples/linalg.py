"""Rows of inverses, determinants, powers and exponentials of matrices."""

import numpy as np

import autograd

from .arrays import NAN, floats, gapped, integers, real
from .matrices import BAD_MATRICES, regular
from .rows import edge, fails, not_in_torch, row, smooth, typed, value

SQUARE = (
    regular(2, 2), regular(3, 3), regular(1, 1), regular(2, 2, 2), regular(3, 3).T, gapped(regular(2, 2)),
    real(0, 0), real(0, 2, 2),
)  # fmt: skip
# PyTorch's LinAlgError is another class.
SINGULAR = not_in_torch(fails(autograd.linalg.LinAlgError, "singular", np.ones((2, 2))))


def cofactors(A: np.ndarray) -> np.ndarray:
    """The determinants of what is left without a row and a column, with alternating signs."""
    n = A.shape[-1]
    out = np.zeros_like(A)
    for i, j in np.ndindex(n, n):
        minor = np.delete(np.delete(A, i, -2), j, -1)
        out[..., i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    return out


def cofactor_slopes(g: np.ndarray, A: np.ndarray) -> np.ndarray:
    """How much ``<g, cofactors(A)>`` grows by each element of A, in which it is a straight line."""
    out = np.zeros_like(A)
    for i, j in np.ndindex(A.shape[-2:]):
        moved = A.copy()
        moved[..., i, j] += 1
        out[..., i, j] = (g * (cofactors(moved) - cofactors(A))).sum((-2, -1))
    return out


def power_series(A: np.ndarray) -> np.ndarray:
    """``Σ Aᵏ/k!``."""
    term = total = np.broadcast_to(np.eye(A.shape[-1], dtype=A.dtype), A.shape)
    for k in range(1, 60):
        term = term @ A / np.asarray(k, A.dtype)
        total = total + term
    return total


# By powers of 2, so that elimination in any order arrives at 0 itself.
SINGULARS = (floats([1, 2], [2, 4]), floats([1, 2, 2], [2, 4, 4], [1, 0, 1]))
row("inverse", np.linalg.inv, *map(smooth, SQUARE), *BAD_MATRICES, SINGULAR)
row(
    "det", np.linalg.det,
    *map(smooth, SQUARE),
    *map(value, SINGULARS),  # whose gradient is 0 in PyTorch's float32: see the row of cofactor
    *BAD_MATRICES,
)  # fmt: skip
row("cofactor", cofactors, *map(smooth, SQUARE), *map(value, SINGULARS), torch=None)
row(
    "cofactor_slope", cofactor_slopes,
    # Of two rows and columns its derivative is 0, and all that is found of it is rounding.
    *[(value if A.shape[-1] == 2 else smooth)(real(*A.shape), A) for A in SQUARE],
    *[value(real(*A.shape), A) for A in SINGULARS],
    torch=None,
)  # fmt: skip
row(
    "log_abs_det", lambda A: np.linalg.slogdet(A)[1],
    *map(smooth, SQUARE),
    value(np.ones((2, 2))),
    edge(regular(2, 2) * 1e9),
    torch=lambda torch, A: torch.linalg.slogdet(A)[1],
)  # fmt: skip
row("sign_of_det", lambda A: np.linalg.slogdet(A)[0], *map(smooth, SQUARE), edge(-regular(3, 3)), torch=None)
row(
    "slogdet", lambda A: tuple(np.linalg.slogdet(A)),
    *map(smooth, SQUARE[:2]),
    value(np.ones((2, 2))),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "logdet", lambda A: np.log(np.linalg.det(A)),
    *map(smooth, SQUARE[:3]),
    value(np.ones((2, 2))),
    value(-regular(3, 3)),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "matrix_exp", power_series,
    smooth(real(2, 2)),
    smooth(real(3, 3)),
    smooth(real(2, 2, 2)),
    smooth(gapped(real(2, 2)).T),
    smooth(real(0, 0)),
    edge(np.zeros((2, 2))),
    value(np.full((2, 2), NAN)),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "matrix_power", np.linalg.matrix_power,
    *[smooth(regular(2, 2), n) for n in (-2, -1, 0, 1, 2, 3, 5)],
    smooth(regular(2, 3, 3), n=3),
    *[fails(f.error, f.fragment, *f.args, 2) for f in BAD_MATRICES[:2]],
    *[typed("int64", integers([1, 2], [3, 4]), n) for n in (0, 1, 3)],
    not_in_torch(fails(RuntimeError, "float32 or float64", integers([1, 2], [3, 4]), -2)),
)  # fmt: skip
row(
    "linalg.inv_ex", lambda A, check_errors=False: (np.linalg.inv(A), np.zeros(A.shape[:-2], "int32")),
    *map(smooth, SQUARE[:4]),
    *BAD_MATRICES,
    not_in_torch(fails(autograd.linalg.LinAlgError, "singular", np.ones((2, 2)), check_errors=True)),
)  # fmt: skip
row(
    "matrix_solve", np.linalg.solve,
    smooth(regular(2, 2), real(2, 3)),
    smooth(regular(2, 3, 3), real(3, 1)),
    smooth(regular(2, 2), real(3, 2, 1)),
    smooth(regular(2, 2).T, gapped(real(2, 1))),
    smooth(real(0, 0), real(0, 2)),
    fails(RuntimeError, "AX = B", regular(2, 2), real(3, 2)),
    torch="linalg.solve",
)  # fmt: skip


def by_triangle(A: np.ndarray, B: np.ndarray, upper: bool, unit: bool = False) -> np.ndarray:
    """The solution for one triangle of A."""
    A = np.triu(A) if upper else np.tril(A)
    if unit:
        A = np.where(np.eye(A.shape[-1], dtype=bool), 1, A).astype(A.dtype)
    return np.linalg.inv(A) @ B


TRIANGULAR = [
    (regular(2, 2), real(2, 3)), (regular(3, 3).T, gapped(real(3, 1))), (regular(2, 2, 2), real(2, 1)),
    (regular(2, 2), real(3, 2, 1)), (real(0, 0), real(0, 2)), (real(2, 2), real(2, 0)),
]  # fmt: skip
row(
    "matrix_solve_triangular", by_triangle,
    *[smooth(A, B, up, unit) for A, B in TRIANGULAR for up in (False, True) for unit in (False, True)],
    fails(RuntimeError, "AX = B", regular(2, 2), real(3, 2), True, False),
    torch=lambda torch, A, B, up, unit: torch.linalg.solve_triangular(A, B, upper=up, unitriangular=unit),
)  # fmt: skip
row(
    "linalg.tensorinv", np.linalg.tensorinv,
    smooth(regular(6, 6).reshape(2, 3, 6)),
    smooth(regular(4, 4).reshape(4, 2, 2), ind=1),
    fails(RuntimeError, "strictly positive", regular(2, 2), 0),
    fails(RuntimeError, "prod(A.shape[ind:])", real(2, 3), 1),
)  # fmt: skip
for name in ("matrix_pinv", "linalg.pinv", "pinverse"):
    own = (0.0, 1e-10, False) if name == "matrix_pinv" else ()
    row(
        name, lambda A, *how, **further: np.linalg.pinv(A, 1e-6),
        smooth(regular(2, 2), *own),
        smooth(regular(3, 2), *own),
        smooth(regular(2, 3).T, *own),
        smooth(gapped(regular(2, 2, 3)), *own),
        smooth(real(0, 2), *own),
        edge(np.ones((2, 2)), *own[:1], *(1e-6,) * (name != "linalg.pinv"), *own[2:]),
        fails(RuntimeError, "at least 2 dimensions", real(2), *own),
        torch=(lambda torch, A, atol, rtol, hermitian: torch.linalg.pinv(A, atol=atol, rtol=rtol))
        if name == "matrix_pinv" else name,
    )  # fmt: skip
row(
    # NumPy before 2.4 looks for the largest singular value of none.
    "linalg.matrix_rank", lambda A, tol=None, hermitian=False, **how: (
        np.linalg.matrix_rank(A, tol, hermitian) if A.size else 0
    ),
    value(regular(2, 2)),
    value(real(2, 2, 1) @ real(2, 1, 3)),
    value(np.ones((3, 3)), hermitian=True),
    value(np.diag([3.0, 1.0, 0.1]), 0.5),
    value(real(0, 2)),
    fails(RuntimeError, "at least 2 dimensions", real(2)),
)  # fmt: skip
