"""The continuous Bernoulli distribution: of pixels between black and white."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.cross_entropy import binary_cross_entropy_with_logits
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from . import constraints
from .exp_family import ExponentialFamily
from .parameters import ProbsOrLogits
from .utils import broadcast_all, clamp_probs, lazy_property, logits_to_probs, standard_uniform

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(ProbsOrLogits, ExponentialFamily):
    """Numbers in [0, 1] of density ``C·λˣ·(1-λ)¹⁻ˣ``, ``C = 2·artanh(1-2λ)/(1-2λ)`` (Loaiza-Ganem, Cunningham, 2019).

    probs: λ, which is not the mean; or logits: ``ln(λ/(1-λ))``.
    lims: between which λ the formulas, which divide 0 by 0 at λ = ½, are replaced by their Taylor series there.

    >>> autograd.distributions.ContinuousBernoulli(autograd.tensor([0.5, 0.9])).mean
    tensor([0.5000, 0.6699])
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _batched = ProbsOrLogits._batched
    _mean_carrier_measure = 0.0

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._take(probs, logits)
        self._lims = lims
        super().__init__(self._param.shape, validate_args=validate_args)
        if probs is not None:
            vars(self)["probs"] = clamp_probs(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _outside_unstable_region(self) -> Tensor:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut_probs(self) -> Tensor:
        return where(self._outside_unstable_region(), self.probs, self._lims[0])

    def _or_series(self, exact: Tensor, series: Tensor) -> Tensor:
        return where(self._outside_unstable_region(), exact, series)

    def _cont_bern_log_norm(self) -> Tensor:
        """``ln C``."""
        p, x = self._cut_probs(), (self.probs - 0.5) ** 2
        exact = ((-p).log1p() - p.log()).abs().log() - (1 - 2 * p).abs().log()
        return self._or_series(exact, math.log(2) + (4 / 3 + 104 / 45 * x) * x)

    @property
    def mean(self) -> Tensor:
        p, x = self._cut_probs(), self.probs - 0.5
        exact = p / (2 * p - 1) + 1 / ((-p).log1p() - p.log())
        return self._or_series(exact, 0.5 + (1 / 3 + 16 / 45 * x**2) * x)

    @property
    def variance(self) -> Tensor:
        p, x = self._cut_probs(), (self.probs - 0.5) ** 2
        exact = p * (p - 1) / (1 - 2 * p) ** 2 + 1 / ((-p).log1p() - p.log()) ** 2
        return self._or_series(exact, 1 / 12 - (1 / 15 - 128 / 945 * x) * x)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.icdf(standard_uniform(self._extended_shape(sample_shape), self.probs))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return self._cont_bern_log_norm() - binary_cross_entropy_with_logits(logits, value, reduction="none")

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        p = self._cut_probs()
        exact = (p**value * (1 - p) ** (1 - value) + p - 1) / (2 * p - 1)
        inside = self._or_series(exact, value)
        return where(value <= 0, 0.0, where(value >= 1, 1.0, inside))

    def icdf(self, value: Tensor) -> Tensor:
        p = self._cut_probs()
        exact = ((value * (2 * p - 1) - p).log1p() - (-p).log1p()) / (p.log() - (-p).log1p())
        return self._or_series(exact, value)

    def entropy(self) -> Tensor:
        log_1, log_0 = self.probs.log(), (-self.probs).log1p()
        return self.mean * (log_0 - log_1) - self._cont_bern_log_norm() - log_0

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Any) -> Tensor:
        (x,) = natural_params
        outside = (x <= self._lims[0] - 0.5) | (x > self._lims[1] - 0.5)
        cut = where(outside, x, self._lims[0] - 0.5)
        exact = cut.expm1().abs().log() - cut.abs().log()
        return where(outside, exact, x / 2 + x**2 / 24 - x**4 / 2880)
