"""The multivariate normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.joining import broadcast_shapes
from ..composed.solving import solve_triangular
from ..creation.filled import eye
from ..engine.tensor import Tensor
from ..ops.decomposition import cholesky, cholesky_inverse
from . import constraints
from .distribution import Distribution
from .utils import lazy_property, standard_normal

__all__ = ["MultivariateNormal"]


def batch_mv(matrix: Tensor, vector: Tensor) -> Tensor:
    """Matrices (..., n, m) times vectors (..., m)."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def batch_mahalanobis(L: Tensor, x: Tensor) -> Tensor:
    """``|L⁻¹x|²`` for triangular L (..., n, n) and vectors x (..., n) of at least as many batch dimensions.

    Vectors that share a matrix are the columns of one system.
    """
    shared = x.ndim - 1 - (L.ndim - 2)
    columns = x.reshape(-1, *x.shape[shared:]).movedim(0, -1)
    squares = (solve_triangular(L, columns, upper=False) ** 2).sum(-2)
    return squares.movedim(-1, 0).reshape(x.shape[:shared] + squares.shape[:-1])


def precision_to_scale_tril(P: Tensor) -> Tensor:
    """The Cholesky factor of ``P⁻¹``: turned about, the factor of P is the inverse of what is looked for."""
    turned = cholesky(P.flip((-2, -1)))
    return solve_triangular(turned.flip((-2, -1)).mT, eye(P.shape[-1], dtype=P.dtype), upper=False)


def log_diagonal(L: Tensor) -> Tensor:
    """``ln det L`` of triangular matrices."""
    return L.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def given_matrix(**given: Any) -> tuple[str, Tensor]:
    """The one matrix that is given, and its name; ValueError unless it is one of two dimensions or more."""
    matrices = [(name, value) for name, value in given.items() if value is not None]
    if len(matrices) != 1:
        raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
    name, value = matrices[0]
    if value.ndim < 2:
        raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
    return name, value


def scale_tril_of(name: str, matrix: Tensor) -> Tensor:
    """The Cholesky factor of the covariance, of the matrix that is given."""
    if name == "scale_tril":
        return matrix
    found: Tensor = cholesky(matrix) if name == "covariance_matrix" else precision_to_scale_tril(matrix)
    return found


class OfCovariance(Distribution):
    """Of distributions with a positive definite matrix Σ, its inverse, or its Cholesky factor as a parameter.

    What isn't given is computed when it is asked for.
    """

    _unbroadcasted_scale_tril: Tensor

    @property
    def _matrix_shape(self) -> tuple[int, ...]:
        n = self._event_shape[-1]
        return (*self._batch_shape, n, n)

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._unbroadcasted_scale_tril.expand(self._matrix_shape)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        L = self._unbroadcasted_scale_tril
        return (L @ L.mT).expand(self._matrix_shape)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return cholesky_inverse(self._unbroadcasted_scale_tril).expand(self._matrix_shape)


class MultivariateNormal(OfCovariance):
    """Density ``e^(-½(x-μ)ᵀ·Σ⁻¹·(x-μ))/√((2π)ⁿ·det Σ)``.

    loc (..., n): μ, the mean. One of covariance_matrix (..., n, n): Σ; precision_matrix: Σ⁻¹; scale_tril: the lower
    triangular L with ``L·Lᵀ = Σ``, which saves the Cholesky decomposition. ValueError for none or several.

    >>> m = autograd.distributions.MultivariateNormal(autograd.zeros(2), autograd.tensor([[2., 1.], [1., 2.]]))
    >>> m.log_prob(autograd.ones(2)), m.rsample((5,)).shape
    (tensor(-2.7205), autograd.Size([5, 2]))
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True
    _batched = ("loc", "covariance_matrix", "precision_matrix", "scale_tril")

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        name, matrix = given_matrix(
            covariance_matrix=covariance_matrix, precision_matrix=precision_matrix, scale_tril=scale_tril
        )
        batch_shape = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        vars(self)[name] = matrix.expand(*batch_shape, -1, -1)
        self.loc = loc.expand(*batch_shape, -1)
        super().__init__(batch_shape, loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = scale_tril_of(name, matrix)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return (self._unbroadcasted_scale_tril**2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        draws = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + batch_mv(self._unbroadcasted_scale_tril, draws)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        L = self._unbroadcasted_scale_tril
        distance = batch_mahalanobis(L, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - log_diagonal(L)

    def entropy(self) -> Tensor:
        constant = self._event_shape[0] * (1 + math.log(2 * math.pi)) / 2
        return (log_diagonal(self._unbroadcasted_scale_tril) + constant).expand(self._batch_shape)
