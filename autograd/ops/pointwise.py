"""Functions of one number, element by element."""

from __future__ import annotations

import math
import operator

import numpy as np

from .op import op


@op(symbol="eˣ", derivative="∂(eˣ)/∂x = eˣ", floating=True, scalar=math.exp)
def exp(x):
    """``eˣ``.

    >>> autograd.tensor([0., 1.]).exp()
    tensor([1.0000, 2.7183])
    """
    return np.exp(x)


exp.elementwise(lambda g, out, x: g * out)


@op(symbol="eˣ-1", derivative="∂(eˣ-1)/∂x = eˣ", floating=True)
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


@op(symbol="ln(1+x)", derivative="∂ln(1+x)/∂x = 1/(1+x)", floating=True)
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


@op(symbol="sin", derivative="∂(sin x)/∂x = cos x", floating=True, scalar=math.sin)
def sin(x):
    """The sine of an angle in radians.

    >>> autograd.tensor([0., 1.]).sin()
    tensor([0.0000, 0.8415])
    """
    return np.sin(x)


sin.elementwise(lambda g, out, x: g * cos(x))


@op(symbol="cos", derivative="∂(cos x)/∂x = -sin x", floating=True, scalar=math.cos)
def cos(x):
    """The cosine of an angle in radians.

    >>> autograd.tensor([0., 1.]).cos()
    tensor([1.0000, 0.5403])
    """
    return np.cos(x)


cos.elementwise(lambda g, out, x: -g * sin(x))


@op(symbol="tan", derivative="∂(tan x)/∂x = 1 + tan² x", floating=True)
def tan(x):
    """The tangent of an angle in radians.

    >>> autograd.tensor([0., 1.]).tan()
    tensor([0.0000, 1.5574])
    """
    return np.tan(x)


tan.elementwise(lambda g, out, x: g * (out * out + 1))


@op(symbol="tanh", derivative="∂(tanh x)/∂x = 1 - tanh² x", floating=True, scalar=math.tanh)
def tanh(x):
    """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1.

    >>> autograd.tensor([-1., 0., 1.]).tanh()
    tensor([-0.7616,  0.0000,  0.7616])
    """
    return np.tanh(x)


tanh.elementwise(lambda g, out, x: g * (1 - out * out))


@op(
    symbol="σ",
    derivative="∂σ(x)/∂x = σ(x)·(1 - σ(x))",
    floating=True,
    scalar=lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
)
def sigmoid(x):
    """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1.

    >>> autograd.tensor([-2., 0., 2.]).sigmoid()
    tensor([0.1192, 0.5000, 0.8808])
    """
    # By way of e^-|x|, which can't overflow and keeps the digits of small results.
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


sigmoid.elementwise(lambda g, out, x: g * (out * (1 - out)))


@op(symbol="erf", derivative="∂erf(x)/∂x = 2/√π·e^(-x²)", floating=True)
def erf(x):
    """The error function ``2/√π ∫₀ˣ e^(-t²) dt``.

    >>> autograd.tensor([0., 1.]).erf()
    tensor([0.0000, 0.8427])
    """
    from scipy.special import erf as scipy_erf

    out = scipy_erf(x)
    # SciPy answers in float64 for float16.
    return out.astype(x.dtype) if isinstance(x, np.ndarray) and x.dtype.char == "e" else out


erf.elementwise(lambda g, out, x: g * exp(-(x * x)) * (2 / math.sqrt(math.pi)))


@op(symbol="|x|", derivative="∂|x|/∂x = sign x", aliases=("absolute",), scalar=operator.abs)
def abs(x):
    """The absolute value.

    >>> autograd.tensor([-2., 3.]).abs()
    tensor([2., 3.])
    """
    return np.abs(x)


abs.elementwise(lambda g, out, x: g * sign(x))


@op(symbol="sign", derivative="∂(sign x)/∂x = 0", scalar=lambda x: math.copysign(1.0, x) if x else x)
def sign(x):
    """-1, 0 or 1; 0 for NaN.

    >>> autograd.tensor([-2., 0., 3.]).sign()
    tensor([-1.,  0.,  1.])
    """
    return ((x > 0) * np.int8(1) - (x < 0)).astype(x.dtype)


@op(symbol="⌊x⌋", derivative="∂⌊x⌋/∂x = 0")
def floor(x):
    """The next integer below, as a float.

    >>> autograd.tensor([-1.5, 1.5]).floor()
    tensor([-2.,  1.])
    """
    return np.floor(x)


@op(symbol="⌈x⌉", derivative="∂⌈x⌉/∂x = 0")
def ceil(x):
    """The next integer above, as a float.

    >>> autograd.tensor([-1.5, 1.5]).ceil()
    tensor([-1.,  2.])
    """
    return np.ceil(x)


@op(symbol="trunc", derivative="∂(trunc x)/∂x = 0", aliases=("fix",))
def trunc(x):
    """The integer part, as a float.

    >>> autograd.tensor([-1.5, 1.5]).trunc()
    tensor([-1.,  1.])
    """
    return np.trunc(x)


@op(symbol="round", derivative="∂(round x)/∂x = 0")
def round(x, decimals=0):
    """Rounded to ``decimals`` places, halves to the even neighbour.

    >>> autograd.tensor([0.5, 1.5, 2.6]).round()
    tensor([0., 2., 3.])
    """
    return np.round(x, decimals)


@op(symbol="0", derivative="∂0/∂x = 0", level="internal", scalar=lambda x: 0.0)
def zero(x):
    """0 for each element, whatever it is: the gradient of a step."""
    return np.zeros_like(x)


zero.linear(lambda g, out, x: zero(g))
for step in (sign, floor, ceil, trunc):
    step.elementwise(lambda g, out, x: zero(g))
round.elementwise(lambda g, out, x, decimals: zero(g))


@op(symbol="x²", derivative="∂(x²)/∂x = 2x", scalar=lambda x: x * x)
def square(x):
    """``x²``.

    >>> autograd.tensor([-2., 3.]).square()
    tensor([4., 9.])
    """
    return x * x


square.elementwise(lambda g, out, x: g * (x * 2))


@op(symbol="1/x", derivative="∂(1/x)/∂x = -1/x²", floating=True, scalar=lambda x: 1 / x)
def reciprocal(x):
    """``1/x``.

    >>> autograd.tensor([2., 4.]).reciprocal()
    tensor([0.5000, 0.2500])
    """
    return 1 / x


reciprocal.elementwise(lambda g, out, x: -g * out * out)


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


@op
def isnan(x):
    """Whether each element is NaN.

    >>> autograd.tensor([1., float("nan")]).isnan()
    tensor([False,  True])
    """
    return np.isnan(x)


@op
def isinf(x):
    """Whether each element is infinite.

    >>> autograd.tensor([1., float("inf")]).isinf()
    tensor([False,  True])
    """
    return np.isinf(x)


@op
def isfinite(x):
    """Whether each element is neither infinite nor NaN.

    >>> autograd.tensor([1., float("inf")]).isfinite()
    tensor([ True, False])
    """
    return np.isfinite(x)


@op
def logical_not(x):
    """Whether each element is zero.

    >>> ~autograd.tensor([True, False])
    tensor([False,  True])
    """
    return np.logical_not(x)
