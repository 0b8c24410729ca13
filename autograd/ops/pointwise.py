"""Functions of one number, element by element."""

from __future__ import annotations

import math
import operator

import numpy as np

from ..kernels import activation as kernels
from .op import op


def of_kind(kinds, x, *others):
    """``x``, unless it or one of the ``others`` is an array of another kind than ``kinds``, in NumPy's letters.

    "b" is bools, "i" and "u" are integers, "f" floats.
    """
    for value in (x, *others):
        dtype = getattr(value, "dtype", None)
        if dtype is not None and dtype.kind not in kinds:
            raise NotImplementedError(f"not implemented for {dtype}")
    return x


@op(symbol="eˣ", derivative="∂(eˣ)/∂x = eˣ", floating=True, scalar=math.exp)
def exp(x):
    """``eˣ``.

    >>> autograd.tensor([0., 1.]).exp()
    tensor([1.0000, 2.7183])
    """
    return np.exp(x)


exp.elementwise(lambda g, out, x: g * out)


@op(symbol="2ˣ", derivative="∂(2ˣ)/∂x = 2ˣ·ln 2", floating=True, aliases=("special.exp2",))
def exp2(x):
    """``2ˣ``.

    >>> autograd.tensor([0., 3.]).exp2()
    tensor([1., 8.])
    """
    return np.exp2(x)


exp2.elementwise(lambda g, out, x: g * out * math.log(2))


@op(symbol="eˣ-1", derivative="∂(eˣ-1)/∂x = eˣ", floating=True, aliases=("special.expm1",))
def expm1(x):
    """``eˣ - 1``, accurate near 0.

    >>> autograd.tensor([0., 1.]).expm1()
    tensor([0.0000, 1.7183])
    """
    return np.expm1(x)


expm1.elementwise(lambda g, out, x: g * (out + 1))


@op(symbol="ln", derivative="∂(ln x)/∂x = 1/x", floating=True, scalar=math.log)
def log(x):
    """The natural logarithm.

    >>> autograd.tensor([1., 2.]).log()
    tensor([0.0000, 0.6931])
    """
    return np.log(x)


log.elementwise(lambda g, out, x: g / x)


@op(symbol="ln(1+x)", derivative="∂ln(1+x)/∂x = 1/(1+x)", floating=True, aliases=("special.log1p",))
def log1p(x):
    """``ln(1 + x)``, accurate near 0.

    >>> autograd.tensor([0., 1.]).log1p()
    tensor([0.0000, 0.6931])
    """
    return np.log1p(x)


log1p.elementwise(lambda g, out, x: g / (x + 1))


@op(symbol="log₂", derivative="∂(log₂ x)/∂x = 1/(x·ln 2)", floating=True)
def log2(x):
    """The logarithm to base 2.

    >>> autograd.tensor([1., 8.]).log2()
    tensor([0., 3.])
    """
    return np.log2(x)


log2.elementwise(lambda g, out, x: g / (x * math.log(2)))


@op(symbol="log₁₀", derivative="∂(log₁₀ x)/∂x = 1/(x·ln 10)", floating=True)
def log10(x):
    """The logarithm to base 10.

    >>> autograd.tensor([1., 2.]).log10()
    tensor([0.0000, 0.3010])
    """
    return np.log10(x)


log10.elementwise(lambda g, out, x: g / (x * math.log(10)))


@op(symbol="√", derivative="∂(√x)/∂x = 1/(2√x)", floating=True, scalar=math.sqrt)
def sqrt(x):
    """The square root.

    >>> autograd.tensor([4., 9.]).sqrt()
    tensor([2., 3.])
    """
    return np.sqrt(x)


sqrt.elementwise(lambda g, out, x: g / (out * 2))


@op(symbol="1/√x", derivative="∂(1/√x)/∂x = -1/(2x√x)", floating=True)
def rsqrt(x):
    """``1/√x``.

    >>> autograd.tensor([4., 16.]).rsqrt()
    tensor([0.5000, 0.2500])
    """
    return 1 / np.sqrt(x)


