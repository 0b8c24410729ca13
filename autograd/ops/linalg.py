"""Linear algebra with one matrix for a result: inverses, solutions, determinants, the exponential.

All take stacks of matrices: the last two dimensions are a matrix's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import where
from .broadcasting import sum, sum_to_size
from .joining import cat
from .op import op
from .pointwise import zero
from .shape import unsqueeze


class LinAlgError(RuntimeError):
    """A matrix that is singular, not positive definite, or no number: what was asked of it doesn't exist."""


def matrices(A: Any, square: bool = False) -> None:
    """Raise RuntimeError unless ``A`` is a matrix of float32 or float64, or a stack of them."""
    if A.ndim < 2:
        raise RuntimeError(f"The input tensor A must have at least 2 dimensions, but it has {A.ndim}.")
    if A.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"Expected a tensor of float32 or float64. Got {A.dtype}; convert it, as in x.float()")
    if square and A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices"
        )


def exists(problem, compute, *arrays, **options):
    """``compute(*arrays)``, whose failure says that there is a ``problem`` with the matrix."""
    try:
        return compute(*arrays, **options)
    except np.linalg.LinAlgError:
        raise LinAlgError(problem) from None


NOT_FINITE = "The algorithm failed to converge; the matrix may contain values that are not finite."


def converged(compute, A, *more, **options):
    """``compute(A)`` by iterations, which don't end at every NaN or infinity: LinAlgError if A has one."""
    if not np.isfinite(A).all():
        raise LinAlgError(NOT_FINITE)
    return exists(NOT_FINITE, compute, A, *more, **options)


def by_columns(x: Any) -> Any:
    """``x`` with one column after the other in memory, as LAPACK has its results, and PyTorch."""
    return np.ascontiguousarray(x.mT).mT


SINGULAR = "The matrix is singular: it has no inverse."


def lower(x: Any, k: int = 0) -> Any:
    """``x`` with 0 above the k-th diagonal."""
    return where(np.tri(x.shape[-2], x.shape[-1], k, dtype=np.bool_), x, 0)


def upper(x, k=0):
    """``x`` with 0 below the k-th diagonal."""
    return where(~np.tri(x.shape[-2], x.shape[-1], k - 1, dtype=np.bool_), x, 0)


