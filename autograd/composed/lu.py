"""The factors of Gauss's elimination: rows swapped, a lower and an upper triangle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..ops.decomposition import eliminated, factored, lu_parts, permutation, reordered
from ..ops.linalg import matrix_solve_triangular
from .checks import check_info, check_matrices
from .registry import function, method
from .results import parts


class LinalgLU(NamedTuple):
    """What `linalg.lu` returns."""

    P: Tensor
    L: Tensor
    U: Tensor


class LUFactor(NamedTuple):
    """What `linalg.lu_factor` returns."""

    LU: Tensor
    pivots: Tensor


class LUFactorEx(NamedTuple):
    """What `linalg.lu_factor_ex` returns."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


def _factor(name: str, A: Tensor, pivot: bool) -> LUFactorEx:
    check_matrices(name, A)
    if not pivot:
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU")
    LU, pivots = factored(A.array)
    zeros = np.diagonal(LU, axis1=-2, axis2=-1) == 0
    info = np.where(zeros.any(-1), zeros.argmax(-1) + 1, 0) if zeros.shape[-1] else np.zeros(A.array.shape[:-2])
    return LUFactorEx(eliminated(A), wrap(pivots, None), wrap(np.asarray(info, np.int32), None))


@function("linalg.lu_factor")
@parts(LUFactor)
def lu_factor(A: Tensor, *, pivot: bool = True) -> LUFactor:
    """``(LU, pivots)``: both triangles in one matrix, and with which row (from 1) each was swapped.

    >>> autograd.linalg.lu_factor(autograd.tensor([[1., 2.], [2., 2.]]))
    LUFactor(LU=tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]]), pivots=tensor([2, 2], dtype=autograd.int32))
    """
    made = _factor("linalg.lu_factor", A, pivot)
    check_info("linalg.lu_factor", made.info * (A.array.shape[-1] == A.array.shape[-2]), "U has a zero on its diagonal")
    return LUFactor(made.LU, made.pivots)


@function("linalg.lu_factor_ex")
@parts(LUFactorEx)
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> LUFactorEx:
    """``(LU, pivots, info)`` of `linalg.lu_factor`; info is the place (from 1) of the first 0 on the diagonal of U.

    >>> autograd.linalg.lu_factor_ex(autograd.ones(2, 2)).info
    tensor(2, dtype=autograd.int32)
    """
    made = _factor("linalg.lu_factor_ex", A, pivot)
    if check_errors:
        check_info("linalg.lu_factor_ex", made.info, "U has a zero on its diagonal")
    return made


@method()
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """``(LU, pivots)`` of `linalg.lu_factor`, and with ``get_infos`` info of `linalg.lu_factor_ex`.

    >>> autograd.tensor([[1., 2.], [2., 2.]]).lu()[1]
    tensor([2, 2], dtype=autograd.int32)
    """
    made = _factor("lu", A, pivot)
    return tuple(made) if get_infos else (made.LU, made.pivots)


@function("linalg.lu")
@parts(LinalgLU)
def linalg_lu(A: Tensor, *, pivot: bool = True) -> LinalgLU:
    """``(P, L, U)`` with ``A = P @ L @ U``: a permutation, a lower triangle with 1 on its diagonal, an upper one.

    >>> autograd.linalg.lu(autograd.tensor([[1., 2.], [2., 2.]])).L
    tensor([[1.0000, 0.0000],
            [0.5000, 1.0000]])
    """
    made = _factor("linalg.lu", A, pivot)
    return lu_unpack(made.LU, made.pivots)


@function()
@parts(LinalgLU)
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> LinalgLU:
    """``(P, L, U)`` of what `linalg.lu_factor` made; empty Tensors for what is not asked for.

    >>> autograd.lu_unpack(*autograd.tensor([[1., 2.], [2., 2.]]).lu()).P
    tensor([[0., 1.],
            [1., 0.]])
    """
    if LU_data.ndim < 2:
        raise RuntimeError(f"lu_unpack: expected LU_data of at least 2 dimensions, but got {LU_data.ndim}")
    if LU_pivots.array.dtype != np.int32:
        raise RuntimeError(
            f"lu_unpack: LU_pivots is expected to be a contiguous tensor of int32, not {LU_pivots.dtype}"
        )
    nothing = wrap(np.zeros(0, LU_data.array.dtype), None)
    L, U = lu_parts(LU_data) if unpack_data else (nothing, nothing)
    if not unpack_pivots:
        return LinalgLU(nothing, L, U)
    check_pivots("lu_unpack", LU_data, LU_pivots)
    rows = LU_data.array.shape[-2]
    order = permutation(LU_pivots.array, rows)
    P = (order[..., None, :] == np.arange(rows)[:, None]).astype(LU_data.array.dtype)
    return LinalgLU(wrap(P, None), L, U)


def check_pivots(name: str, LU: Tensor, pivots: Tensor) -> None:
    """RuntimeError unless there is a pivot for each step of the elimination of each matrix, and each names a row."""
    *batch, rows, columns = LU.array.shape
    expected = (*batch, min(rows, columns))
    if pivots.array.shape != expected:
        raise RuntimeError(f"{name}: expected pivots of shape {expected}, but got {tuple(pivots.shape)}")
    if pivots.array.size and not 1 <= pivots.array.min() <= pivots.array.max() <= rows:
        raise RuntimeError(f"{name}: pivots should be between 1 and {rows}, the number of rows")


@function("linalg.lu_solve")
def linalg_lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """The X with ``A @ X = B`` (or ``X @ A = B``), where LU and pivots are those of A; adjoint: of Aᵀ.

    >>> LU, pivots = autograd.linalg.lu_factor(autograd.tensor([[0., 2.], [4., 0.]]))
    >>> autograd.linalg.lu_solve(LU, pivots, autograd.ones(2, 1))
    tensor([[0.2500],
            [0.5000]])
    """
    return _solved("linalg.lu_solve", LU, pivots, B, left, adjoint)


def _solved(name: str, LU: Tensor, pivots: Tensor, B: Tensor, left: bool, adjoint: bool) -> Tensor:
    check_matrices(name, LU, square=True)
    if not left:
        return _solved(name, LU, pivots, B.mT, True, not adjoint).mT
    size = LU.array.shape[-1]
    if B.ndim < 2 or B.array.shape[-2] != size:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation ({list(LU.shape)}, {list(B.shape)})"
        )
    check_pivots(name, LU, pivots)
    batch = np.broadcast_shapes(LU.array.shape[:-2], B.array.shape[:-2])
    B = B.expand(*batch, *B.array.shape[-2:])
    order = np.broadcast_to(permutation(pivots.array, size), (*batch, size))
    if adjoint:
        made = matrix_solve_triangular(LU.mT, matrix_solve_triangular(LU.mT, B, False, False), True, True)
        return reordered(made, np.argsort(order, -1))
    return matrix_solve_triangular(LU, matrix_solve_triangular(LU, reordered(B, order), False, True), True, False)


@method()
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """The X with ``A @ X = b``, where LU_data and LU_pivots are those of A.

    >>> autograd.ones(2, 1).lu_solve(*autograd.tensor([[0., 2.], [4., 0.]]).lu())
    tensor([[0.2500],
            [0.5000]])
    """
    return _solved("lu_solve", LU_data, LU_pivots, b, True, False)
