"""Inverses, powers and determinants of square matrices."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..ops.arithmetic import where
from ..ops.decomposition import eigvalsh, factored, svdvals
from ..ops.linalg import log_abs_det, matrix_pinv, sign_of_det
from .checks import check_info, check_matrices
from .registry import function, method
from .results import parts


class InverseEx(NamedTuple):
    """What `linalg.inv_ex` returns."""

    inverse: Tensor
    info: Tensor


class SlogDet(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


def identity_like(A: Tensor) -> Tensor:
    """The identity in the shape and dtype of ``A``, which has a gradient of 0."""
    shape = A.array.shape
    identity = np.broadcast_to(np.eye(*shape[-2:], dtype=A.array.dtype), shape)
    return where(wrap(np.array(True), None), identity, A)


def zero_pivot(A: Tensor) -> Tensor:
    """Of each matrix the first pivot that is 0, counted from 1; 0 if there is none and it has an inverse."""
    pivots = np.diagonal(factored(A.array)[0], axis1=-2, axis2=-1)
    zeros = pivots == 0
    return wrap(np.asarray(np.where(zeros.any(-1), zeros.argmax(-1) + 1 if zeros.shape[-1] else 0, 0), np.int32), None)


@function("linalg.inv_ex")
@parts(InverseEx)
def inv_ex(A: Tensor, *, check_errors: bool = False) -> InverseEx:
    """``(inverse, info)``: NaN in place of an inverse that doesn't exist, and info isn't 0 there.

    >>> autograd.linalg.inv_ex(autograd.tensor([[1., 1.], [1., 1.]])).info
    tensor(2, dtype=autograd.int32)
    """
    check_matrices("linalg.inv_ex", A, square=True)
    info = zero_pivot(A)
    if check_errors:
        check_info("linalg.inv_ex", info, "the matrix is singular: it has no inverse")
    return InverseEx(where_regular(info, A, lambda safe: safe.inverse()), info)


def where_regular(info: Tensor, A: Tensor, compute: Any) -> Tensor:
    """``compute`` of the matrices that have an inverse, NaN for the others."""
    if not bool(info.any()):
        return compute(A)
    singular = (info != 0).unsqueeze(-1).unsqueeze(-1)
    made = compute(where(singular, identity_like(A), A))
    return where(singular if made.ndim >= A.ndim else info != 0, math.nan, made)


@method()
@parts(SlogDet)
def slogdet(A: Tensor) -> SlogDet:
    """``(sign, ln|det A|)``, for determinants too large or small for a float; of a singular matrix (0, -inf).

    >>> autograd.slogdet(autograd.tensor([[0., 1.], [1., 0.]]))
    SlogDet(sign=tensor(-1.), logabsdet=tensor(0.))
    """
    check_matrices("slogdet", A, square=True)
    return SlogDet(sign_of_det(A), log_abs_det(A))


@function("linalg.slogdet")
@parts(SlogDet)
def linalg_slogdet(A: Tensor) -> SlogDet:
    """The same as `slogdet`.

    >>> autograd.linalg.slogdet(autograd.tensor([[2., 0.], [0., 1.]])).sign
    tensor(1.)
    """
    return SlogDet(*slogdet(A))


@method()
def logdet(input: Tensor) -> Tensor:
    """``ln det A``: -inf for a singular matrix, NaN where the determinant is negative.

    >>> autograd.logdet(autograd.tensor([[2., 0.], [0., 3.]]))
    tensor(1.7918)
    """
    check_matrices("logdet", input, square=True)
    sign, logarithm = slogdet(input)
    return where(sign < 0, math.nan, logarithm)


@method("matrix_power", "linalg.matrix_power")
def matrix_power(A: Tensor, n: int) -> Tensor:
    """``A @ A @ ... @ A``, n times, by squaring; of the inverse if n is negative; the identity if it is 0.

    >>> autograd.tensor([[1., 1.], [0., 1.]]).matrix_power(10)
    tensor([[ 1., 10.],
            [ 0.,  1.]])
    """
    if n < 0:
        check_matrices("matrix_power", A, square=True)
    elif A.ndim < 2:
        raise RuntimeError(f"matrix_power: The input tensor A must have at least 2 dimensions, but it has {A.ndim}.")
    elif A.array.shape[-1] != A.array.shape[-2]:
        raise RuntimeError(f"matrix_power: A must be batches of square matrices, but its shape is {tuple(A.shape)}")
    if n == 0:
        return identity_like(A)
    power = A if n > 0 else A.inverse()
    made = None
    for position, digit in enumerate(reversed(f"{abs(n):b}")):
        if position:
            power = power @ power
        if digit == "1":
            made = power if made is None else made @ power
    assert made is not None
    return made


@function("linalg.tensorinv")
def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of ``A`` as a matrix of its first ``ind`` dimensions by the others.

    >>> autograd.linalg.tensorinv(autograd.eye(6).reshape(6, 2, 3), ind=1).shape
    autograd.Size([2, 3, 6])
    """
    if ind <= 0:
        raise RuntimeError(f"linalg.tensorinv: Expected a strictly positive integer for 'ind', not {ind}")
    left, right = A.array.shape[:ind], A.array.shape[ind:]
    if math.prod(left) != math.prod(right):
        raise RuntimeError(
            f"linalg.tensorinv: Expected prod(A.shape[ind:]) == prod(A.shape[:ind]), but got {list(left)} "
            f"and {list(right)}"
        )
    return A.reshape(math.prod(left), math.prod(right)).inverse().reshape(*right, *left)


