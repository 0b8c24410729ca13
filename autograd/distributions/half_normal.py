"""The half-normal distribution."""

from __future__ import annotations

import math

from ..engine.tensor import Tensor
from .half import Half
from .normal import Normal

__all__ = ["HalfNormal"]


class HalfNormal(Half):
    """``|z|`` for normal z of mean 0: density ``√2·e^(-x²/(2σ²))/(σ·√π)`` from 0 on.

    scale: σ.

    >>> autograd.distributions.HalfNormal(1.).mean
    tensor(0.7979)
    """

    whole = Normal

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        return self.scale**2 * (1 - 2 / math.pi)
