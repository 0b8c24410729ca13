"""The multivariate normal distribution with a covariance of few factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.diagonals import diag_embed
from ..composed.joining import broadcast_shapes
from ..composed.solving import solve_triangular
from ..creation.filled import eye
from ..engine.tensor import Tensor
from ..ops.decomposition import cholesky
from . import constraints
from .distribution import Distribution
from .multivariate_normal import batch_mahalanobis, batch_mv, log_diagonal
from .utils import lazy_property, standard_normal

__all__ = ["LowRankMultivariateNormal"]


class LowRankMultivariateNormal(Distribution):
    """`MultivariateNormal` with ``Σ = W·Wᵀ + diag(D)``, which needs no n x n matrix where W has few columns.

    By Woodbury's identity only ``C = 1 + Wᵀ·D⁻¹·W``, of the size of the columns, is decomposed.
    loc (..., n): μ, the mean. cov_factor (..., n, m): W. cov_diag (..., n): D. ValueError for shapes that don't fit.

    >>> D = autograd.distributions
    >>> m = D.LowRankMultivariateNormal(autograd.zeros(2), autograd.tensor([[1.], [0.]]), autograd.ones(2))
    >>> m.covariance_matrix
    tensor([[2., 0.],
            [0., 1.]])
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True
    _batched = ("loc", "cov_factor", "cov_diag")

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.ndim < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        try:
            batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        except RuntimeError:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from None
        self.loc, self.cov_diag = loc.expand(*batch, -1), cov_diag.expand(*batch, -1)
        self.cov_factor = cov_factor.expand(*batch, -1, -1)
        super().__init__(batch, event_shape, validate_args=validate_args)
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        self._capacitance_tril = cholesky(self._scaled_factor @ cov_factor + eye(cov_factor.shape[-1], dtype=loc.dtype))

    @property
    def _scaled_factor(self) -> Tensor:
        """``Wᵀ·D⁻¹``."""
        return self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)

    @property
    def _whitened_factor(self) -> Tensor:
        """``A = L⁻¹·Wᵀ·D⁻¹`` with ``L·Lᵀ = C``: ``Σ⁻¹ = D⁻¹ - Aᵀ·A``."""
        return solve_triangular(self._capacitance_tril, self._scaled_factor, upper=False)

    def _log_determinant(self) -> Tensor:
        """``ln det Σ = ln det C + Σ ln Dᵢ``."""
        return 2 * log_diagonal(self._capacitance_tril) + self._unbroadcasted_cov_diag.log().sum(-1)

    def _mahalanobis(self, x: Tensor) -> Tensor:
        """``xᵀ·Σ⁻¹·x``."""
        inner = batch_mahalanobis(self._capacitance_tril, batch_mv(self._scaled_factor, x))
        return (x**2 / self._unbroadcasted_cov_diag).sum(-1) - inner

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        found = (self._unbroadcasted_cov_factor**2).sum(-1) + self._unbroadcasted_cov_diag
        return found.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        deviation = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        relative = self._unbroadcasted_cov_factor / deviation
        factor = cholesky(relative @ relative.mT + eye(self._event_shape[0], dtype=self.loc.dtype))
        return self._matrices(deviation * factor)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        W = self._unbroadcasted_cov_factor
        return self._matrices(W @ W.mT + diag_embed(self._unbroadcasted_cov_diag))

    @lazy_property
    def precision_matrix(self) -> Tensor:
        A = self._whitened_factor
        return self._matrices(diag_embed(1 / self._unbroadcasted_cov_diag) - A.mT @ A)

    def _matrices(self, found: Any) -> Tensor:
        expanded: Tensor = found.expand(self._batch_shape + self._event_shape + self._event_shape)
        return expanded

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        factors = standard_normal(shape[:-1] + self.cov_factor.shape[-1:], self.loc)
        own = standard_normal(shape, self.loc)
        moved = batch_mv(self._unbroadcasted_cov_factor, factors) + self._unbroadcasted_cov_diag.sqrt() * own
        return self.loc + moved

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + self._log_determinant() + self._mahalanobis(value - self.loc))

    def entropy(self) -> Tensor:
        constant = self._event_shape[0] * (1 + math.log(2 * math.pi))
        return (0.5 * (constant + self._log_determinant())).expand(self._batch_shape)
