"""Transforms of numbers, each on its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...composed.joining import broadcast_shapes
from ...creation.filled import full_like
from ...engine.tensor import Tensor
from ...ops.activation import softplus
from ...ops.pointwise import sigmoid
from ...types.dtypes import finfo
from .. import constraints
from ..utils import is_number, of_number
from .base import Transform, widened


class _Elementwise(Transform):
    """One without parameters: all of a class are alike."""

    domain: Any = constraints.real
    codomain: Any = constraints.real

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class ExpTransform(_Elementwise):
    """``y = eˣ``.

    >>> autograd.distributions.ExpTransform().inv(autograd.tensor([1.]))
    tensor([0.])
    """

    codomain = constraints.positive
    bijective = True
    sign = +1

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x


def clipped_sigmoid(x: Any) -> Any:
    """``1/(1 + e⁻ˣ)``, kept off 0 and 1."""
    limits = finfo(x.dtype)
    return sigmoid(x).clamp(min=limits.tiny, max=1 - limits.eps)


class SigmoidTransform(_Elementwise):
    """``y = 1/(1 + e⁻ˣ)``, kept off 0 and 1.

    >>> autograd.distributions.SigmoidTransform()(autograd.tensor([0.]))
    tensor([0.5000])
    """

    codomain = constraints.unit_interval
    bijective = True
    sign = +1

    def _call(self, x: Any) -> Any:
        return clipped_sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        limits = finfo(y.dtype)
        y = y.clamp(min=limits.tiny, max=1 - limits.eps)
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -softplus(-x) - softplus(x)


class SoftplusTransform(_Elementwise):
    """``y = ln(1 + eˣ)``.

    >>> autograd.distributions.SoftplusTransform()(autograd.tensor([0.]))
    tensor([0.6931])
    """

    codomain = constraints.positive
    bijective = True
    sign = +1

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inverse(self, y: Any) -> Any:
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -softplus(-x)


class TanhTransform(_Elementwise):
    """``y = tanh x``.

    >>> autograd.distributions.TanhTransform().log_abs_det_jacobian(autograd.tensor([0.]), None)
    tensor([0.])
    """

    codomain = constraints.interval(-1.0, 1.0)
    bijective = True
    sign = +1

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inverse(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        # ln(1 - tanh²x), where nothing is subtracted that is nearly the same.
        return 2 * (math.log(2) - x - softplus(-2 * x))


class AbsTransform(_Elementwise):
    """``y = |x|``; the inverse is the x that is not negative.

    >>> autograd.distributions.AbsTransform()(autograd.tensor([-1.]))
    tensor([1.])
    """

    codomain = constraints.positive

    def _call(self, x: Any) -> Any:
        return x.abs()

    def _inverse(self, y: Any) -> Any:
        return y


class PowerTransform(Transform):
    """``y = x^exponent`` of positive numbers.

    >>> autograd.distributions.PowerTransform(2)(autograd.tensor([3.]))
    tensor([9.])
    """

    domain = constraints.positive
    codomain = constraints.positive
    bijective = True

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.exponent = of_number(exponent)

    @property
    def sign(self) -> Any:
        return self.exponent.sign()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PowerTransform) and bool((self.exponent == other.exponent).all())

    __hash__ = Transform.__hash__

    def _call(self, x: Any) -> Any:
        return x**self.exponent

    def _inverse(self, y: Any) -> Any:
        return y ** (1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape: Sequence[int]) -> Any:
        return broadcast_shapes(tuple(shape), self.exponent.shape)

    inverse_shape = forward_shape


class AffineTransform(Transform):
    """``y = loc + scale·x``, with numbers or Tensors; ``event_dim`` dimensions make up one value.

    >>> autograd.distributions.AffineTransform(1., 2.)(autograd.tensor([3.]))
    tensor([7.])
    """

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:
        return widened(constraints.real, self.event_dim)

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:
        return widened(constraints.real, self.event_dim)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AffineTransform):
            return False
        same = (self.loc == other.loc, self.scale == other.scale)
        return all(bool(each.all()) if isinstance(each, Tensor) else each for each in same)

    __hash__ = Transform.__hash__

    @property
    def sign(self) -> Any:
        if is_number(self.scale):
            return (self.scale > 0) - (self.scale < 0)
        return self.scale.sign()

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        number = is_number(self.scale)
        slope = full_like(x, math.log(abs(self.scale))) if number else self.scale.abs().log().expand(x.shape)
        return slope.sum(tuple(range(-self.event_dim, 0))) if self.event_dim else slope

    def forward_shape(self, shape: Sequence[int]) -> Any:
        shapes = [getattr(part, "shape", ()) for part in (self.loc, self.scale)]
        return broadcast_shapes(tuple(shape), *shapes)

    inverse_shape = forward_shape