@function("linalg.pinv")
def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudoinverse, without singular values up to ``max(atol, rtol·largest)``; rcond is an older name of rtol.

    rtol: ε·(larger size) if neither is given. hermitian: A is symmetric, and its lower triangle is read.

    >>> autograd.linalg.pinv(autograd.tensor([[2., 0.], [0., 0.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    check_matrices("linalg.pinv", A, square=hermitian)
    atol, rtol = tolerances(A, atol, rcond if rtol is None else rtol)
    return matrix_pinv(A, atol, rtol, hermitian)


@method()
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse, without singular values up to ``rcond·largest``.

    >>> autograd.tensor([[2.], [0.]]).pinverse()
    tensor([[0.5000, 0.0000]])
    """
    check_matrices("pinverse", input)
    return pinv(input, float(rcond))


def tolerances(A: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Up to which size singular values count as 0, absolute and relative to the largest, as columns of numbers."""
    if rtol is None:
        given = atol is not None and np.any(array_of(atol) > 0)
        rtol = 0.0 if given else np.finfo(A.array.dtype).eps * max(A.array.shape[-2:])
        if given and np.ndim(array_of(atol)):
            rtol = np.where(array_of(atol) > 0, 0.0, np.finfo(A.array.dtype).eps * max(A.array.shape[-2:]))
    return array_of(0.0 if atol is None else atol)[..., None], array_of(rtol)[..., None]


def array_of(value: Any) -> Any:
    return value.array if isinstance(value, Tensor) else np.asarray(value)


@function("linalg.matrix_rank")
def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values are larger than ``max(atol, rtol·largest)``, as in `linalg.pinv`; tol is atol alone.

    >>> autograd.linalg.matrix_rank(autograd.ones(2, 3))
    tensor(1)
    """
    check_matrices("linalg.matrix_rank", A, square=hermitian)
    absolute, relative = (array_of(tol)[..., None], np.zeros(1)) if tol is not None else tolerances(A, atol, rtol)
    if not A.array.size:
        return wrap(np.zeros(A.array.shape[:-2], np.int64), None)
    with_sign = (eigvalsh if hermitian else svdvals)(A.array)
    size = np.abs(with_sign)
    return wrap(np.asarray((size > np.maximum(absolute, relative * size.max(-1, keepdims=True))).sum(-1)), None)
