"""The binomial distribution: how many trials succeed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..composed.random import binomial
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..ops.activation import softplus
from . import constraints
from .bernoulli import counted_up
from .parameters import Counted

__all__ = ["Binomial"]


class Binomial(Counted):
    """How many of n trials succeed: ``p(k) = n!/(k!·(n-k)!)·pᵏ·(1-p)ⁿ⁻ᵏ``.

    total_count: n. probs: p; or logits: ``ln(p/(1-p))``.

    >>> m = autograd.distributions.Binomial(4, autograd.tensor([0.5]))
    >>> m.mean, m.log_prob(autograd.tensor([2.])).exp()
    (tensor([2.]), tensor([0.3750]))
    """

    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True
    _batched = Counted._batched

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take_counts(total_count, probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n = self.total_count
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        return value * self.logits - n * softplus(self.logits) + ways

    def entropy(self) -> Tensor:
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        return counted_up(self, 1 + count, expand)