@op(symbol="A⁻¹", derivative="∂L/∂A = -A⁻ᵀ @ ∂L/∂out @ A⁻ᵀ", aliases=("linalg.inv",), backward="LinalgInvExBackward0")
def inverse(A):
    """The inverse of a square matrix; LinAlgError if it is singular.

    >>> autograd.tensor([[2., 0.], [0., 4.]]).inverse()
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    matrices(A, square=True)
    return by_columns(exists(SINGULAR, np.linalg.inv, A))


inverse.vjp(lambda g, out, A: -(out.mT @ g @ out.mT))


@op(symbol="A⁻¹B", derivative=("∂L/∂A = -∂L/∂B @ outᵀ", "∂L/∂B = A⁻ᵀ @ ∂L/∂out"), level="internal")
def matrix_solve(A, B):
    """The X with ``A @ X = B``, of matrices."""
    matrices(A, square=True)
    meeting(A, B)
    return by_columns(exists(SINGULAR, np.linalg.solve, A, B))


def meeting(A, B):
    """Raise RuntimeError unless there may be an X with ``A @ X = B``."""
    if B.ndim < 2 or A.shape[-2] != B.shape[-2]:
        raise RuntimeError(f"Incompatible shapes of A and B for the equation AX = B ({list(A.shape)}, {list(B.shape)})")


matrix_solve.vjp(
    lambda g, out, A, B: sum_to_size(-(matrix_solve(A.mT, g) @ out.mT), A.shape),
    lambda g, out, A, B: sum_to_size(matrix_solve(A.mT, g), B.shape),
)


@op(symbol="A⁻¹B", derivative=("∂L/∂A = -∂L/∂B @ outᵀ", "∂L/∂B = A⁻ᵀ @ ∂L/∂out"), level="internal")
def matrix_solve_triangular(A, B, upper, unitriangular):
    """The X with ``A @ X = B``, where of A only one triangle counts, its diagonal perhaps as 1; inf if it has a 0."""
    from scipy.linalg import get_blas_funcs

    matrices(A, square=True)
    meeting(A, B)
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A, B = (np.broadcast_to(x, batch + x.shape[-2:]) for x in (A, B))
    out = np.empty(B.mT.shape, B.dtype).mT
    if out.size:
        trsm = get_blas_funcs("trsm", dtype=B.dtype)
        for place in np.ndindex(*batch):
            out[place] = trsm(1, A[place], B[place], lower=not upper, diag=unitriangular)
    return out


def triangle(x, up, unit):
    """The triangle of ``x`` that counts."""
    return upper(x, int(unit)) if up else lower(x, -int(unit))


matrix_solve_triangular.vjp(
    lambda g, out, A, B, up, unit: sum_to_size(
        triangle(-(matrix_solve_triangular(A.mT, g, not up, unit) @ out.mT), up, unit), A.shape
    ),
    lambda g, out, A, B, up, unit: sum_to_size(matrix_solve_triangular(A.mT, g, not up, unit), B.shape),
)


@op(symbol="|A|", derivative="∂|A|/∂A = |A|·A⁻ᵀ", aliases=("linalg.det",), backward="LinalgDetBackward0")
def det(A):
    """The determinant of a square matrix.

    >>> autograd.tensor([[1., 2.], [3., 5.]]).det()
    tensor(-1.)
    """
    matrices(A, square=True)
    return np.linalg.det(A)


@op(derivative="∂L/∂A = <∂L/∂out, A⁻ᵀ>·out - A⁻ᵀ @ (∂L/∂out)ᵀ @ out", level="internal")
def cofactor(A):
    """The derivative of the determinant in each element: ``|A|·A⁻ᵀ``, which a singular matrix has, too."""
    d = np.asarray(np.linalg.det(A))
    out = np.empty_like(A)
    regular = np.isfinite(d) & (d != 0)
    out[regular] = d[regular][..., None, None] * np.linalg.inv(A[regular]).mT
    if not regular.all():
        out[~regular] = by_singular_values(A[~regular])
    return out


def by_singular_values(A):
    """The cofactors by ``A = U·diag(s)·V``: those of a diagonal matrix are the products of the others."""
    finite = np.isfinite(A).all((-1, -2), keepdims=True)
    U, s, V = np.linalg.svd(np.where(finite, A, 0))
    others = np.where(np.eye(s.shape[-1], dtype=np.bool_), 1, s[..., None, :]).prod(-1)
    signs = np.linalg.det(U) * np.linalg.det(V)
    return np.where(finite, signs[..., None, None] * (U * others[..., None, :] @ V), np.nan)


det.vjp(lambda g, out, A: matrix_of(g) * cofactor(A))


@op(
    derivative=("symmetric: as in its own forward", "of |A|·(a·B - B @ gᵀ @ B) with B = A⁻ᵀ and a = <g, B>"),
    level="internal",
)
def cofactor_slope(g, A):
    """The gradient of ``<g, cofactor(A)>`` in A, which a singular matrix has, too: |A| is a polynomial."""
    finite = np.isfinite(A).all((-1, -2), keepdims=True)
    # Differences of products: in double precision, whatever A has.
    U, s, V = np.linalg.svd(np.where(finite, A, 0).astype(np.float64))
    # Of a diagonal matrix: the products of all but two numbers, for pairs on the diagonal and for mirror images.
    n = s.shape[-1]
    pairs = np.broadcast_to(s[..., None, None, :], (*s.shape[:-1], n, n, n)).copy()
    pairs[..., np.arange(n), :, np.arange(n)] = 1
    pairs[..., :, np.arange(n), np.arange(n)] = 1
    others = np.where(np.eye(n, dtype=np.bool_), 0, pairs.prod(-1))
    inner = U.mT @ g @ V.mT
    diagonal = others @ np.diagonal(inner, 0, -2, -1)[..., None]
    signs = np.linalg.det(U) * np.linalg.det(V)
    slope = U @ (np.eye(n) * diagonal - others * inner.mT) @ V
    return np.where(finite, signs[..., None, None] * slope, np.nan).astype(A.dtype)


def third_slope(h, g, A):
    """The gradient of ``<h, cofactor_slope(g, A)>`` in A; NaN of a singular matrix, where it would take minors."""
    d = det(A)
    B = inverse_transposed(A, d == 0, np.nan)
    along_g, along_h = B @ g.mT @ B, B @ h.mT @ B
    a, b, c = total(g * B), total(h * B), total(h * along_g)
    both = along_g @ h.mT @ B + along_h @ g.mT @ B
    return matrix_of(d) * (B * (a * b - c) - along_g * b - along_h * a + both)


cofactor.vjp(lambda g, out, A: cofactor_slope(g, A))
cofactor_slope.vjp(lambda h, out, g, A: cofactor_slope(h, A), lambda h, out, g, A: third_slope(h, g, A))


def inverse_transposed(A, singular, otherwise):
    """``A⁻ᵀ``, and ``otherwise`` where A is singular."""
    singular = matrix_of(singular)
    regular = where(singular, np.eye(A.shape[-1], dtype=np.bool_), A)
    return where(singular, otherwise, inverse(regular).mT)


def matrix_of(g):
    """A number for each matrix as a matrix of one element."""
    return unsqueeze(unsqueeze(g, -1), -1)


def total(x):
    """The sum of each matrix, as a matrix of one element."""
    return sum(x, (-2, -1), True)


@op(symbol="ln|det A|", derivative="∂L/∂A = ∂L/∂out·A⁻ᵀ", level="internal")
def log_abs_det(A):
    """The logarithm of the determinant's absolute value, which may be too large for a float itself."""
    matrices(A, square=True)
    return np.linalg.slogdet(A)[1]


