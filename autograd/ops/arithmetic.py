"""Arithmetic on two numbers, element by element, with broadcasting."""

from __future__ import annotations

import operator

import numpy as np

from ..dtypes import numpy_dtype
from .op import op
from .pointwise import log, trunc, zero
from .shape import cast


@op(symbol="+", derivative=("∂(x+y)/∂x = 1", "∂(x+y)/∂y = 1"), scalar=operator.add)
def add(x, y):
    """``x + y``, or ``x + alpha·y``.

    >>> autograd.tensor([1., 2.]) + 10
    tensor([11., 12.])
    """
    return x + y


add.elementwise(lambda g, out, x, y: g,
                lambda g, out, x, y: g)  # fmt: skip
add.keyword(alpha=lambda x, y, alpha: x + y * alpha)


@op(symbol="-", derivative=("∂(x-y)/∂x = 1", "∂(x-y)/∂y = -1"), aliases=("subtract",), scalar=operator.sub)
def sub(x, y):
    """``x - y``, or ``x - alpha·y``; RuntimeError for bools.

    >>> autograd.tensor([1., 2.]) - 10
    tensor([-9., -8.])
    """
    if getattr(x, "dtype", None) == np.bool_ and getattr(y, "dtype", None) == np.bool_:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported; use the `^` operator"
        )
    return x - y


sub.elementwise(lambda g, out, x, y: g,
                lambda g, out, x, y: -g)  # fmt: skip
sub.keyword(alpha=lambda x, y, alpha: x - y * alpha)


@op(symbol="×", derivative=("∂(x·y)/∂x = y", "∂(x·y)/∂y = x"), aliases=("multiply",), scalar=operator.mul)
def mul(x, y):
    """``x · y``.

    >>> autograd.tensor([1., 2.]) * 10
    tensor([10., 20.])
    """
    return x * y


mul.elementwise(lambda g, out, x, y: g * y,
                lambda g, out, x, y: g * x)  # fmt: skip


@op(
    symbol="÷",
    derivative=("∂(x/y)/∂x = 1/y", "∂(x/y)/∂y = -x/y²"),
    floating=True,
    aliases=("divide", "true_divide"),
    scalar=operator.truediv,
)
def div(x, y):
    """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0).

    >>> autograd.tensor([1, 2]) / 4
    tensor([0.2500, 0.5000])
    """
    return x / y


div.elementwise(lambda g, out, x, y: g / y,
                lambda g, out, x, y: -g * (out / y))  # fmt: skip
div.keyword(rounding_mode=lambda x, y, rounding_mode: rounded_quotient(x, y, rounding_mode))


def rounded_quotient(x, y, rounding_mode):
    """``x / y``, rounded down ("floor") or towards 0 ("trunc"), or not (None)."""
    if rounding_mode is None:
        return div(x, y)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(f"div: rounding_mode must be None, 'trunc' or 'floor', not {rounding_mode!r}")
    down = floor_divide(x, y)
    if rounding_mode == "floor":
        return down
    if numpy_dtype(down.dtype).kind == "f":
        return trunc(div(x, y))
    return where((down < 0) & (down * y != x), down + 1, down)


@op(symbol="⌊÷⌋", derivative=("∂⌊x/y⌋/∂x = 0", "∂⌊x/y⌋/∂y = 0"))
def floor_divide(x, y):
    """``⌊x / y⌋``; RuntimeError for an integer divided by 0.

    >>> autograd.tensor([7, -7]) // 2
    tensor([ 3, -4])
    """
    refuse_zero_integer(x, y)
    return np.floor_divide(x, y)


floor_divide.elementwise(lambda g, out, x, y: zero(g),
                         lambda g, out, x, y: zero(g))  # fmt: skip


@op(symbol="mod", derivative=("∂(x mod y)/∂x = 1", "∂(x mod y)/∂y = -⌊x/y⌋"))
def remainder(x, y):
    """``x - y·⌊x / y⌋``, which has the sign of y; RuntimeError for an integer divided by 0.

    >>> autograd.tensor([7, -7]) % 3
    tensor([1, 2])
    """
    refuse_zero_integer(x, y)
    return np.remainder(x, y)


remainder.elementwise(lambda g, out, x, y: g,
                      lambda g, out, x, y: -g * floor_divide(x, y))  # fmt: skip


