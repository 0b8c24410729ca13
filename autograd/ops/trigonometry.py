"""Functions of angles, their inverses, and their hyperbolic siblings."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import activation as kernels
from .arithmetic import where
from .op import op
from .pointwise import of_kind, rsqrt


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


@op(symbol="arcsin", derivative="∂(arcsin x)/∂x = 1/√(1-x²)", floating=True, aliases=("arcsin",))
def asin(x):
    """The angle between -π/2 and π/2 whose sine is ``x``; NaN outside [-1, 1].

    >>> autograd.tensor([0., 1.]).asin()
    tensor([0.0000, 1.5708])
    """
    return np.arcsin(x)


asin.elementwise(lambda g, out, x: g * rsqrt(1 - x * x))


@op(symbol="arccos", derivative="∂(arccos x)/∂x = -1/√(1-x²)", floating=True, aliases=("arccos",))
def acos(x):
    """The angle between 0 and π whose cosine is ``x``; NaN outside [-1, 1].

    >>> autograd.tensor([0., 1.]).acos()
    tensor([1.5708, 0.0000])
    """
    return np.arccos(x)


acos.elementwise(lambda g, out, x: -g * rsqrt(1 - x * x))


@op(symbol="arctan", derivative="∂(arctan x)/∂x = 1/(1+x²)", floating=True, aliases=("arctan",))
def atan(x):
    """The angle between -π/2 and π/2 whose tangent is ``x``.

    >>> autograd.tensor([0., 1.]).atan()
    tensor([0.0000, 0.7854])
    """
    return np.arctan(x)


atan.elementwise(lambda g, out, x: g / (x * x + 1))


@op(
    symbol="atan2",
    derivative=("∂atan2(x,y)/∂x = y/(x²+y²)", "∂atan2(x,y)/∂y = -x/(x²+y²)"),
    floating=True,
    aliases=("arctan2",),
)
def atan2(x, y):
    """The angle between -π and π of the point with abscissa ``y`` and ordinate ``x``.

    >>> autograd.tensor([1., 1.]).atan2(autograd.tensor([1., -1.]))
    tensor([0.7854, 2.3562])
    """
    return np.arctan2(x, y)


def inverse_square(x, y):
    """``1/(x² + y²)``, and 0 at the origin, where the angle has no derivative."""
    squared = x * x + y * y
    return where(squared == 0, 0.0, 1 / squared)


atan2.elementwise(lambda g, out, x, y: g * (y * inverse_square(x, y)),
                  lambda g, out, x, y: -g * (x * inverse_square(x, y)))  # fmt: skip


@op(symbol="√(x²+y²)", derivative=("∂√(x²+y²)/∂x = x/√(x²+y²)", "∂√(x²+y²)/∂y = y/√(x²+y²)"))
def hypot(x, y):
    """``√(x² + y²)``, the hypotenuse, without overflow; NotImplementedError for integers.

    >>> autograd.tensor([3.]).hypot(autograd.tensor([4.]))
    tensor([5.])
    """
    return np.hypot(of_kind("f", x, y), y)


hypot.elementwise(lambda g, out, x, y: g * (x / out),
                  lambda g, out, x, y: g * (y / out))  # fmt: skip


@op(symbol="sinh", derivative="∂(sinh x)/∂x = cosh x", floating=True)
def sinh(x):
    """The hyperbolic sine ``(eˣ - e⁻ˣ)/2``.

    >>> autograd.tensor([0., 1.]).sinh()
    tensor([0.0000, 1.1752])
    """
    return np.sinh(x)


sinh.elementwise(lambda g, out, x: g * cosh(x))


@op(symbol="cosh", derivative="∂(cosh x)/∂x = sinh x", floating=True)
def cosh(x):
    """The hyperbolic cosine ``(eˣ + e⁻ˣ)/2``.

    >>> autograd.tensor([0., 1.]).cosh()
    tensor([1.0000, 1.5431])
    """
    return np.cosh(x)


cosh.elementwise(lambda g, out, x: g * sinh(x))


@op(
    symbol="tanh",
    derivative="∂(tanh x)/∂x = 1 - tanh² x",
    floating=True,
    aliases=("nn.functional.tanh",),
    scalar=math.tanh,
)
def tanh(x):
    """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1.

    >>> autograd.tensor([-1., 0., 1.]).tanh()
    tensor([-0.7616,  0.0000,  0.7616])
    """
    return np.tanh(x)


def tanh_slope(g, t):
    """``g·(1 - t²)``, t being the tanh: of arrays in one pass, of Tensors in ops that have derivatives themselves."""
    return kernels.tanh_slope(g, t) if isinstance(g, np.ndarray) else g * (1 - t * t)


tanh.elementwise(lambda g, out, x: tanh_slope(g, out))


@op(symbol="arsinh", derivative="∂(arsinh x)/∂x = 1/√(x²+1)", floating=True, aliases=("arcsinh",))
def asinh(x):
    """The inverse of `sinh`: ``ln(x + √(x² + 1))``.

    >>> autograd.tensor([0., 1.]).asinh()
    tensor([0.0000, 0.8814])
    """
    return np.arcsinh(x)


asinh.elementwise(lambda g, out, x: g * rsqrt(x * x + 1))


@op(symbol="arcosh", derivative="∂(arcosh x)/∂x = 1/√(x²-1)", floating=True, aliases=("arccosh",))
def acosh(x):
    """The inverse of `cosh`: ``ln(x + √(x² - 1))``; NaN below 1.

    >>> autograd.tensor([1., 2.]).acosh()
    tensor([0.0000, 1.3170])
    """
    return np.arccosh(x)


acosh.elementwise(lambda g, out, x: g * rsqrt(x * x - 1))


@op(symbol="artanh", derivative="∂(artanh x)/∂x = 1/(1-x²)", floating=True, aliases=("arctanh",))
def atanh(x):
    """The inverse of `tanh`: ``½ ln((1 + x)/(1 - x))``; NaN outside [-1, 1].

    >>> autograd.tensor([0., 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """
    return np.arctanh(x)


atanh.elementwise(lambda g, out, x: g / (1 - x * x))


@op(symbol="sinc", derivative="∂(sinc x)/∂x = (cos πx - sinc x)/x", floating=True, aliases=("special.sinc",))
def sinc(x):
    """``sin(πx)/(πx)``, and 1 at 0.

    >>> autograd.tensor([0., 0.5]).sinc()
    tensor([1.0000, 0.6366])
    """
    # πx needs more digits than float16 has.
    u = x.astype(np.promote_types(x.dtype, np.float32)) * math.pi
    return np.where(u == 0, 1, np.sin(u) / np.where(u == 0, 1, u)).astype(x.dtype)


@op(symbol="sinc⁽ⁿ⁾", derivative="∂sinc⁽ⁿ⁾(x)/∂x = sinc⁽ⁿ⁺¹⁾(x)", level="internal")
def sinc_slope(x, n):
    """The n-th derivative of `sinc`, which is smooth: near 0 by its power series, elsewhere by a recurrence in n."""
    # The powers of the series reach further than float16 does.
    u = x.astype(np.promote_types(x.dtype, np.float32)) * math.pi
    near = np.abs(u) <= n + 1
    v = np.where(near, u, 0)
    series = np.zeros_like(u)
    # u^2k / (2k + 1)! with alternating signs, differentiated n times.
    for k in range(3 * n + 20, (n - 1) // 2, -1):
        series += (-1) ** k * v ** (2 * k - n) / (math.factorial(2 * k - n) * (2 * k + 1))
    v = np.where(near, 1, u)
    # u·sinc⁽ⁿ⁾ = sin⁽ⁿ⁾ - n·sinc⁽ⁿ⁻¹⁾, the derivatives being those in u.
    far = np.sin(v) / v
    for order in range(1, n + 1):
        far = ((np.sin(v), np.cos(v), -np.sin(v), -np.cos(v))[order % 4] - order * far) / v
    return (np.where(near, series, far) * math.pi**n).astype(x.dtype)


sinc.elementwise(lambda g, out, x: g * sinc_slope(x, 1))
sinc_slope.elementwise(lambda g, out, x, n: g * sinc_slope(x, n + 1))


@op(symbol="rad", derivative="∂(πx/180)/∂x = π/180", floating=True)
def deg2rad(x):
    """Degrees as radians: ``πx/180``.

    >>> autograd.tensor([180.]).deg2rad()
    tensor([3.1416])
    """
    return x * (math.pi / 180)


deg2rad.elementwise(lambda g, out, x: g * (math.pi / 180))


@op(symbol="°", derivative="∂(180x/π)/∂x = 180/π", floating=True)
def rad2deg(x):
    """Radians as degrees: ``180x/π``.

    >>> autograd.tensor([1.]).rad2deg()
    tensor([57.2958])
    """
    return x * (180 / math.pi)


rad2deg.elementwise(lambda g, out, x: g * (180 / math.pi))
