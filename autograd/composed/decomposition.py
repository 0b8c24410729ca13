"""Matrices as products of simpler ones."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..ops.arithmetic import where
from ..ops.decomposition import cholesky, eigen, svdvals, thin_qr, thin_svd, with_ones
from ..ops.joining import cat
from ..ops.linalg import by_columns, lower
from .checks import check_info, check_matrices
from .linalg import identity_like
from .registry import function, method
from .results import parts


class CholeskyEx(NamedTuple):
    """What `linalg.cholesky_ex` returns."""

    L: Tensor
    info: Tensor


class Eigh(NamedTuple):
    """What `linalg.eigh` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class LinalgSvd(NamedTuple):
    """What `linalg.svd` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class Svd(NamedTuple):
    """What `svd` returns."""

    U: Tensor
    S: Tensor
    V: Tensor


class QR(NamedTuple):
    """What `qr` returns."""

    Q: Tensor
    R: Tensor


class Geqrf(NamedTuple):
    """What `geqrf` returns."""

    a: Tensor
    tau: Tensor


@function("linalg.cholesky_ex")
@parts(CholeskyEx)
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> CholeskyEx:
    """``(L, info)`` of `linalg.cholesky`: NaN for a matrix that is not positive definite, and info isn't 0 there.

    info is the order of the first leading minor that is not positive definite.

    >>> autograd.linalg.cholesky_ex(autograd.tensor([[1., 2.], [2., 1.]])).info
    tensor(2, dtype=autograd.int32)
    """
    check_matrices("linalg.cholesky_ex", A, square=True)
    info = np.zeros(A.array.shape[:-2], np.int32)
    for place in np.ndindex(*info.shape):
        info[place] = _first_indefinite(A.array[place].T if upper else A.array[place])
    made = wrap(info, None)
    if check_errors:
        check_info("linalg.cholesky_ex", made, "the input is not positive-definite")
    if not info.any():
        return CholeskyEx(cholesky(A, upper), made)
    bad = (made != 0).unsqueeze(-1).unsqueeze(-1)
    L = cholesky(where(bad, identity_like(A), A), upper)
    return CholeskyEx(where(bad, math.nan, L), made)


def _first_indefinite(A: np.ndarray[Any, Any]) -> int:
    """The order of the first leading minor that is not positive definite; 0 if all are."""
    from scipy.linalg import get_lapack_funcs

    if not A.size:
        return 0
    L, info = get_lapack_funcs("potrf", dtype=A.dtype)(A, lower=True)
    # LAPACK says nothing of a NaN.
    bad = ~(np.diagonal(L) > 0)
    return int(info) or (int(bad.argmax()) + 1 if bad.any() else 0)


@function("linalg.eigh")
@parts(Eigh)
def eigh(A: Tensor, UPLO: str = "L") -> Eigh:
    """``(eigenvalues, eigenvectors)`` of a symmetric matrix: ``A = V @ diag(λ) @ Vᵀ``, the smallest λ first.

    UPLO: whether the lower or the upper triangle is read. Where eigenvalues are equal, vectors have no derivative.

    >>> autograd.linalg.eigh(autograd.tensor([[2., 0.], [0., 1.]])).eigenvalues
    tensor([1., 2.])
    """
    check_matrices("linalg.eigh", A, square=True)
    return Eigh(*eigen(A, UPLO))


def _svd(name: str, A: Tensor, full: bool) -> tuple[Tensor, Tensor, Tensor]:
    """U, the singular values and V."""
    check_matrices(name, A)
    rows, columns = A.array.shape[-2:]
    U, S, V = thin_svd(A)
    if full and rows != columns:
        # Any further columns that complete the basis will do: constants, without a derivative.
        left, _, right = np.linalg.svd(A.array)
        if rows > columns:
            U = cat([U, wrap(left[..., columns:], None)], -1)
        else:
            V = cat([V, wrap(right.mT[..., rows:], None)], -1)
    return U, S, V


@function("linalg.svd")
@parts(LinalgSvd)
def linalg_svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> LinalgSvd:
    """``(U, S, Vh)`` with ``A = U @ diag(S) @ Vh``: columns and rows at right angles, S largest first.

    full_matrices: whether U and Vh are square; what that adds has no derivative. Where singular values are equal,
    U and Vh have none.

    >>> autograd.linalg.svd(autograd.tensor([[3., 0.], [0., 4.]])).S
    tensor([4., 3.])
    """
    if driver is not None:
        raise RuntimeError(f"linalg.svd: keyword argument `driver={driver!r}` is only supported on CUDA inputs")
    U, S, V = _svd("linalg.svd", A, full_matrices)
    return LinalgSvd(U, S, V.mT)


@method()
@parts(Svd)
def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> Svd:
    """``(U, S, V)`` with ``input = U @ diag(S) @ Vᵀ``; some: without what makes U and V square.

    Without compute_uv, U and V are zeros.

    >>> autograd.tensor([[3., 0.], [0., 4.]]).svd().S
    tensor([4., 3.])
    """
    if compute_uv:
        return Svd(*_svd("svd", input, not some))
    check_matrices("svd", input)
    zeros = [wrap(np.zeros((*input.array.shape[:-2], n, n), input.array.dtype), None) for n in input.array.shape[-2:]]
    return Svd(zeros[0], svdvals(input), zeros[1])


@function("linalg.qr")
@parts(QR)
def linalg_qr(A: Tensor, mode: str = "reduced") -> QR:
    """``(Q, R)`` with ``A = Q @ R``: columns at right angles and an upper triangle.

    mode: "reduced", "complete" for a square Q, "r" for R alone; a Q made square, or left out, has no derivative.

    >>> autograd.linalg.qr(autograd.tensor([[3., 1.], [4., 2.]])).R
    tensor([[-5.0000, -2.2000],
            [ 0.0000,  0.4000]])
    """
    return _qr("linalg.qr", A, mode)


def _qr(name: str, A: Tensor, mode: str) -> QR:
    check_matrices(name, A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"{name}: unrecognized mode '{mode}', expected 'reduced', 'complete' or 'r'")
    rows, columns = A.array.shape[-2:]
    if mode == "r":
        return QR(wrap(np.zeros(0, A.array.dtype), None), wrap(np.asarray(np.linalg.qr(A.array, "r")), None))
    if mode == "complete" and rows > columns:
        Q, R = np.linalg.qr(A.array, "complete")
        return QR(wrap(Q, None), wrap(R, None))
    return QR(*thin_qr(A))


@method()
@parts(QR)
def qr(input: Tensor, some: bool = True) -> QR:
    """`linalg.qr`, reduced or, without ``some``, complete.

    >>> autograd.tensor([[3., 1.], [4., 2.]]).qr().R
    tensor([[-5.0000, -2.2000],
            [ 0.0000,  0.4000]])
    """
    return _qr("qr", input, "reduced" if some else "complete")


@method()
@parts(Geqrf)
def geqrf(input: Tensor) -> Geqrf:
    """R above, and below the diagonal the vectors of the reflections that make it; `linalg.householder_product` is Q.

    It has no derivative.

    >>> a, tau = autograd.tensor([[3.], [4.]]).geqrf()
    >>> a[0], autograd.linalg.householder_product(a, tau)
    (tensor([-5.]), tensor([[-0.6000],
            [-0.8000]]))
    """
    check_matrices("geqrf", input)
    h, tau = np.linalg.qr(input.array, "raw")
    return Geqrf(wrap(by_columns(h.mT), None), wrap(np.asarray(tau), None))


@method("orgqr", "linalg.householder_product")
def householder_product(A: Tensor, tau: Tensor) -> Tensor:
    """The first columns of the product of the reflections ``1 - τᵢ·vᵢ·vᵢᵀ``; vᵢ is column i of A from its diagonal on.

    A (..., m, n), tau (..., k) with m ≥ n ≥ k; the diagonal counts as 1.

    >>> autograd.linalg.householder_product(autograd.tensor([[0.], [1.]]), autograd.tensor([1.]))
    tensor([[ 0.],
            [-1.]])
    """
    name = "householder_product"
    check_matrices(name, A)
    rows, columns = A.array.shape[-2:]
    if not rows >= columns >= tau.array.shape[-1]:
        raise RuntimeError(
            f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1], and that to tau.shape[-1], but "
            f"got {list(A.shape)} and {list(tau.shape)}"
        )
    if tau.array.shape[:-1] != A.array.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be those of input: {list(A.shape)}, {list(tau.shape)}"
        )
    made = _reflected(A, tau, identity_like(A), reversed(range(tau.array.shape[-1])))
    return made.mT.contiguous().mT


def _reflected(A: Tensor, tau: Tensor, x: Tensor, order: Iterable[int]) -> Tensor:
    """``x`` after the reflections in that order."""
    vectors = with_ones(lower(A, -1))
    for i in order:
        v = vectors[..., i : i + 1]
        x = x - tau[..., i : i + 1].unsqueeze(-1) * v @ (v.mT @ x)
    return x


@method()
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """``Q @ other`` (or ``other @ Q``, or with Qᵀ), where Q is the square product of all reflections of `geqrf`.

    >>> a, tau = autograd.tensor([[3.], [4.]]).geqrf()
    >>> autograd.ormqr(a, tau, autograd.tensor([[-5.], [0.]]))
    tensor([[3.],
            [4.]])
    """
    check_matrices("ormqr", input)
    if not left:
        return ormqr(input, tau, other.mT, True, not transpose).mT
    if input.array.shape[-2] != other.array.shape[-2] or tau.array.shape[-1] != min(input.array.shape[-2:]):
        raise RuntimeError(
            f"ormqr: reflections of shape {list(input.shape)}, tau {list(tau.shape)} do not fit {list(other.shape)}"
        )
    count = tau.array.shape[-1]
    return _reflected(input, tau, other, range(count) if transpose else reversed(range(count)))
