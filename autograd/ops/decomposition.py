"""Matrices as products of simpler ones.

Where these are several, an op gives them side by side in one matrix, which `autograd.functions.decomposition` takes
apart: ``packed`` puts together, `unpacked` takes apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import where
from .index import gather
from .linalg import NOT_FINITE, LinAlgError, exists, lower, matrices, matrix_solve_triangular, upper
from .op import op
from .reduction import sum, sum_to_size
from .shape import cat, unsqueeze


def diagonal_of(x):
    """The diagonal of a square matrix."""
    return sum(where(np.eye(x.shape[-1], dtype=np.bool_), x, 0.0), -1)


def with_diagonal(x, d):
    """The square matrix ``x`` with ``d`` for a diagonal."""
    return where(np.eye(x.shape[-1], dtype=np.bool_), unsqueeze(d, -2), x)


def split_rows(x, *counts):
    """The first rows of ``x``, as many as each of ``counts``, then the rest."""
    parts, start = [], 0
    for count in counts:
        parts.append(x[..., start : start + count, :])
        start += count
    return (*parts, x[..., start:, :])


@op(
    symbol="A = L·Lᵀ",
    derivative="∂L/∂A = L⁻ᵀ·sym(lower(Lᵀ·∂L/∂out), diagonal halved)·L⁻¹",
    aliases=("linalg.cholesky",),
)
def cholesky(A, upper=False):
    """The lower triangular L with ``A = L @ Lᵀ``, or its transpose; LinAlgError unless A is positive definite.

    >>> autograd.tensor([[4., 2.], [2., 5.]]).cholesky()
    tensor([[2., 0.],
            [1., 2.]])
    """
    matrices(A, square=True)
    problem = "The factorization could not be completed because the input is not positive-definite."
    L = exists(problem, np.linalg.cholesky, A)
    if not np.isfinite(L).all():
        raise LinAlgError(problem)
    return L.mT.copy() if upper else L


def cholesky_slope(g, L):
    phi = lower(L.mT @ g)
    phi = with_diagonal(phi, diagonal_of(phi) * 0.5)
    symmetric = (phi + phi.mT) * 0.5
    inner = matrix_solve_triangular(L.mT, symmetric, True, False)
    return matrix_solve_triangular(L.mT, inner.mT, True, False).mT


cholesky.vjp(lambda g, out, A, upper: cholesky_slope(g.mT, out.mT) if upper else cholesky_slope(g, out))


@op(symbol="(LLᵀ)⁻¹B", derivative=("∂L/∂B = (LLᵀ)⁻¹ @ ∂L/∂out", "∂L/∂L = (M + Mᵀ) @ L with M = -∂L/∂B @ outᵀ"))
def cholesky_solve(input, input2, upper=False):
    """The X with ``L @ Lᵀ @ X = input``, where input2 is L as `cholesky` makes it, or its transpose if ``upper``.

    >>> autograd.tensor([[8.], [4.]]).cholesky_solve(autograd.tensor([[2., 0.], [0., 1.]]))
    tensor([[2.],
            [4.]])
    """
    L = input2.mT if upper else input2
    return matrix_solve_triangular(L.mT, matrix_solve_triangular(L, input, False, False), True, False)


def product_slope(dM, L, upper):
    """The gradient of L from that of ``L @ Lᵀ``, as of a full matrix: PyTorch's, too, has both triangles."""
    both = dM + dM.mT
    return L @ both if upper else both @ L


cholesky_solve.vjp(
    lambda g, out, input, input2, upper: sum_to_size(cholesky_solve(g, input2, upper), input.shape),
    lambda g, out, input, input2, upper: sum_to_size(
        product_slope(-(cholesky_solve(g, input2, upper) @ out.mT), input2, upper), input2.shape
    ),
)


@op(symbol="(LLᵀ)⁻¹", derivative="∂L/∂L = (M + Mᵀ) @ L with M = -out @ ∂L/∂out @ out")
def cholesky_inverse(input, upper=False):
    """``(L @ Lᵀ)⁻¹``, where input is L as `cholesky` makes it, or its transpose if ``upper``.

    >>> autograd.tensor([[2., 0.], [0., 1.]]).cholesky_inverse()
    tensor([[0.2500, 0.0000],
            [0.0000, 1.0000]])
    """
    matrices(input, square=True)
    identity = np.eye(input.shape[-1], dtype=input.dtype)
    inverse = matrix_solve_triangular(input.mT if upper else input, identity, False, False)
    return inverse.mT @ inverse


cholesky_inverse.vjp(lambda g, out, input, upper: product_slope(-(out @ g @ out), input, upper))


