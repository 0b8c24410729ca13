"""Arithmetic on two numbers, element by element, with broadcasting."""

from __future__ import annotations

import operator
import warnings

import numpy as np

from ..kernels.choice import choose
from ..types.dtypes import numpy_dtype
from .op import op
from .pointwise import exp2, log, of_kind, sigmoid, zero
from .rounding import trunc


def times(y, alpha, x):
    """``alpha·y``, which is to be added to ``x``; RuntimeError for an alpha that their dtype doesn't know."""
    kinds = {np.dtype(value.dtype.dtype if hasattr(value.dtype, "dtype") else value.dtype).kind
             for value in (x, y) if hasattr(value, "dtype")}  # fmt: skip
    if isinstance(alpha, bool) and kinds != {"b"}:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and "f" not in kinds:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return y * alpha


@op(symbol="+", derivative=("∂(x+y)/∂x = 1", "∂(x+y)/∂y = 1"), scalar=operator.add)
def add(x, y):
    """``x + y``, or ``x + alpha·y``.

    >>> autograd.tensor([1., 2.]) + 10
    tensor([11., 12.])
    """
    return x + y


add.elementwise(lambda g, out, x, y: g,
                lambda g, out, x, y: g)  # fmt: skip
add.keyword(alpha=lambda x, y, alpha: x + times(y, alpha, x))


@op(
    symbol="-",
    derivative=("∂(x-y)/∂x = 1", "∂(x-y)/∂y = -1"),
    aliases=("subtract",),
    scalar=operator.sub,
    no_bools="Subtraction, the `-` operator, with a bool tensor is not supported; `~` inverts a mask",
)
def sub(x, y):
    """``x - y``, or ``x - alpha·y``; RuntimeError for bools.

    >>> autograd.tensor([1., 2.]) - 10
    tensor([-9., -8.])
    """
    try:
        return x - y
    except TypeError:
        # NumPy knows how to subtract everything else.
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported; use the `^` operator"
        ) from None


sub.elementwise(lambda g, out, x, y: g,
                lambda g, out, x, y: -g)  # fmt: skip
sub.keyword(alpha=lambda x, y, alpha: x - times(y, alpha, x))


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


# Of the arguments, not of the result: that may be overwritten.
div.elementwise(lambda g, out, x, y: g / y,
                lambda g, out, x, y: -g * (x / y / y))  # fmt: skip
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


@op(symbol="fmod", derivative=("∂(x fmod y)/∂x = 1", "∂(x fmod y)/∂y = -trunc(x/y)"))
def fmod(x, y):
    """``x - y·trunc(x / y)``, which has the sign of x; RuntimeError for an integer divided by 0.

    >>> autograd.tensor([7, -7]).fmod(3)
    tensor([ 1, -1])
    """
    refuse_zero_integer(x, y)
    return np.fmod(x, y)


fmod.elementwise(lambda g, out, x, y: g,
                 lambda g, out, x, y: -g * trunc(x / y))  # fmt: skip


def refuse_zero_integer(x, y):
    """Raise RuntimeError where NumPy would make 0 of an integer divided by 0; NotImplementedError for bools."""
    if np.result_type(of_kind("iuf", x), y).kind in "iu" and not np.all(y):
        raise RuntimeError("ZeroDivisionError: integer division or modulo by zero")


@op(symbol="^", derivative=("∂(xʸ)/∂x = y·xʸ⁻¹", "∂(xʸ)/∂y = xʸ·ln x"), scalar=operator.pow)
def pow(x, exponent):
    """``xʸ``, y being the exponent; RuntimeError for integers to a negative Python integer.

    >>> autograd.tensor([1., 2., 3.]) ** 2
    tensor([1., 4., 9.])
    """
    kind = np.result_type(x, exponent).kind
    if kind == "b":
        return np.logical_or(x, np.logical_not(exponent))
    if kind in "iu" and np.any(np.less(exponent, 0)):
        if isinstance(exponent, int):
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        # What is left of 1/xʸ in integers: all of it for ±1, else nothing.
        unit = np.where(np.abs(x) == 1, np.where(exponent % 2 == 0, 1, x), 0)
        made = np.where(exponent < 0, unit, x ** np.maximum(exponent, 0))
        return made.astype(np.result_type(x, exponent))
    return x**exponent


