"""Divergences of distributions of two families; inf where p has values that q can't have."""

from __future__ import annotations

import math
from typing import Any

from ..composed.joining import broadcast_shapes
from ..creation.filled import full
from ..ops.arithmetic import where
from ..ops.special import xlogy
from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .continuous_bernoulli import ContinuousBernoulli
from .exponential import Exponential
from .gamma import Gamma
from .gumbel import Gumbel
from .kl import register_kl
from .laplace import Laplace
from .normal import Normal
from .pareto import Pareto
from .poisson import Poisson
from .uniform import Uniform
from .utils import euler_constant

# Of p, whose values these can't all have.
_INFINITE: dict[type[Any], tuple[type[Any], ...]] = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}


def _infinity(p: Any, q: Any) -> Any:
    return full(broadcast_shapes(p.batch_shape, q.batch_shape), math.inf, dtype=p.mean.dtype)


for _p, _all_q in _INFINITE.items():
    for _q in _all_q:
        register_kl(_p, _q)(_infinity)


def _gamma_normalizer(q: Any) -> Any:
    """``ln Γ(α) - α·ln β``, by which a gamma density is divided."""
    return q.concentration.lgamma() - q.concentration * q.rate.log()


def _to_normal(p: Any, q: Any, mean: Any, variance: Any) -> Any:
    """To a normal distribution only the mean and the variance of p count, beside its entropy."""
    squares = variance + (mean - q.loc) ** 2
    return 0.5 * (math.log(2 * math.pi) + squares / q.scale**2) + q.scale.log() - p.entropy()


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


@register_kl(Beta, ContinuousBernoulli)
def _beta_continuous_bernoulli(p: Any, q: Any) -> Any:
    return -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._cont_bern_log_norm()


@register_kl(Beta, Exponential)
@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Gamma, Exponential)
def _mean_exponential(p: Any, q: Any) -> Any:
    return q.rate * p.mean - q.rate.log() - p.entropy()


@register_kl(Beta, Gamma)
def _beta_gamma(p: Any, q: Any) -> Any:
    expected_log = p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma()
    return _gamma_normalizer(q) - (q.concentration - 1) * expected_log + q.rate * p.mean - p.entropy()


@register_kl(Beta, Normal)
@register_kl(ContinuousBernoulli, Normal)
@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
@register_kl(Gumbel, Normal)
@register_kl(Laplace, Normal)
@register_kl(Uniform, Normal)
def _moments_normal(p: Any, q: Any) -> Any:
    return _to_normal(p, q, p.mean, p.variance)


@register_kl(Beta, Uniform)
@register_kl(ContinuousBernoulli, Uniform)
def _unit_interval_uniform(p: Any, q: Any) -> Any:
    result = (q.high - q.low).log() - p.entropy()
    return where((q.low > 0) | (q.high < 1), math.inf, result)


@register_kl(Exponential, Gamma)
def _exponential_gamma(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    shape = q.concentration.lgamma() + q.concentration * (euler_constant - ratio.log())
    return shape + ratio - (1 + euler_constant)


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p: Any, q: Any) -> Any:
    product, place = p.rate * q.scale, q.loc / q.scale
    return product.log() - 1 - place + place.exp() * product / (product + 1) + 1 / product


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p: Any, q: Any) -> Any:
    a, product, place = p.concentration, p.rate * q.scale, q.loc / q.scale
    shape = (a - 1) * a.digamma() - a.lgamma() - a
    expected = place.exp() * (1 + 1 / product) ** -a
    return shape + product.log() + a / product + expected - place


@register_kl(Normal, Gumbel)
def _normal_gumbel(p: Any, q: Any) -> Any:
    variance, distance = (p.scale / q.scale) ** 2, (p.loc - q.loc) / q.scale
    return distance + (0.5 * variance - distance).exp() - 0.5 * (variance.log() + 1 + math.log(2 * math.pi))


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    distance = p.loc - q.loc
    relative = distance / p.scale
    # The expected distance from the middle of q.
    spread = math.sqrt(2 / math.pi) * p.scale * (-0.5 * relative**2).exp()
    expected = spread + distance * (math.sqrt(0.5) * relative).erf()
    return expected / q.scale - (p.scale / q.scale).log() - 0.5 * (1 + math.log(0.5 * math.pi))


@register_kl(Pareto, Exponential)
def _pareto_exponential(p: Any, q: Any) -> Any:
    product = p.scale * q.rate
    result = (p.alpha / product).log() - 1 / p.alpha + p.alpha * product / (p.alpha - 1) - 1
    return where(p.alpha <= 1, math.inf, result)


@register_kl(Pareto, Gamma)
def _pareto_gamma(p: Any, q: Any) -> Any:
    expected_log = p.scale.log() + 1 / p.alpha
    rest = _gamma_normalizer(q) + (1 - q.concentration) * expected_log + q.rate * p.alpha * p.scale / (p.alpha - 1)
    return where(p.alpha <= 1, math.inf, p.alpha.log() - expected_log + rest - 1)


@register_kl(Pareto, Normal)
def _pareto_normal(p: Any, q: Any) -> Any:
    return where(p.alpha <= 2, math.inf, _to_normal(p, q, p.mean, p.variance))


def _mean_log(low: Any, high: Any) -> Any:
    """The mean of ``ln x`` for x between ``low`` and ``high``."""
    return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Any:
    a, b = q.concentration1, q.concentration0
    normalizer = a.lgamma() + b.lgamma() - (a + b).lgamma()
    expected = (a - 1) * _mean_log(p.low, p.high) + (b - 1) * _mean_log(1 - p.high, 1 - p.low)
    return where((p.high > 1) | (p.low < 0), math.inf, normalizer - expected - p.entropy())


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_continuous_bernoulli(p: Any, q: Any) -> Any:
    result = -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._cont_bern_log_norm()
    return where((p.high > 1) | (p.low < 0), math.inf, result)


@register_kl(Uniform, Exponential)
def _uniform_exponential(p: Any, q: Any) -> Any:
    return where(p.low < 0, math.inf, _mean_exponential(p, q))


@register_kl(Uniform, Gamma)
def _uniform_gamma(p: Any, q: Any) -> Any:
    expected = (1 - q.concentration) * _mean_log(p.low, p.high) + q.rate * p.mean
    return where(p.low < 0, math.inf, _gamma_normalizer(q) + expected - p.entropy())


@register_kl(Uniform, Gumbel)
def _uniform_gumbel(p: Any, q: Any) -> Any:
    ratio = q.scale / (p.high - p.low)
    high, low = (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    return ratio.log() + 0.5 * (high + low) - ratio * ((-high).exp() - (-low).exp())


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Any:
    result = (q.alpha + 1) * _mean_log(p.low, p.high) - (q.alpha * q.scale**q.alpha).log() - p.entropy()
    return where(p.low < q.scale, math.inf, result)