rsqrt.elementwise(lambda g, out, x: g * out * out * out * -0.5)


@op(symbol="x²", derivative="∂(x²)/∂x = 2x", scalar=lambda x: x * x, backward="PowBackward0")
def square(x):
    """``x²``; of bools, as integers.

    >>> autograd.tensor([-2., 3.]).square()
    tensor([4., 9.])
    """
    return x.astype(np.int64) if x.dtype.kind == "b" else x * x


square.elementwise(lambda g, out, x: g * (x * 2))


@op(symbol="1/x", derivative="∂(1/x)/∂x = -1/x²", floating=True, scalar=lambda x: 1 / x)
def reciprocal(x):
    """``1/x``.

    >>> autograd.tensor([2., 4.]).reciprocal()
    tensor([0.5000, 0.2500])
    """
    return 1 / x


reciprocal.elementwise(lambda g, out, x: -g * out * out)


@op(
    symbol="σ",
    derivative="∂σ(x)/∂x = σ(x)·(1 - σ(x))",
    floating=True,
    aliases=("special.expit", "nn.functional.sigmoid"),
    scalar=lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
)
def sigmoid(x):
    """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1.

    >>> autograd.tensor([-2., 0., 2.]).sigmoid()
    tensor([0.1192, 0.5000, 0.8808])
    """
    return kernels.sigmoid(x)


def sigmoid_slope(g, s):
    """``g·s·(1 - s)``, s the sigmoid: of arrays in one pass, of Tensors in ops that have derivatives themselves."""
    return kernels.sigmoid_slope(g, s) if isinstance(g, np.ndarray) else g * (s * (1 - s))


sigmoid.elementwise(lambda g, out, x: sigmoid_slope(g, out))


@op(symbol="0", derivative="∂0/∂x = 0", level="internal", scalar=lambda x: 0.0)
def zero(x):
    """0 for each element, whatever it is: the gradient of a step."""
    return np.zeros_like(x)


zero.linear(lambda g, out, x: zero(g))


@op(symbol="sign", derivative="∂(sign x)/∂x = 0", aliases=("sgn",), scalar=lambda x: math.copysign(1.0, x) if x else x)
def sign(x):
    """-1, 0 or 1; 0 for NaN.

    >>> autograd.tensor([-2., 0., 3.]).sign()
    tensor([-1.,  0.,  1.])
    """
    return ((x > 0) * np.int8(1) - (x < 0)).astype(x.dtype)


sign.elementwise(lambda g, out, x: zero(g))


@op(symbol="|x|", derivative="∂|x|/∂x = sign x", aliases=("absolute",), scalar=operator.abs)
def abs(x):
    """The absolute value; NotImplementedError for bools.

    >>> autograd.tensor([-2., 3.]).abs()
    tensor([2., 3.])
    """
    return np.abs(of_kind("iuf", x))


abs.elementwise(lambda g, out, x: g * sign(x))


@op(symbol="-", derivative="∂(-x)/∂x = -1", aliases=("negative",), scalar=operator.neg)
def neg(x):
    """``-x``; RuntimeError for bools.

    >>> -autograd.tensor([1., -2.])
    tensor([-1.,  2.])
    """
    if x.dtype.kind == "b":
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported; use the `~` operator")
    return np.negative(x)


neg.elementwise(lambda g, out, x: -g)


@op(view=True, symbol="+", derivative="∂x/∂x = 1")
def positive(x):
    """``x`` itself; RuntimeError for bools.

    >>> +autograd.tensor([1., -2.])
    tensor([ 1., -2.])
    """
    if x.dtype.kind == "b":
        raise RuntimeError("the `+` operator on a bool tensor is not supported")
    return x[...]


positive.linear(lambda g, out, x: g)


@op(symbol="·2ⁿ", derivative="∂(x·2ⁿ)/∂x = 2ⁿ", level="internal")
def shifted(x, exponent):
    """``x·2ᵉ``, exact even where 2ᵉ itself would overflow; the exponents are integers."""
    return np.ldexp(x, exponent)


shifted.elementwise(lambda g, out, x, exponent: shifted(g, exponent), None)