pow.elementwise(lambda g, out, x, y: g * power_slope(x, y),
                lambda g, out, x, y: g * where((x == 0) & (y >= 0), 0.0, out * log(x)))  # fmt: skip


def power_slope(x, y):
    """``y·xʸ⁻¹``, and 0 for the power 0 even where x is 0."""
    if isinstance(y, (int, float)):
        return zero(x) if y == 0 else x ** (y - 1) * y
    return where(y == 0, 0.0, y * x ** (y - 1))


@op(
    symbol="lerp",
    alike=True,
    derivative=("∂out/∂x = 1 - weight", "∂out/∂end = weight", "∂out/∂weight = end - x"),
)
def lerp(x, end, weight):
    """``x + weight·(end - x)``: from ``x`` to ``end`` as the weight goes from 0 to 1.

    >>> autograd.tensor([0., 10.]).lerp(autograd.tensor([10., 20.]), 0.25)
    tensor([ 2.5000, 12.5000])
    """
    way = end - of_kind("f", x)
    # Exact at both ends.
    return np.where(np.abs(weight) < 0.5, x + weight * way, end - way * (1 - weight))


lerp.elementwise(lambda g, out, x, end, weight: g * (1 - weight),
                 lambda g, out, x, end, weight: g * weight,
                 lambda g, out, x, end, weight: g * (end - x))  # fmt: skip


@op(symbol="ln(eˣ+eʸ)", derivative=("∂out/∂x = σ(x-y)", "∂out/∂y = σ(y-x)"))
def logaddexp(x, y):
    """``ln(eˣ + eʸ)``, without overflow; NotImplementedError for integers.

    >>> autograd.tensor([0., 1000.]).logaddexp(autograd.tensor([0., 1000.]))
    tensor([6.9315e-01, 1.0007e+03])
    """
    return np.logaddexp(of_kind("f", x, y), y)


logaddexp.elementwise(lambda g, out, x, y: g * sigmoid(x - y),
                      lambda g, out, x, y: g * sigmoid(y - x))  # fmt: skip


@op(symbol="log₂(2ˣ+2ʸ)", derivative=("∂out/∂x = 1/(1+2ʸ⁻ˣ)", "∂out/∂y = 1/(1+2ˣ⁻ʸ)"))
def logaddexp2(x, y):
    """``log₂(2ˣ + 2ʸ)``, without overflow; NotImplementedError for integers.

    >>> autograd.tensor([0., 3.]).logaddexp2(autograd.tensor([0., 3.]))
    tensor([1., 4.])
    """
    return np.logaddexp2(of_kind("f", x, y), y)


logaddexp2.elementwise(lambda g, out, x, y: g / (exp2(y - x) + 1),
                       lambda g, out, x, y: g / (exp2(x - y) + 1))  # fmt: skip


@op(
    derivative=("", "1 where the condition holds, else 0", "0 where the condition holds, else 1"),
    level="internal",
    scalar=lambda condition, x, y: x if condition else y,
)
def where(condition, x, y):
    """``x`` where the condition (a bool Tensor) holds, else ``y``; RuntimeError for a condition of another dtype.

    >>> autograd.where(autograd.tensor([True, False]), 1., 2.)
    tensor([1., 2.])
    """
    if getattr(condition, "dtype", np.bool_) == np.uint8:
        warnings.warn("where: a condition of uint8 is deprecated; use one of bools", stacklevel=4)
    elif getattr(condition, "dtype", np.bool_) != np.bool_:
        raise RuntimeError(f"expected condition to be a bool Tensor, but got one of {condition.dtype}")
    return choose(condition, x, y)


where.elementwise(None,
                  lambda g, out, condition, x, y: where(condition, g, 0.0),
                  lambda g, out, condition, x, y: where(condition, 0.0, g))  # fmt: skip
