"""The LKJ distribution: of correlation matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..composed.arithmetic import mvlgamma
from ..composed.diagonals import diag_embed
from ..creation.filled import zeros
from ..creation.ranges import arange
from ..engine.tensor import Tensor
from ..ops.joining import cat
from ..types.dtypes import finfo
from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import of_number, standard_normal

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """Cholesky factors of correlation matrices M of density proportional to ``|M|^(η-1)``: uniform for η = 1, close to
    the unit matrix for large η (Lewandowski, Kurowicka, Joe, 2009).

    dim: the size of the matrices, at least 2; ValueError if not. concentration: η.

    >>> m = autograd.distributions.LKJCholesky(3, 0.5)
    >>> L = m.sample()
    >>> (L @ L.mT).diagonal().allclose(autograd.ones(3))
    True
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky
    _batched = ("concentration", "_beta")

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        self.concentration = of_number(concentration)
        super().__init__(self.concentration.shape, (dim, dim), validate_args)
        # Of the squared distances from the diagonal, row by row; the first row has none.
        offset = arange(dim - 1, dtype=self.concentration.dtype)
        offset = cat([zeros(1, dtype=offset.dtype), offset])
        marginal = (self.concentration + 0.5 * (dim - 2)).unsqueeze(-1)
        self._beta = Beta(offset + 0.5, marginal - 0.5 * offset, validate_args=False)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """By the onion method: a direction, uniform on a sphere, and a distance for each row."""
        y = self._beta.sample(sample_shape).unsqueeze(-1)
        normal = standard_normal(self._extended_shape(sample_shape), y).tril(-1)
        directions = normal / (normal**2).sum(-1, True).sqrt().clamp(min=finfo(y.dtype).tiny)
        w = y.sqrt() * directions
        rest = (1 - (w**2).sum(-1)).clamp(min=finfo(w.dtype).tiny)
        return w + diag_embed(rest.sqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        eta, fewer = self.concentration, self.dim - 1
        diagonal = value.diagonal(dim1=-2, dim2=-1)[..., 1:]
        powers = 2 * (eta - 1).unsqueeze(-1) + arange(self.dim - 2, -1, -1, dtype=eta.dtype)
        alpha = eta + 0.5 * fewer
        normalizer = fewer * math.log(math.pi) / 2 + mvlgamma(alpha - 0.5, fewer) - alpha.lgamma() * fewer
        return (powers * diagonal.log()).sum(-1) - normalizer