def refuse_zero_integer(x, y):
    """Raise RuntimeError where NumPy would make 0 of an integer divided by 0."""
    if np.result_type(x, y).kind in "iub" and not np.all(y):
        raise RuntimeError("ZeroDivisionError: integer division or modulo by zero")


@op(symbol="^", derivative=("∂(xʸ)/∂x = y·xʸ⁻¹", "∂(xʸ)/∂y = xʸ·ln x"), scalar=operator.pow)
def pow(x, y):
    """``xʸ``; RuntimeError for an integer to a negative integer.

    >>> autograd.tensor([1., 2., 3.]) ** 2
    tensor([1., 4., 9.])
    """
    kind = np.result_type(x, y).kind
    if kind == "b":
        return np.logical_or(x, np.logical_not(y))
    if kind in "iu" and np.any(np.less(y, 0)):
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return x**y


pow.elementwise(lambda g, out, x, y: g * power_slope(x, y),
                lambda g, out, x, y: g * where((x == 0) & (y >= 0), 0.0, out * log(x)))  # fmt: skip


def power_slope(x, y):
    """``y·xʸ⁻¹``, and 0 for the power 0 even where x is 0."""
    if isinstance(y, (int, float)):
        return zero(x) if y == 0 else x ** (y - 1) * y
    return where(y == 0, 0.0, y * x ** (y - 1))


@op(derivative=("1 where x > y, ½ where equal, else 0", "1 where y > x, ½ where equal, else 0"))
def maximum(x, y):
    """The larger of the two; NaN if either is.

    >>> autograd.tensor([1., 5.]).maximum(autograd.tensor([3., 2.]))
    tensor([3., 5.])
    """
    return np.maximum(x, y)


@op(derivative=("1 where x < y, ½ where equal, else 0", "1 where y < x, ½ where equal, else 0"))
def minimum(x, y):
    """The smaller of the two; NaN if either is.

    >>> autograd.tensor([1., 5.]).minimum(autograd.tensor([3., 2.]))
    tensor([1., 2.])
    """
    return np.minimum(x, y)


def share_of(g, lost, equal):
    """Nothing of ``g`` where the comparison is ``lost``, half where the two are ``equal``, else (beside NaN) all."""
    return g * (1 - cast(lost, g.dtype) - cast(equal, g.dtype) * 0.5)


maximum.elementwise(lambda g, out, x, y: share_of(g, x < y, x == y),
                    lambda g, out, x, y: share_of(g, x > y, x == y))  # fmt: skip
minimum.elementwise(lambda g, out, x, y: share_of(g, x > y, x == y),
                    lambda g, out, x, y: share_of(g, x < y, x == y))  # fmt: skip


@op(
    derivative=("", "1 where the condition holds, else 0", "0 where the condition holds, else 1"),
    scalar=lambda condition, x, y: x if condition else y,
)
def where(condition, x, y):
    """``x`` where the condition (a bool Tensor) holds, else ``y``; RuntimeError for a condition of another dtype.

    >>> autograd.where(autograd.tensor([True, False]), 1., 2.)
    tensor([1., 2.])
    """
    if getattr(condition, "dtype", np.bool_) != np.bool_:
        raise RuntimeError(f"expected condition to be a bool Tensor, but got one of {condition.dtype}")
    return np.where(condition, x, y)


where.elementwise(None,
                  lambda g, out, condition, x, y: where(condition, g, 0.0),
                  lambda g, out, condition, x, y: where(condition, 0.0, g))  # fmt: skip


@op(
    derivative=("1 where min ≤ x ≤ max, else 0", "1 where x < min, else 0", "1 where x > max, else 0"),
    aliases=("clip",),
)
def clamp(x, min=None, max=None):
    """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None.

    >>> autograd.tensor([-2., 0.5, 2.]).clamp(0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("At least one of 'min' or 'max' must not be None")
    if min is not None:
        x = np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


def inside(x, min, max):
    """Where ``x`` is not cut off."""
    if min is None:
        return x <= max
    return x >= min if max is None else (x >= min) & (x <= max)


clamp.elementwise(
    lambda g, out, x, min, max: where(inside(x, min, max), g, 0.0),
    lambda g, out, x, min, max: where(x < min if max is None else (x < min) & (min < max), g, 0.0),
    lambda g, out, x, min, max: where(x > max if min is None else (x > max) | (max < min), g, 0.0),
)
