"""The generalized Pareto distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.comparison import isclose
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all, standard_uniform

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """How far a high threshold is exceeded: ``P(X > x) = (1 + ξz)^(-1/ξ)`` with ``z = (x-μ)/σ``, ``e^-z`` for ξ = 0.

    loc: μ, the threshold. scale: σ. concentration: ξ; values go up to ``μ - σ/ξ`` if it is negative.

    >>> m = autograd.distributions.GeneralizedPareto(0., 1., autograd.tensor([0., 0.25]))
    >>> m.mean, m.cdf(autograd.tensor(1.))
    (tensor([1.0000, 1.3333]), tensor([0.6321, 0.5904]))
    """

    arg_constraints = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample = True
    _batched = ("loc", "scale", "concentration")

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        upper = where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, upper)

    def _by_concentration(self) -> tuple[Tensor, Tensor]:
        """Where ξ is 0, or nearly, and ξ with 1 there."""
        is_zero = isclose(self.concentration, self.concentration * 0)
        return is_zero, where(is_zero, 1.0, self.concentration)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.icdf(standard_uniform(self._extended_shape(sample_shape), self.loc))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        is_zero, xi = self._by_concentration()
        power = 1 / xi + 1
        decay = where(power == 0, 0.0, power * (xi * z).log1p())
        return -self.scale.log() - where(is_zero, z, decay)

    def log_survival_function(self, value: Tensor) -> Tensor:
        """``ln P(X > value)``."""
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        is_zero, xi = self._by_concentration()
        return -where(is_zero, z, (xi * z).log1p() / xi)

    def log_cdf(self, value: Tensor) -> Tensor:
        """``ln P(X ≤ value)``."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return -self.log_survival_function(value).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        is_zero, xi = self._by_concentration()
        log_u = (-value).log1p()
        return self.loc + self.scale * where(is_zero, -log_u, (-xi * log_u).expm1() / xi)

    @property
    def mean(self) -> Tensor:
        """NaN for ξ from 1 on, where there is none."""
        xi = self.concentration
        return where(xi < 1, self.loc + self.scale / (1 - xi), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """NaN for ξ from ½ on, where there is none."""
        xi = self.concentration
        return where(xi < 0.5, self.scale**2 / ((1 - xi) ** 2 * (1 - 2 * xi)), math.nan)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1
