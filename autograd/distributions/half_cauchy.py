"""The half-Cauchy distribution."""

from __future__ import annotations

import math

from ..creation.filled import full
from ..engine.tensor import Tensor
from .cauchy import Cauchy
from .half import Half

__all__ = ["HalfCauchy"]


class HalfCauchy(Half):
    """``|z|`` for Cauchy numbers z around 0: density ``2/(π·γ·(1 + (x/γ)²))`` from 0 on.

    scale: γ.

    >>> autograd.distributions.HalfCauchy(1.).cdf(autograd.tensor(1.))
    tensor(0.5000)
    """

    whole = Cauchy

    @property
    def mean(self) -> Tensor:
        return full(self._extended_shape(), math.inf, dtype=self.scale.dtype)

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance
