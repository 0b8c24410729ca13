"""Exponential families: entropy from the derivative of the log-normalizer."""

from __future__ import annotations

from typing import Any

from ..engine.backward import grad
from ..engine.tensor import Tensor
from .distribution import Distribution
from .utils import sum_rightmost

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """Distributions with densities ``e^(⟨t(x), θ⟩ - F(θ) + k(x))`` for statistics t(x) and natural parameters θ.

    A subclass has ``_natural_params``, the log-normalizer F as ``_log_normalizer(*θ)``, and the expected value of k(x)
    as ``_mean_carrier_measure``. Their entropies and divergences follow from F and its gradient (Nielsen and Nock,
    Entropies and Cross-entropies of Exponential Families, 2010).

    >>> bernoulli = autograd.distributions.Bernoulli(autograd.tensor(0.5))
    >>> by_gradient = autograd.distributions.ExponentialFamily.entropy(bernoulli)
    >>> by_gradient.detach(), bernoulli.entropy()
    (tensor(0.6931), tensor(0.6931))
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> float:
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """``F(θ) - ⟨θ, ∇F(θ)⟩`` less the expected value of k(x)."""
        carrier = self._mean_carrier_measure
        params = [p.detach().requires_grad_() for p in self._natural_params]
        normalizer = self._log_normalizer(*params)
        gradients: Any = grad(normalizer.sum(), params, create_graph=True)
        result = normalizer - carrier
        for p, g in zip(params, gradients):
            result = result - sum_rightmost(p * g, p.ndim - len(self._batch_shape))
        return result