@op(symbol="A = V·Λ·Vᵀ", derivative="∂L/∂A = V·(diag(∂L/∂λ) + skew(Vᵀ·∂L/∂V) / (λⱼ - λᵢ))·Vᵀ", level="internal")
def packed_eigh(A, UPLO):
    """The eigenvectors of a symmetric matrix, of which one triangle is read, and below them the eigenvalues."""
    matrices(A, square=True)
    values, vectors = exists(NOT_FINITE, np.linalg.eigh, A, triangle_name(UPLO))
    return np.concatenate([vectors, values[..., None, :]], -2)


def turned(change, basis, s):
    """How much the columns of ``basis`` turn into each other: ``(M - Mᵀ)/(sⱼ - sᵢ)`` of ``M = basisᵀ @ change``.

    0 where there is nothing to divide, as on the diagonal.
    """
    M = basis.mT @ change
    skew = M - M.mT
    difference = unsqueeze(s, -2) - unsqueeze(s, -1)
    return where(skew == 0, 0.0, skew / where(skew == 0, 1.0, difference))


def eigh_slope(g, out):
    n = out.shape[-1]
    (dV, ds), (V, s) = split_rows(g, n), split_rows(out, n)
    return V @ with_diagonal(turned(dV, V, s[..., 0, :]) * 0.5, ds[..., 0, :]) @ V.mT


packed_eigh.vjp(lambda g, out, A, UPLO: eigh_slope(g, out))


@op(symbol="λ", derivative="∂λᵢ/∂A = vᵢ·vᵢᵀ", aliases=("linalg.eigvalsh",), level="internal")
def eigvalsh(A, UPLO="L"):
    """The eigenvalues of a symmetric matrix, smallest first; UPLO: whether its lower or upper triangle is read.

    >>> autograd.linalg.eigvalsh(autograd.tensor([[2., 1.], [1., 2.]]))
    tensor([1., 3.])
    """
    matrices(A, square=True)
    return exists(NOT_FINITE, np.linalg.eigvalsh, A, triangle_name(UPLO))


def triangle_name(UPLO):
    """L or U."""
    if UPLO not in ("L", "U", "l", "u"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO!r}")
    return UPLO


def eigvalsh_slope(g, A, UPLO):
    V = packed_eigh(A, UPLO)[..., :-1, :]
    return (V * unsqueeze(g, -2)) @ V.mT


eigvalsh.vjp(lambda g, out, A, UPLO: eigvalsh_slope(g, A, UPLO))


@op(symbol="A = U·Σ·Vᵀ", derivative="∂L/∂A = U·(diag(∂L/∂σ) + ...)·Vᵀ", level="internal")
def packed_svd(A):
    """The left singular vectors, below them the singular values, below these the right singular vectors."""
    matrices(A)
    U, s, Vh = exists(NOT_FINITE, np.linalg.svd, A, full_matrices=False)
    return np.concatenate([U, s[..., None, :], Vh.mT], -2)


def svd_slope(g, out, m):
    (dU, ds, dV), (U, s, V) = split_rows(g, m, 1), split_rows(out, m, 1)
    values = s[..., 0, :]
    squares = values * values
    inner = turned(dU, U, squares) * s + s.mT * turned(dV, V, squares)
    slope = U @ with_diagonal(inner, ds[..., 0, :]) @ V.mT
    if U.shape[-2] > U.shape[-1]:
        slope = slope + ((dU - U @ (U.mT @ dU)) / s) @ V.mT
    if V.shape[-2] > V.shape[-1]:
        slope = slope + (U / s) @ (dV - V @ (V.mT @ dV)).mT
    return slope


packed_svd.vjp(lambda g, out, A: svd_slope(g, out, A.shape[-2]))


@op(symbol="σ", derivative="∂σᵢ/∂A = uᵢ·vᵢᵀ", aliases=("linalg.svdvals",), level="internal")
def svdvals(A):
    """The singular values of a matrix, largest first.

    >>> autograd.linalg.svdvals(autograd.tensor([[3., 0.], [0., -4.]]))
    tensor([4., 3.])
    """
    matrices(A)
    return exists(NOT_FINITE, np.linalg.svd, A, compute_uv=False)


def svdvals_slope(g, A):
    U, _, V = split_rows(packed_svd(A), A.shape[-2], 1)
    return (U * unsqueeze(g, -2)) @ V.mT


svdvals.vjp(lambda g, out, A: svdvals_slope(g, A))


