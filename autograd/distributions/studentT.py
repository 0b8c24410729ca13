"""Student's t-distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from . import constraints
from .chi2 import Chi2
from .distribution import Distribution
from .utils import broadcast_all, standard_normal

__all__ = ["StudentT"]


class StudentT(Distribution):
    """Density ``Γ((ν+1)/2)/(Γ(ν/2)·√(πν)·σ)·(1 + y²/ν)^(-(ν+1)/2)`` with ``y = (x-μ)/σ``.

    df: ν, the degrees of freedom. loc: μ. scale: σ.

    >>> m = autograd.distributions.StudentT(autograd.tensor([1., 4.]))
    >>> m.mean, m.variance
    (tensor([nan, 0.]), tensor([nan, 2.]))
    """

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    _batched = ("df", "loc", "scale", "_chi2")

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        # Checked below, as df.
        self._chi2 = Chi2(self.df, validate_args=False)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return where(self.df > 1, self.loc, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        found = where(self.df > 2, self.scale**2 * self.df / (self.df - 2), math.inf)
        return where(self.df > 1, found, math.nan)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        x = standard_normal(self._extended_shape(sample_shape), self.df)
        return self.loc + self.scale * x * (self._chi2.rsample(sample_shape) / self.df).rsqrt()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        return -(self.df + 1) / 2 * (y**2 / self.df).log1p() - self.scale.log() - self._log_beta()

    def _log_beta(self) -> Tensor:
        """``ln(√ν·B(ν/2, ½))``, by which the density is divided."""
        half = self.df / 2
        return half.lgamma() - (half + 0.5).lgamma() + (self.df * math.pi).log() / 2

    def entropy(self) -> Tensor:
        half = self.df / 2
        return self.scale.log() + (half + 0.5) * ((half + 0.5).digamma() - half.digamma()) + self._log_beta()
