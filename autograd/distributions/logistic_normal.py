"""The logistic-normal distribution."""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from . import constraints
from .normal import Normal
from .transformed_distribution import TransformedDistribution
from .transforms import StickBreakingTransform

__all__ = ["LogisticNormal"]


class LogisticNormal(TransformedDistribution):
    """Points of the simplex that `StickBreakingTransform` makes of normal vectors: one element more than these have.

    loc (..., K): the means of the normal vectors. scale (..., K): their standard deviations.

    >>> m = autograd.distributions.LogisticNormal(autograd.zeros(2), autograd.ones(2))
    >>> m.rsample((4,)).shape
    autograd.Size([4, 3])
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True
    _batched = ()

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args=validate_args)
        base = base if base.batch_shape else base.expand((1,))
        super().__init__(base, StickBreakingTransform(), validate_args=validate_args)

    @property
    def loc(self) -> Tensor:
        return self.base_dist.base_dist.loc

    @property
    def scale(self) -> Tensor:
        return self.base_dist.base_dist.scale
