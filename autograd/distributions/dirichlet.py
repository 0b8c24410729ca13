"""The Dirichlet distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..composed.random import sample_dirichlet
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.index import one_hot
from ..ops.special import xlogy
from . import constraints
from .exp_family import ExponentialFamily

__all__ = ["Dirichlet"]


class Dirichlet(ExponentialFamily):
    """Points of the simplex of density ``Γ(Σαᵢ)/ΠΓ(αᵢ)·Πxᵢ^(αᵢ-1)``.

    concentration (..., K): α. Gradients pass to it: samples move as quantiles do.

    >>> m = autograd.distributions.Dirichlet(autograd.tensor([1., 3.]))
    >>> m.mean, m.variance
    (tensor([0.2500, 0.7500]), tensor([0.0375, 0.0375]))
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True
    _batched = ("concentration",)

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.ndim < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """Where the density is largest: at the corner of the largest α if all are below 1."""
        more = (self.concentration - 1).clamp(min=0)
        corner = one_hot(self.concentration.argmax(-1), self._event_shape[0])
        flat = (self.concentration < 1).all(-1).unsqueeze(-1)
        return where(flat, corner.to(more.dtype), more / more.sum(-1, True))

    @property
    def variance(self) -> Tensor:
        a, total = self.concentration, self.concentration.sum(-1, True)
        return a * (total - a) / (total**2 * (total + 1))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return sample_dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return xlogy(a - 1, value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        a, total = self.concentration, self.concentration.sum(-1)
        moved = (total - self._event_shape[0]) * total.digamma() - ((a - 1) * a.digamma()).sum(-1)
        return a.lgamma().sum(-1) - total.lgamma() + moved

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.concentration,)

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        (x,) = natural_params
        return x.lgamma().sum(-1) - x.sum(-1).lgamma()
