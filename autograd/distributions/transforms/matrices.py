"""Transforms to matrices: Cholesky factors, and what they are factors of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...composed.diagonals import diag_embed
from ...creation.filled import eye
from ...ops.activation import softplus
from ...ops.decomposition import cholesky
from ...ops.shape import constant_pad
from ...types.dtypes import finfo
from .. import constraints
from ..utils import tril_matrix_to_vec, vec_to_tril_matrix
from .base import Transform, cut


class CorrCholeskyTransform(Transform):
    """Vectors of D(D-1)/2 numbers to the Cholesky factors (D, D) of correlation matrices.

    ``tanh x`` is, row by row, what an element takes of the length that its row has left; the diagonal takes the rest,
    so that each row is of length 1.

    >>> autograd.distributions.CorrCholeskyTransform()(autograd.tensor([0.]))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Any) -> Any:
        eps = finfo(x.dtype).eps
        r = vec_to_tril_matrix(x.tanh().clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - r**2).sqrt().cumprod(-1)
        return (r + eye(r.shape[-1], dtype=r.dtype)) * constant_pad(left[..., :-1], (1, 0), 1.0)

    def _inverse(self, y: Any) -> Any:
        left = constant_pad((1 - (y * y).cumsum(-1))[..., :-1], (1, 0), 1.0)
        return (tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()).atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        left = tril_matrix_to_vec(1 - (y * y).cumsum(-1), diag=-2) if y.shape[-1] > 2 else y[..., 0, :0]
        return left.log().sum(-1) / 2 - 2 * (x + softplus(-2 * x) - math.log(2)).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Any:
        batch, (count,) = cut(shape, 1)
        size = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if size * (size - 1) // 2 != count:
            raise ValueError(f"Input is not a flattened lower-diagonal number: it has {count} elements")
        return batch + (size, size)

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        batch, (rows, columns) = cut(shape, 2)
        if rows != columns:
            raise ValueError(f"Input is not square: {rows} x {columns}")
        return batch + (rows * (rows - 1) // 2,)


class _ToMatrix(Transform):
    domain = constraints.independent(constraints.real, 2)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class LowerCholeskyTransform(_ToMatrix):
    """Square matrices to lower triangular ones, e^ of the diagonal being the new diagonal.

    >>> autograd.distributions.LowerCholeskyTransform()(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    codomain = constraints.lower_cholesky

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + diag_embed(x.diagonal(dim1=-2, dim2=-1).exp())

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + diag_embed(y.diagonal(dim1=-2, dim2=-1).log())


class PositiveDefiniteTransform(_ToMatrix):
    """Square matrices to positive definite ones, ``L·Lᵀ`` with the L of `LowerCholeskyTransform`.

    >>> autograd.distributions.PositiveDefiniteTransform()(autograd.tensor([[0., 0.], [1., 0.]]))
    tensor([[1., 1.],
            [1., 2.]])
    """

    codomain = constraints.positive_definite

    def _call(self, x: Any) -> Any:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Any) -> Any:
        return LowerCholeskyTransform().inv(cholesky(y))
