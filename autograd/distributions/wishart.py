"""The Wishart distribution: of sample covariances."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..composed.arithmetic import mvlgamma
from ..composed.diagonals import diag_embed
from ..composed.joining import broadcast_shapes
from ..composed.linalg import slogdet
from ..creation.data import tensor
from ..creation.filled import zeros
from ..creation.ranges import arange
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.decomposition import cholesky_solve
from ..types.dtypes import finfo
from . import constraints
from .chi2 import Chi2
from .exp_family import ExponentialFamily
from .multivariate_normal import OfCovariance, given_matrix, log_diagonal, scale_tril_of
from .utils import is_number, lazy_property, standard_normal

__all__ = ["Wishart"]


class Wishart(OfCovariance, ExponentialFamily):
    """``Σ xᵢ·xᵢᵀ`` of ν normal vectors of covariance V, for ν that need not be whole.

    Density ``|X|^((ν-p-1)/2)·e^(-tr(V⁻¹X)/2)/(2^(νp/2)·|V|^(ν/2)·Γₚ(ν/2))``.
    df: ν, above p - 1. One of covariance_matrix (..., p, p): V; precision_matrix: V⁻¹; scale_tril: the lower triangular
    L with ``L·Lᵀ = V``. ValueError for none or several of them, or a ν that is too small.

    >>> autograd.distributions.Wishart(autograd.tensor(3.), autograd.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    support = constraints.positive_definite
    has_rsample = True
    _batched = ("df", "covariance_matrix", "precision_matrix", "scale_tril")
    _mean_carrier_measure = 0.0

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, matrix = given_matrix(
            covariance_matrix=covariance_matrix, precision_matrix=precision_matrix, scale_tril=scale_tril
        )
        degrees = tensor(df, dtype=matrix.dtype) if is_number(df) else df
        batch_shape, p = broadcast_shapes(matrix.shape[:-2], degrees.shape), matrix.shape[-1]
        if not (degrees > p - 1).all():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {p - 1}.")
        if (degrees < p).any():
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        self.df = degrees.expand(batch_shape)
        vars(self)[name] = matrix.expand(*batch_shape, -1, -1)
        super().__init__(batch_shape, matrix.shape[-2:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = scale_tril_of(name, matrix)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self._event_shape[-1] - 1),
        }

    @lazy_property
    def _dist_chi2(self) -> Chi2:
        """Of the squares on the diagonal: with ν, ν - 1, ... degrees of freedom."""
        fewer = arange(self._event_shape[-1], dtype=self.df.dtype)
        return Chi2(self.df.unsqueeze(-1) - fewer, validate_args=False)

    @property
    def _df_of_matrices(self) -> Tensor:
        return self.df.unsqueeze(-1).unsqueeze(-1)

    @property
    def mean(self) -> Tensor:
        return self._df_of_matrices * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        """NaN for ν up to p + 1."""
        factor = self._df_of_matrices - self._event_shape[-1] - 1
        return where(factor > 0, factor, math.nan) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        V = self.covariance_matrix
        diagonal = V.diagonal(dim1=-2, dim2=-1)
        return self._df_of_matrices * (V**2 + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def _bartlett_sampling(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """``(L·A)·(L·A)ᵀ`` with chi numbers on the diagonal of A and normal ones below it (Bartlett, 1933)."""
        p = self._event_shape[-1]
        diagonal = self._dist_chi2.rsample(sample_shape).sqrt()
        diagonal = diagonal.clamp(min=finfo(diagonal.dtype).eps)
        rows, columns = np.tril_indices(p, -1)
        below = zeros((*sample_shape, *self._batch_shape, p, p), dtype=diagonal.dtype)
        below[..., rows, columns] = standard_normal((*sample_shape, *self._batch_shape, len(rows)), diagonal)
        factor = self._unbroadcasted_scale_tril @ (diag_embed(diagonal) + below)
        return factor @ factor.mT

    def rsample(self, sample_shape: Sequence[int] = (), max_try_correction: int = 10) -> Tensor:
        """Samples that rounding has made singular are drawn again, ``max_try_correction`` times at most."""
        sample = self._bartlett_sampling(sample_shape)
        for _ in range(max_try_correction):
            regular = self.support.check(sample)
            if regular.all():
                break
            warnings.warn("Singular sample detected.", stacklevel=2)
            again = self._bartlett_sampling(sample_shape)
            sample = where(regular.unsqueeze(-1).unsqueeze(-1), sample, again)
        return sample

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        nu, p, L = self.df, self._event_shape[-1], self._unbroadcasted_scale_tril
        trace = cholesky_solve(value, L).diagonal(dim1=-2, dim2=-1).sum(-1)
        normalizer = nu * (p * math.log(2) / 2 + log_diagonal(L)) + mvlgamma(nu / 2, p)
        return (nu - p - 1) / 2 * slogdet(value).logabsdet - trace / 2 - normalizer

    def entropy(self) -> Tensor:
        nu, p = self.df, self._event_shape[-1]
        digammas = ((nu.unsqueeze(-1) - arange(p, dtype=nu.dtype)) / 2).digamma().sum(-1)
        scale = p * math.log(2) / 2 + log_diagonal(self._unbroadcasted_scale_tril)
        return (p + 1) * scale + mvlgamma(nu / 2, p) - (nu - p - 1) / 2 * digammas + nu * p / 2

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        x, y = natural_params
        p = self._event_shape[-1]
        half = y + (p + 1) / 2
        return half * (math.log(2) * p - slogdet(-2 * x).logabsdet) + mvlgamma(half, p)
