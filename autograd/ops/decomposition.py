"""Matrices as products of simpler ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import where
from .broadcasting import sum, sum_to_size
from .index import gather
from .joining import cat
from .linalg import LinAlgError, by_columns, converged, exists, lower, matrices, matrix_solve_triangular, upper
from .op import op
from .pointwise import zero
from .shape import unsqueeze


def diagonal_of(x):
    """The diagonal of a square matrix."""
    return sum(where(np.eye(x.shape[-1], dtype=np.bool_), x, 0.0), -1)


def with_diagonal(x, d):
    """The square matrix ``x`` with ``d`` for a diagonal."""
    return where(np.eye(x.shape[-1], dtype=np.bool_), unsqueeze(d, -2), x)


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
    # Which triangle is read is the one that the result has.
    L = exists(problem, np.linalg.cholesky, A.mT if upper else A)
    if not (np.diagonal(L, 0, -2, -1) > 0).all():
        raise LinAlgError(problem)
    return np.ascontiguousarray(L).mT if upper else by_columns(L)


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
    return by_columns(inverse.mT @ inverse)


cholesky_inverse.vjp(lambda g, out, input, upper: product_slope(-(out @ g @ out), input, upper))


@op(
    symbol="A = V·Λ·Vᵀ",
    derivative="∂L/∂A = V·(diag(∂L/∂λ) + skew(Vᵀ·∂L/∂V) / (λⱼ - λᵢ))·Vᵀ",
    level="internal",
    several=True,
)
def eigen(A, UPLO):
    """The eigenvalues of a symmetric matrix, and its eigenvectors."""
    matrices(A, square=True)
    values, vectors = converged(np.linalg.eigh, read_by(A, UPLO), UPLO)
    return values, by_columns(vectors)


def turned(change, basis, gaps):
    """How much the columns of ``basis`` turn into each other: ``(M - Mᵀ)/gaps`` of ``M = basisᵀ @ change``.

    Linear in the change, whatever that is; of columns without a gap between them it is infinite, or NaN.
    """
    if change is None:
        return 0.0
    M = basis.mT @ change
    return (M - M.mT) / gaps


def off_diagonal(gaps):
    """``gaps``, and 1 on the diagonal, where there is nothing to divide."""
    return where(np.eye(gaps.shape[-1], dtype=np.bool_), 1.0, gaps)


def diagonal_matrix(d):
    """The matrix with ``d`` on its diagonal; 0 for None."""
    return 0.0 if d is None else unsqueeze(d, -2) * np.eye(d.shape[-1], dtype=np.bool_)


def eigen_slope(g, out):
    (ds, dV), (s, V) = g, out
    gaps = off_diagonal(unsqueeze(s, -2) - unsqueeze(s, -1))
    return V @ (turned(dV, V, gaps) * 0.5 + diagonal_matrix(ds)) @ V.mT


eigen.vjp(lambda g, out, A, UPLO: eigen_slope(g, out))


@op(symbol="λ", derivative="∂λᵢ/∂A = vᵢ·vᵢᵀ", aliases=("linalg.eigvalsh",), level="internal")
def eigvalsh(A, UPLO="L"):
    """The eigenvalues of a symmetric matrix, smallest first; UPLO: whether its lower or upper triangle is read.

    >>> autograd.linalg.eigvalsh(autograd.tensor([[2., 1.], [1., 2.]]))
    tensor([1., 3.])
    """
    matrices(A, square=True)
    return converged(np.linalg.eigvalsh, read_by(A, UPLO), UPLO)


def read_by(A, UPLO):
    """The triangle of ``A`` that ``UPLO`` names; what the other one has doesn't matter."""
    if UPLO not in ("L", "U", "l", "u"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO!r}")
    return np.tril(A) if UPLO in ("L", "l") else np.triu(A)


def eigvalsh_slope(g, A, UPLO):
    V = eigen(A, UPLO)[1]
    return (V * unsqueeze(g, -2)) @ V.mT


eigvalsh.vjp(lambda g, out, A, UPLO: eigvalsh_slope(g, A, UPLO))