def log_abs_det_slope(g, out, A):
    """Of a singular matrix inf, which has no derivative: where one is asked for, the inverse raises LinAlgError."""
    slope = inverse_transposed(A, out == -np.inf, np.inf) if isinstance(g, np.ndarray) else inverse(A).mT
    return matrix_of(g) * slope


log_abs_det.vjp(lambda g, out, A: log_abs_det_slope(g, out, A))


@op(derivative="∂(sign det A)/∂A = 0", level="internal")
def sign_of_det(A):
    """The sign of the determinant: -1, 0 or 1."""
    matrices(A, square=True)
    return np.linalg.slogdet(A)[0]


sign_of_det.vjp(lambda g, out, A: zero(A))


@op(symbol="e^A", derivative="∂L/∂A = the corner above of exp [[Aᵀ, ∂L/∂out], [0, Aᵀ]]", aliases=("linalg.matrix_exp",))
def matrix_exp(A):
    """``Σ Aᵏ/k!`` of a square matrix.

    >>> autograd.zeros(2, 2).matrix_exp()
    tensor([[1., 0.],
            [0., 1.]])
    """
    from scipy.linalg import expm

    matrices(A, square=True)
    if not A.size:
        return A.copy()
    finite = np.isfinite(A).all((-1, -2), keepdims=True)
    return np.where(finite, expm(np.where(finite, A, 0)), np.nan).astype(A.dtype)


def matrix_exp_slope(g, A):
    """The upper right of the exponential of a matrix of blocks, where the derivative of exp at Aᵀ along g stands."""
    n = A.shape[-1]
    blocks = cat([cat([A.mT, g], -1), cat([g * 0, A.mT], -1)], -2)
    return matrix_exp(blocks)[..., :n, n:]


matrix_exp.vjp(lambda g, out, A: matrix_exp_slope(g, A))


@op(symbol="A⁺", derivative="of A⁺ = A⁺·A·A⁺, with A·A⁺ and A⁺·A symmetric", level="internal")
def matrix_pinv(A, atol, rtol, hermitian):
    """The inverse on all that A reaches, without singular values up to ``max(atol, rtol·largest)``."""
    matrices(A, square=hermitian)
    if not A.size:
        return np.zeros_like(A.mT)
    if hermitian:
        s, U = converged(np.linalg.eigh, np.tril(A))
        V = U.mT
    else:
        U, s, V = converged(np.linalg.svd, A, full_matrices=False)
    size = np.abs(s)
    kept = size > np.maximum(atol, rtol * size.max(-1, keepdims=True))
    return (V.mT * np.where(kept, 1 / np.where(kept, s, 1), 0)[..., None, :]) @ U.mT


def pseudoinverse_slope(g, P, A):
    """What ``dA`` is weighed with in ``<g, dA⁺>``."""
    h = g.mT
    return (h - A @ (P @ h)) @ P @ P.mT + P.mT @ P @ (h - h @ P @ A) - P.mT @ g @ P.mT


# Several tolerances make several results of one matrix.
matrix_pinv.vjp(lambda g, out, A, atol, rtol, hermitian: sum_to_size(pseudoinverse_slope(g, out, A), A.shape))
