"""Systems of linear equations."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.decomposition import svdvals
from ..ops.linalg import matrix_solve, matrix_solve_triangular
from .checks import check_info, check_matrices
from .linalg import pinv, where_regular, zero_pivot
from .registry import function, method
from .results import parts


class SolveEx(NamedTuple):
    """What `linalg.solve_ex` returns."""

    result: Tensor
    info: Tensor


class TriangularSolve(NamedTuple):
    """What `triangular_solve` returns."""

    solution: Tensor
    cloned_coefficient: Tensor


class LeastSquares(NamedTuple):
    """What `linalg.lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


@function("linalg.solve")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """The X with ``A @ X = B``, or with ``X @ A = B``; LinAlgError if A is singular.

    A (..., n, n); B (..., n, k), or (n) or (..., n) as vectors where that is the shape of A without its last size.

    >>> autograd.linalg.solve(autograd.tensor([[2., 0.], [0., 4.]]), autograd.tensor([2., 2.]))
    tensor([1.0000, 0.5000])
    """
    return _solved("linalg.solve", A, B, left, matrix_solve)


def _solved(name: str, A: Tensor, B: Tensor, left: bool, compute: Any) -> Tensor:
    """``compute(A, B)``, also where B is of vectors or A stands on the right."""
    check_matrices(name, A, square=True)
    vectors = B.ndim == 1 or (A.ndim == B.ndim + 1 and B.array.shape == A.array.shape[:-1])
    if vectors:
        B = B.unsqueeze(-1)
        if not left:
            raise RuntimeError(f"{name}: Vector broadcasting of the left hand side is not supported for left=False")
    met = B.array.shape[-2 if left else -1]
    if met != A.array.shape[-1]:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({list(A.shape)} and {list(B.shape)})"
        )
    made = compute(A, B) if left else compute(A.mT, B.mT).mT
    return made.squeeze(-1) if vectors else made


@function("linalg.solve_ex")
@parts(SolveEx)
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> SolveEx:
    """``(result, info)`` of `linalg.solve`: NaN in place of a solution that doesn't exist, and info isn't 0 there.

    >>> autograd.linalg.solve_ex(autograd.ones(2, 2), autograd.ones(2)).info
    tensor(2, dtype=autograd.int32)
    """
    check_matrices("linalg.solve_ex", A, square=True)
    info = zero_pivot(A)
    if check_errors:
        check_info("linalg.solve_ex", info, "the matrix is singular: it has no inverse")
    compute = lambda A, B: where_regular(info, A, lambda safe: matrix_solve(safe, B))
    return SolveEx(_solved("linalg.solve_ex", A, B, left, compute), info)


@function("linalg.solve_triangular")
def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """The X with ``A @ X = B`` (or ``X @ A = B``), where only one triangle of A counts.

    unitriangular: the diagonal of A counts as 1. Where it has a 0, the result is infinite.

    >>> autograd.linalg.solve_triangular(autograd.tensor([[2., 9.], [1., 4.]]), autograd.ones(2, 1), upper=False)
    tensor([[0.5000],
            [0.1250]])
    """
    return _triangular("linalg.solve_triangular", A, B, upper, left, unitriangular)


def _triangular(name: str, A: Tensor, B: Tensor, upper: bool, left: bool, unitriangular: bool) -> Tensor:
    check_matrices(name, A, square=True)
    for argument, given in (("upper", upper), ("left", left), ("unitriangular", unitriangular)):
        if not isinstance(given, bool):
            raise TypeError(f"{name}(): argument '{argument}' must be bool, not {type(given).__name__}")
    if not left:
        return _triangular(name, A.mT, B.mT, not upper, True, unitriangular).mT
    if B.ndim < 2 or B.array.shape[-2] != A.array.shape[-1]:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation ({list(A.shape)}, {list(B.shape)})"
        )
    return matrix_solve_triangular(A, B, upper, unitriangular)


@method()
@parts(TriangularSolve)
def triangular_solve(
    input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolve:
    """``(X, A)`` with ``A @ X = input`` (or ``Aᵀ @ X``), where only one triangle of A counts.

    >>> autograd.ones(2, 1).triangular_solve(autograd.tensor([[2., 0.], [0., 4.]])).solution
    tensor([[0.5000],
            [0.2500]])
    """
    used = A.mT if transpose else A
    return TriangularSolve(
        _triangular("triangular_solve", used, input, upper != transpose, True, unitriangular), A.clone()
    )


@function("linalg.tensorsolve")
def tensorsolve(A: Tensor, B: Tensor, dims: Any = None) -> Tensor:
    """The X with ``tensordot(A, X, X.ndim) = B``; ``dims`` of A are moved to the end first.

    >>> autograd.linalg.tensorsolve(autograd.eye(6).reshape(2, 3, 6), autograd.ones(2, 3)).shape
    autograd.Size([6])
    """
    if dims is not None:
        moved = [check_dim("linalg.tensorsolve", dim, A.ndim) for dim in ((dims,) if isinstance(dims, int) else dims)]
        A = A.permute([*(i for i in range(A.ndim) if i not in moved), *moved])
    shape = A.array.shape[B.ndim :]
    if math.prod(A.array.shape[: B.ndim]) != math.prod(shape):
        raise RuntimeError(
            "linalg.tensorsolve: Expected self to satisfy the requirement prod(A.shape[B.ndim:]) == "
            f"prod(A.shape[:B.ndim]), but got {list(A.shape)} and B of {B.ndim} dimensions"
        )
    size = math.prod(shape)
    return solve(A.reshape(size, size), B.reshape(size)).reshape(shape)


DRIVERS = (None, "gels", "gelsy", "gelsd", "gelss")


@function("linalg.lstsq")
@parts(LeastSquares)
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """``(X, residuals, rank, singular values)``: the smallest X for which ``‖A @ X - B‖²``, the residual, is least.

    A (..., m, n), B (..., m, k) or (..., m). rcond: singular values up to so much of the largest count as 0. driver
    settles, as in LAPACK, what comes beside the solution: "gels" has no rank, "gelsy" (which None is) no residuals,
    "gelsd" and "gelss" the singular values; those without full rank, or with m ≤ n, have no residuals.

    >>> A = autograd.tensor([[1., 0.], [1., 1.], [1., 2.]])
    >>> autograd.linalg.lstsq(A, autograd.tensor([[1.], [3.], [5.]])).solution
    tensor([[1.0000],
            [2.0000]])
    """
    name = "linalg.lstsq"
    check_matrices(name, A)
    if driver not in DRIVERS:
        raise RuntimeError(f"{name}: parameter `driver` should be one of {DRIVERS[1:]}, not {driver!r}")
    vectors = A.ndim == B.ndim + 1 and B.array.shape == A.array.shape[:-1]
    if vectors:
        B = B.unsqueeze(-1)
    if B.ndim < 2 or B.array.shape[-2] != A.array.shape[-2]:
        raise RuntimeError(
            f"{name}: input.size(-2) should match other.size(-2), but got {list(A.shape)}, {list(B.shape)}"
        )
    rows, columns = A.array.shape[-2:]
    solution = (pinv(A, rtol=rcond) @ B).mT.contiguous().mT
    values = svdvals(A.array)
    cutoff = np.finfo(A.array.dtype).eps * max(rows, columns) if rcond is None else rcond
    rank = (values > cutoff * values.max(-1, keepdims=True, initial=0)).sum(-1) if driver != "gels" else np.zeros(0)
    nothing = wrap(np.zeros(0, A.array.dtype), None)
    kept = driver == "gels" or (driver in ("gelsd", "gelss") and bool(np.all(rank == columns)))
    difference = A @ solution - B
    residuals = (difference * difference).sum(-2)
    return LeastSquares(
        solution.squeeze(-1) if vectors else solution,
        residuals if rows > columns and kept else residuals.reshape(-1)[:0],
        wrap(np.asarray(rank, np.int64), None),
        wrap(values, None) if driver in ("gelsd", "gelss") else nothing,
    )
