"""The negative binomial distribution: successes before so many failures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..composed.activation import logsigmoid
from ..composed.random import poisson
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from . import constraints
from .gamma import Gamma
from .parameters import Counted
from .utils import lazy_property

__all__ = ["NegativeBinomial"]


class NegativeBinomial(Counted):
    """How many trials succeed before r fail: ``p(k) = Γ(k+r)/(k!·Γ(r))·(1-p)ʳ·pᵏ``.

    total_count: r, at least 0, not necessarily whole. probs: p, below 1; or logits: ``ln(p/(1-p))``.

    >>> autograd.distributions.NegativeBinomial(3, autograd.tensor([0.5])).variance
    tensor([6.])
    """

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer
    _batched = Counted._batched

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take_counts(total_count, probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.mean / (-self.logits).sigmoid()

    @lazy_property
    def _gamma(self) -> Gamma:
        # Unchecked: a total_count of 0 has no gamma distribution, and only 0 successes.
        return Gamma(self.total_count, (-self.logits).exp(), validate_args=False)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        r = self.total_count
        ways = (r + value).lgamma() - (value + 1).lgamma() - r.lgamma()
        # No successes before no failures are certain.
        ways = where(r + value == 0, 0.0, ways)
        return r * logsigmoid(-self.logits) + value * logsigmoid(self.logits) + ways
