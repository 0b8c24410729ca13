"""Mixtures of distributions of one family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor
from ..ops.reduction import logsumexp
from ..ops.softmax import log_softmax
from . import constraints
from .categorical import Categorical
from .distribution import Distribution

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """A component is drawn, and a value from it: ``p(x) = Σ pₖ·pₖ(x)``.

    mixture_distribution: a Categorical with a category for each component.
    component_distribution: the components, along the last dimension of its batch.

    >>> D = autograd.distributions
    >>> m = D.MixtureSameFamily(D.Categorical(autograd.ones(2)), D.Normal(autograd.tensor([-1., 3.]), 1.))
    >>> m.mean, m.variance
    (tensor(1.), tensor(5.))
    """

    arg_constraints = {}
    has_rsample = False
    _batched = ("_mixture_distribution", "_component_distribution")

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError("The Mixture distribution needs to be an instance of distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of distributions.Distribution")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        mixtures, batch = mixture_distribution.batch_shape, component_distribution.batch_shape
        if any(m not in (1, c) and c != 1 for m, c in zip(reversed(mixtures), reversed(batch[:-1]))):
            raise ValueError(
                f"`mixture_distribution.batch_shape` ({mixtures}) is not compatible with "
                f"`component_distribution.batch_shape` ({batch[:-1]})"
            )
        self._num_component = mixture_distribution.param_shape[-1]
        if self._num_component != batch[-1]:
            raise ValueError(
                f"`mixture_distribution component` ({self._num_component}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({batch[-1]})"
            )
        event_shape = component_distribution.event_shape
        self._event_ndims = len(event_shape)
        super().__init__(batch[:-1], event_shape, validate_args=validate_args)

    @constraints.dependent_property
    def support(self) -> Any:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """Which component is drawn."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components."""
        return self._component_distribution

    def _averaged(self, values: Tensor) -> Tensor:
        """The mean over the components of a number for each of them and each element of a value."""
        probs = self._mixture_distribution.probs
        probs = probs.reshape(probs.shape + (1,) * self._event_ndims)
        return (probs * values).sum(-1 - self._event_ndims)

    @property
    def mean(self) -> Tensor:
        return self._averaged(self._component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        components = self._component_distribution
        return self._averaged(components.variance + (components.mean - self._pad(self.mean)) ** 2)

    def cdf(self, x: Tensor) -> Tensor:
        return (self._component_distribution.cdf(self._pad(x)) * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(x)
        weights = log_softmax(self._mixture_distribution.logits, -1)
        return logsumexp(self._component_distribution.log_prob(self._pad(x)) + weights, -1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            dim, event = len(sample_shape) + len(self._batch_shape), self._event_shape
            # The batch of the mixture may have fewer dimensions than that of the components.
            mixture = self._mixture_distribution.expand(self._batch_shape)
            picked = mixture.sample(sample_shape).reshape(*sample_shape, *self._batch_shape, *[1] * (1 + len(event)))
            values = self._component_distribution.sample(sample_shape)
            return values.gather(dim, picked.expand(*picked.shape[: dim + 1], *event)).squeeze(dim)

    def _pad(self, x: Tensor) -> Tensor:
        """``x`` with a dimension for the components."""
        return x.unsqueeze(-1 - self._event_ndims)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self._mixture_distribution},\n  {self._component_distribution})"
