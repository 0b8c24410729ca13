"""The chi-squared distribution."""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from . import constraints
from .gamma import Gamma

__all__ = ["Chi2"]


class Chi2(Gamma):
    """The sum of k squares of standard normal numbers: a gamma distribution with α = k/2 and β = ½.

    df: k, the degrees of freedom.

    >>> autograd.distributions.Chi2(autograd.tensor([3.])).mean
    tensor([3.])
    """

    arg_constraints = {"df": constraints.positive}
    _batched = Gamma._batched

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        return self.concentration * 2
