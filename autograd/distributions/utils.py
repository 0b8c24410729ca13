"""What distributions share: parameters that broadcast, probabilities and log-odds, attributes computed on demand."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Generic, TypeVar, overload

import numpy as np

from ..composed.joining import broadcast_tensors
from ..creation.data import tensor
from ..creation.filled import zeros
from ..creation.random import rand, randn
from ..engine.grad_mode import enable_grad
from ..engine.tensor import Tensor
from ..ops.pointwise import sigmoid
from ..ops.softmax import softmax
from ..types.dtypes import finfo, get_default_dtype

__all__ = [
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]

R = TypeVar("R")
euler_constant = float(np.euler_gamma)


def is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real)


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """The values as Tensors of one shape; numbers get the dtype of the first Tensor, or else the default dtype.

    ValueError for what is neither Tensor nor number.

    >>> autograd.distributions.utils.broadcast_all(1, autograd.tensor([2., 3.]))
    (tensor([1., 1.]), tensor([2., 3.]))
    """
    for value in values:
        if not isinstance(value, Tensor) and not is_number(value):
            raise ValueError(f"parameters must be Tensors or numbers, not {type(value).__name__}")
    dtype = next((value.dtype for value in values if isinstance(value, Tensor)), get_default_dtype())
    made = [value if isinstance(value, Tensor) else tensor(value, dtype=dtype) for value in values]
    return tuple(broadcast_tensors(*made))


def of_number(value: Any) -> Tensor:
    """A parameter that stands alone."""
    return broadcast_all(value)[0]


def standard_normal(shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Numbers of the standard normal distribution, in the dtype of ``like``."""
    return randn(*shape, dtype=like.dtype) if shape else randn((), dtype=like.dtype)


def standard_uniform(shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Numbers in [0, 1), in the dtype of ``like``."""
    return rand(*shape, dtype=like.dtype) if shape else rand((), dtype=like.dtype)


def sum_rightmost(value: Any, dim: int) -> Any:
    """The sum over the last ``dim`` dimensions.

    >>> autograd.distributions.utils.sum_rightmost(autograd.ones(2, 3, 4), 2)
    tensor([12., 12.])
    """
    return value.reshape((*value.shape[: value.ndim - dim], -1)).sum(-1) if dim else value


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of log-odds if ``is_binary``, else of log-probabilities along the last dimension.

    >>> autograd.distributions.utils.logits_to_probs(autograd.tensor([0., 0.]))
    tensor([0.5000, 0.5000])
    """
    found: Tensor = sigmoid(logits) if is_binary else softmax(logits, -1)
    return found


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept off 0 and 1 by the precision of their dtype.

    >>> autograd.distributions.utils.clamp_probs(autograd.tensor([0., 0.5])).log()
    tensor([-15.9424,  -0.6931])
    """
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log-odds of probabilities if ``is_binary``, else their logarithms; finite at 0 and 1 too.

    >>> autograd.distributions.utils.probs_to_logits(autograd.tensor([0.5, 0.9]), is_binary=True)
    tensor([0.0000, 2.1972])
    """
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


class lazy_property(Generic[R]):
    """An attribute that is computed when it is first asked for, with gradients even under ``no_grad``, and kept."""

    def __init__(self, wrapped: Callable[[Any], R]) -> None:
        self.wrapped = wrapped
        update_wrapper(self, wrapped)  # type: ignore[arg-type]

    @overload
    def __get__(self, instance: None, owner: Any = None) -> lazy_property[R]: ...
    @overload
    def __get__(self, instance: Any, owner: Any = None) -> R: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The elements on and below a diagonal of square matrices (..., D, D), row by row.

    ValueError for a diagonal outside of the matrix.

    >>> autograd.distributions.utils.tril_matrix_to_vec(autograd.tensor([[1., 2.], [3., 4.]]))
    tensor([1., 3., 4.])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    rows, columns = np.tril_indices(n, diag)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """The inverse: matrices (..., D, D) with the elements of vectors on and below a diagonal, and 0 above.

    ValueError for a number of elements that no matrix has there.

    >>> autograd.distributions.utils.vec_to_tril_matrix(autograd.tensor([1., 3., 4.]))
    tensor([[1., 0.],
            [3., 4.]])
    """
    count, n = vec.shape[-1], max(diag, -diag, 1)
    while len(np.tril_indices(n, diag)[0]) < count:
        n += 1
    rows, columns = np.tril_indices(n, diag)
    if len(rows) != count:
        raise ValueError(
            f"The size of last dimension is {count} which cannot be expressed as the lower triangular part of a square "
            "D x D matrix."
        )
    matrix = zeros((*vec.shape[:-1], n, n), dtype=vec.dtype)
    matrix[..., rows, columns] = vec
    return matrix
