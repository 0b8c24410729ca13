"""The von Mises distribution: of directions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor, wrap
from ..ops.bessel import i0e, i1e
from ..types.dtypes import float64
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all, standard_uniform

__all__ = ["VonMises"]


class VonMises(Distribution):
    """Angles in [-π, π) of density ``e^(κ·cos(x-μ))/(2π·I₀(κ))``.

    loc: μ, the mean direction. concentration: κ. `log_prob` takes angles of any turn.

    >>> m = autograd.distributions.VonMises(0., autograd.tensor([1.]))
    >>> m.log_prob(autograd.tensor([0.])), m.variance
    (tensor([-1.0738]), tensor([0.5536]))
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False
    _batched = ("loc", "concentration")

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean direction."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """How far the mean of the directions, as points of the circle, is from the circle: ``1 - I₁(κ)/I₀(κ)``."""
        return 1 - i1e(self.concentration) / i0e(self.concentration)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        k = self.concentration
        # I₀(κ) is i0e(κ)·e^κ.
        return k * ((value - self.loc).cos() - 1) - math.log(2 * math.pi) - i0e(k).log()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """By Best and Fisher (1979): wrapped Cauchy angles are drawn until all are accepted."""
        shape = self._extended_shape(sample_shape)
        loc, k = (np.broadcast_to(x.array, shape).astype(np.float64) for x in (self.loc, self.concentration))
        with np.errstate(divide="ignore", invalid="ignore"):
            tau = 1 + np.sqrt(1 + 4 * k * k)
            rho = (tau - np.sqrt(2 * tau)) / (2 * k)
            r = np.where(k < 1e-5, 1 / k + k, (1 + rho * rho) / (2 * rho))
            angles, done = np.zeros(shape), np.zeros(shape, bool)
            like = self.loc.detach().to(float64)
            while not done.all():
                with no_grad():
                    u1, u2, u3 = standard_uniform((3, *shape), like).array
                z = np.cos(math.pi * u1)
                f = (1 + r * z) / (r + z)
                c = k * (r - f)
                accepted = (c * (2 - c) - u2 > 0) | (np.log(c / u2) + 1 - c >= 0)
                angles = np.where(accepted, np.sign(u3 - 0.5) * np.arccos(f), angles)
                # What is no direction or concentration has no sample.
                done = done | accepted | np.isnan(loc + r)
        wrapped = (angles + math.pi + loc) % (2 * math.pi) - math.pi
        return wrap(wrapped.astype(self.loc.array.dtype), None)
