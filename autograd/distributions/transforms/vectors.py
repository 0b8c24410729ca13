"""Transforms of vectors to the simplex: probabilities that add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...composed.activation import logsigmoid
from ...creation.ranges import arange
from ...ops.shape import constant_pad
from ...types.dtypes import finfo
from .. import constraints
from .base import Transform, cut
from .elementwise import clipped_sigmoid


class _ToSimplex(Transform):
    domain = constraints.real_vector
    codomain = constraints.simplex

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class SoftmaxTransform(_ToSimplex):
    """``yᵢ = e^xᵢ/Σe^xⱼ``; the inverse, ``ln y``, is one of many.

    >>> autograd.distributions.SoftmaxTransform()(autograd.tensor([0., 0.]))
    tensor([0.5000, 0.5000])
    """

    def _call(self, x: Any) -> Any:
        return x.softmax(-1)

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def forward_shape(self, shape: Sequence[int]) -> Any:
        cut(shape, 1)
        return shape

    inverse_shape = forward_shape


def _offsets(x: Any, count: int) -> Any:
    """``ln`` of count, count - 1, ..., 1: with them, x = 0 breaks a stick into pieces of one length."""
    return arange(count, 0, -1, dtype=x.dtype).log()


class StickBreakingTransform(_ToSimplex):
    """From a stick of length 1 break off one part after the other: ``yᵢ = zᵢ·Π(1 - zⱼ)`` over j < i.

    ``z = σ(x - ln(n - i))``, and the last y is what remains: a y has one element more than x.

    >>> autograd.distributions.StickBreakingTransform()(autograd.tensor([0., 0.]))
    tensor([0.3333, 0.3333, 0.3333])
    """

    bijective = True

    def _call(self, x: Any) -> Any:
        z = clipped_sigmoid(x - _offsets(x, x.shape[-1]))
        return constant_pad(z, (0, 1), 1.0) * constant_pad((1 - z).cumprod(-1), (1, 0), 1.0)

    def _inverse(self, y: Any) -> Any:
        parts = y[..., :-1]
        rest = (1 - parts.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return parts.log() - rest.log() + _offsets(y, parts.shape[-1])

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        x = x - _offsets(x, x.shape[-1])
        return (logsigmoid(x) - x + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Any:
        batch, (size,) = cut(shape, 1)
        return batch + (size + 1,)

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        batch, (size,) = cut(shape, 1)
        return batch + (size - 1,)
