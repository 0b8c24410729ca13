"""The categorical distribution: one of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.joining import broadcast_tensors
from ..composed.random import multinomial
from ..creation.filled import full
from ..creation.ranges import arange
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.reduction import logsumexp
from ..types.dtypes import finfo
from . import constraints
from .distribution import Distribution
from .parameters import only_one
from .utils import lazy_property, logits_to_probs, probs_to_logits

__all__ = ["Categorical"]


class Categorical(Distribution):
    """Index i with probability pᵢ.

    probs (..., K): weights, which are divided by their sum; or logits (..., K): logarithms of weights.

    >>> m = autograd.distributions.Categorical(autograd.tensor([1., 3.]))
    >>> m.probs, m.log_prob(autograd.tensor(1)).exp()
    (tensor([0.2500, 0.7500]), tensor(0.7500))
    >>> m.entropy()
    tensor(0.5623)
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _batched = ("probs", "logits")

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._given = only_one(probs, logits)
        weights: Any = logits if probs is None else probs
        if weights.ndim < 1:
            raise ValueError(f"`{self._given}` parameter must be at least one-dimensional.")
        in_logs = probs is None
        normalized = weights - logsumexp(weights, -1, keepdim=True) if in_logs else weights / weights.sum(-1, True)
        vars(self)[self._given] = normalized
        self._num_events = self._param.shape[-1]
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits)

    @property
    def _param(self) -> Tensor:
        found: Tensor = getattr(self, self._given)
        return found

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        """NaN: categories can't be added."""
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        """NaN, as the mean is."""
        return self.mean

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        flat = self.probs.detach().reshape(-1, self._num_events)
        drawn = multinomial(flat, Size(sample_shape).numel(), True)
        return drawn.t().reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        index, log_pmf = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return log_pmf.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        # Where p is 0 its logarithm must not be -inf.
        return -(self.logits.clamp(min=finfo(self.logits.dtype).min) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(self._num_events).view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values