@op(symbol="A = Q·R", derivative="∂L/∂A = (∂L/∂Q + Q·sym(upper(∂L/∂R·Rᵀ - Qᵀ·∂L/∂Q)))·R⁻ᵀ", level="internal")
def packed_qr(A):
    """Columns at right angles, below them the transpose of the triangle R that makes A of them."""
    matrices(A)
    Q, R = np.linalg.qr(A)
    return np.concatenate([Q, R.mT], -2)


def qr_slope(g, out, A, m):
    (dQ, dR), (Q, R) = split_rows(g, m), split_rows(out, m)
    k = out.shape[-1]
    dR, R = dR.mT, R.mT
    wide = R.shape[-1] > k
    if wide:
        # The columns beyond the square part are Q·R, too.
        rest = dR[..., k:]
        dQ, dR, R = dQ + A[..., k:] @ rest.mT, dR[..., :k], R[..., :k]
    inner = upper(dR @ R.mT - Q.mT @ dQ)
    inner = with_diagonal(inner + inner.mT, diagonal_of(inner))
    slope = matrix_solve_triangular(R, (dQ + Q @ inner).mT, True, False).mT
    return cat([slope, Q @ rest], -1) if wide else slope


packed_qr.vjp(lambda g, out, A: qr_slope(g, out, A, A.shape[-2]))


@op(
    symbol="P·A = L·U",
    derivative="∂L/∂A = Pᵀ·L⁻ᵀ·(lower(Lᵀ·∂L/∂L) + upper(∂L/∂U·Uᵀ))·U⁻ᵀ",
    level="internal",
    residual=True,
)
def packed_lu(A):
    """U on and above the diagonal, L (whose diagonal is 1) below it."""
    matrices(A)
    LU, pivots = factored(A)
    return LU, permutation(pivots, A.shape[-2])


def factored(A: Any) -> tuple[Any, Any]:
    """LAPACK's factors and pivots."""
    from scipy.linalg import get_lapack_funcs

    LU = np.empty(A.shape, A.dtype)
    pivots = np.empty((*A.shape[:-2], min(A.shape[-2:])), np.int32)
    if A.size:
        getrf = get_lapack_funcs("getrf", dtype=A.dtype)
        for place in np.ndindex(*A.shape[:-2]):
            LU[place], pivots[place], _ = getrf(A[place])
    return LU, pivots + np.int32(1)


def permutation(pivots: Any, rows: int) -> Any:
    """Which row comes at each place after the swaps."""
    order = np.broadcast_to(np.arange(rows), (*pivots.shape[:-1], rows)).copy()
    for i in range(pivots.shape[-1]):
        other = pivots[..., i : i + 1].astype(np.int64) - 1
        moved = np.take_along_axis(order, other, -1)
        np.put_along_axis(order, other, order[..., i : i + 1].copy(), -1)
        order[..., i : i + 1] = moved
    return order


def lu_parts(LU: Any) -> tuple[Any, Any]:
    """L and U."""
    k = min(LU.shape[-2:])
    return with_ones(lower(LU[..., :k], -1)), upper(LU[..., :k, :])


def with_ones(x: Any) -> Any:
    """``x`` with 1 on its diagonal."""
    return where(np.eye(*x.shape[-2:], dtype=np.bool_), 1.0, x)


def lu_slope(g, LU, order):
    k = min(LU.shape[-2:])
    L, U = lu_parts(LU)
    dL, dU = lower(g[..., :k], -1), upper(g[..., :k, :])
    tall, wide = LU.shape[-2] > k, LU.shape[-1] > k
    square_L, square_U = L[..., :k, :], U[..., :k]
    below = after = None
    if tall:
        below = matrix_solve_triangular(square_U, dL[..., k:, :].mT, True, False).mT
        dU = dU - upper(L[..., k:, :].mT @ below)
        dL = dL[..., :k, :]
    if wide:
        after = matrix_solve_triangular(square_L.mT, dU[..., k:], True, True)
        dL = dL - lower(after @ U[..., k:].mT, -1)
        dU = dU[..., :k]
    inner = lower(square_L.mT @ dL, -1) + upper(dU @ square_U.mT)
    slope = matrix_solve_triangular(square_L.mT, inner, True, True)
    slope = matrix_solve_triangular(square_U, slope.mT, True, False).mT
    if tall:
        slope = cat([slope, below], -2)
    if wide:
        slope = cat([slope, after], -1)
    return reordered(slope, np.argsort(order, -1))


def reordered(x: Any, order: Any) -> Any:
    """The rows of ``x`` in another order."""
    return gather(x, -2, np.broadcast_to(order[..., None], x.shape))


packed_lu.vjp(lambda g, out, A, order: lu_slope(g, out, order))
