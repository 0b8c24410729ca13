"""The Poisson distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..composed.random import poisson
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..ops.special import xlogy
from . import constraints
from .exp_family import ExponentialFamily
from .utils import broadcast_all, of_number

__all__ = ["Poisson"]


class Poisson(ExponentialFamily):
    """How often something happens that happens λ times on average: ``p(k) = e^-λ·λᵏ/k!``.

    rate: λ, which may be 0.

    >>> autograd.distributions.Poisson(autograd.tensor([4.])).log_prob(autograd.tensor([2.])).exp()
    tensor([0.1465])
    """

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer
    _batched = ("rate",)

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self.rate = of_number(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.rate

    @property
    def mode(self) -> Tensor:
        return self.rate.floor()

    @property
    def variance(self) -> Tensor:
        return self.rate

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return xlogy(value, rate) - rate - (value + 1).lgamma()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.rate.log(),)

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        (x,) = natural_params
        return x.exp()