@op(symbol="A = U·Σ·Vᵀ", derivative="∂L/∂A = U·(diag(∂L/∂σ) + ...)·Vᵀ", level="internal", several=True)
def thin_svd(A):
    """The left singular vectors, the singular values, the right singular vectors, each as a column."""
    matrices(A)
    U, s, Vh = converged(np.linalg.svd, A, full_matrices=False)
    return by_columns(U), s, by_columns(Vh).mT


def svd_slope(g, out):
    (dU, ds, dV), (U, s, V) = g, out
    row, column = unsqueeze(s, -2), unsqueeze(s, -1)
    gaps = off_diagonal((row - column) * (row + column))
    inner = turned(dU, U, gaps) * row + column * turned(dV, V, gaps) + diagonal_matrix(ds)
    slope = U @ inner @ V.mT
    if dU is not None and U.shape[-2] > U.shape[-1]:
        slope = slope + ((dU - U @ (U.mT @ dU)) / row) @ V.mT
    if dV is not None and V.shape[-2] > V.shape[-1]:
        slope = slope + (U / row) @ (dV - V @ (V.mT @ dV)).mT
    return slope


thin_svd.vjp(lambda g, out, A: svd_slope(g, out))


@op(symbol="σ", derivative="∂σᵢ/∂A = uᵢ·vᵢᵀ", aliases=("linalg.svdvals",), level="internal")
def svdvals(A):
    """The singular values of a matrix, largest first.

    >>> autograd.linalg.svdvals(autograd.tensor([[3., 0.], [0., -4.]]))
    tensor([4., 3.])
    """
    matrices(A)
    return converged(np.linalg.svd, A, compute_uv=False)


def svdvals_slope(g, A):
    U, _, V = thin_svd(A)
    return (U * unsqueeze(g, -2)) @ V.mT


svdvals.vjp(lambda g, out, A: svdvals_slope(g, A))


@op(
    symbol="A = Q·R",
    derivative="∂L/∂A = (∂L/∂Q + Q·sym(upper(∂L/∂R·Rᵀ - Qᵀ·∂L/∂Q)))·R⁻ᵀ",
    level="internal",
    several=True,
)
def thin_qr(A):
    """Columns at right angles, and the triangle that makes A of them."""
    matrices(A)
    return tuple(map(by_columns, np.linalg.qr(A)))


def qr_slope(g, out, A):
    (dQ, dR), (Q, R) = g, out
    k = Q.shape[-1]
    dQ = zero(Q) if dQ is None else dQ
    dR = zero(R) if dR is None else dR
    wide = R.shape[-1] > k
    if wide:
        # The columns beyond the square part are Q·R, too.
        rest = dR[..., k:]
        dQ, dR, R = dQ + A[..., k:] @ rest.mT, dR[..., :k], R[..., :k]
    # What ∂L/∂Q has in the directions of Q cancels on and above the diagonal: it is left out, since what rounding
    # would leave of it is divided by R, which may be tiny.
    within, stretch = Q.mT @ dQ, dR @ R.mT
    slope = Q @ (upper(stretch) + lower(stretch.mT + within - within.mT, -1))
    if Q.shape[-2] > k:
        slope = slope + dQ - Q @ within
    slope = matrix_solve_triangular(R, slope.mT, True, False).mT
    return cat([slope, Q @ rest], -1) if wide else slope


thin_qr.vjp(lambda g, out, A: qr_slope(g, out, A))


@op(
    symbol="P·A = L·U",
    derivative="∂L/∂A = Pᵀ·L⁻ᵀ·(lower(Lᵀ·∂L/∂L) + upper(∂L/∂U·Uᵀ))·U⁻ᵀ",
    level="internal",
    residual=True,
)
def eliminated(A):
    """U on and above the diagonal, L (whose diagonal is 1) below it."""
    matrices(A)
    LU, pivots = factored(A)
    return LU, permutation(pivots, A.shape[-2])


def factored(A: Any) -> tuple[Any, Any]:
    """LAPACK's factors and pivots."""
    from scipy.linalg import get_lapack_funcs

    LU = np.empty(A.mT.shape, A.dtype).mT
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
    return where(np.eye(*x.shape[-2:], dtype=np.bool_), 1, x)


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


eliminated.vjp(lambda g, out, A, order: lu_slope(g, out, order))
