"""A distribution function as a transform."""

from __future__ import annotations

from typing import Any

from .. import constraints
from ..distribution import Distribution
from .base import Transform


class CumulativeDistributionTransform(Transform):
    """``y = F(x)`` with the distribution function F of ``distribution``: its values become uniform.

    >>> D = autograd.distributions
    >>> D.CumulativeDistributionTransform(D.Normal(0., 1.))(autograd.tensor([0.]))
    tensor([0.5000])
    """

    bijective = True
    codomain = constraints.unit_interval
    sign = +1

    def __init__(self, distribution: Distribution, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.distribution = distribution

    @property
    def domain(self) -> Any:
        return self.distribution.support

    def _call(self, x: Any) -> Any:
        return self.distribution.cdf(x)

    def _inverse(self, y: Any) -> Any:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return self.distribution.log_prob(x)
