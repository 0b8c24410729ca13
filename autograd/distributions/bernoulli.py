"""The Bernoulli distribution: heads or tails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.cross_entropy import binary_cross_entropy_with_logits
from ..composed.random import bernoulli
from ..creation.ranges import arange
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from . import constraints
from .exp_family import ExponentialFamily
from .parameters import ProbsOrLogits
from .utils import broadcast_all

__all__ = ["Bernoulli"]


class Bernoulli(ProbsOrLogits, ExponentialFamily):
    """1 with probability p, else 0: ``p(x) = pˣ·(1-p)¹⁻ˣ``.

    probs: p; or logits: ``ln(p/(1-p))``.

    >>> m = autograd.distributions.Bernoulli(autograd.tensor([0.3]))
    >>> m.log_prob(autograd.tensor([1.])).exp(), m.variance
    (tensor([0.3000]), tensor([0.2100]))
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _batched = ProbsOrLogits._batched
    _mean_carrier_measure = 0.0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._take(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The likelier of 0 and 1; NaN if they are equally likely."""
        return where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs.dtype))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return counted_up(self, 2, expand)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.probs.logit(),)

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        (x,) = natural_params
        return x.exp().log1p()


def counted_up(distribution: ProbsOrLogits, count: int, expand: bool) -> Tensor:
    """The numbers from 0 to ``count - 1`` along dimension 0, for each of the batch."""
    batch = distribution.batch_shape
    values = arange(count, dtype=distribution._param.dtype).view(-1, *[1] * len(batch))
    return values.expand(-1, *batch) if expand else values
