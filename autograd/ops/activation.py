"""What makes a network nonlinear."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import activation as kernels
from ..kernels.choice import choose
from .arithmetic import where
from .op import InvalidValue, op
from .pointwise import exp, expm1, log1p, of_kind, sigmoid, zero
from .special import erf
from .trigonometry import tanh


@op(symbol="ReLU", derivative="1 where x > 0, else 0", scalar=lambda x: 0.0 if x < 0 else x)
def relu(x):
    """``max(0, x)``: cheap, and not saturated for x > 0; a unit whose input stays below 0 learns no more ("dies").

    >>> autograd.tensor([-1., 2.]).relu()
    tensor([0., 2.])
    """
    if x.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return kernels.relu(x)


@op(
    symbol="ReLU′",
    derivative=("0 where out = 0, else 1", "0"),
    level="internal",
    scalar=lambda g, out: 0.0 if out == 0 else g,
)
def relu_slope(g, gate):
    """0 where ``gate`` is 0, else ``g``: what ReLU passes back."""
    return kernels.relu_slope(g, gate)


relu.elementwise(lambda g, out, x: relu_slope(g, out))
relu_slope.linear(lambda g, out, y, gate: relu_slope(g, gate),
                  lambda g, out, y, gate: zero(g))  # fmt: skip


@op(symbol="∈", derivative=("1 where low < x < high, else 0", "0"), level="internal")
def within(g, x, low, high):
    """``g``, but 0 where ``x`` is at or beyond ``low`` or ``high`` (NaN for none): what is cut off passes nothing."""
    return kernels.within(g, x, low, high)


within.linear(lambda g, out, y, x, low, high: within(g, x, low, high),
              lambda g, out, y, x, low, high: zero(g))  # fmt: skip


@op(symbol="bend", derivative=("1 where x > 0, else slope", "0"), level="internal")
def bent(g, x, slope):
    """``g`` where ``x`` > 0, else ``slope·g``."""
    return kernels.leaky(g, x, slope)


bent.linear(lambda g, out, y, x, slope: bent(g, x, slope),
            lambda g, out, y, x, slope: zero(g))  # fmt: skip


@op(symbol="ReLU6", derivative="1 where 0 < x < 6, else 0", level="internal")
def relu6(x):
    """``min(max(0, x), 6)``.

    >>> nn.functional.relu6(autograd.tensor([-1., 8.]))
    tensor([0., 6.])
    """
    return of_kind("iuf", x).clip(0, 6)


relu6.elementwise(lambda g, out, x: within(g, x, 0.0, 6.0))


@op(symbol="leaky ReLU", derivative="1 where x > 0, else negative_slope", level="function")
def leaky_relu(x, negative_slope=0.01):
    """``x`` where x > 0, else ``negative_slope·x``: a ReLU that can't die.

    >>> nn.functional.leaky_relu(autograd.tensor([-1., 2.]))
    tensor([-0.0100,  2.0000])
    """
    return kernels.leaky(of_kind("f", x), x, negative_slope)


leaky_relu.elementwise(lambda g, out, x, negative_slope: bent(g, x, negative_slope))


def elu_of_where(x, alpha, scale=1.0, rate=1.0):
    """The family of ELU in terms of other ops."""
    return where(x > 0, x * scale, expm1(where(x > 0, 0.0, x) * rate) * (scale * alpha))


@op(
    symbol="ELU", derivative="1 where x > 0, else alpha·eˣ", level="function",
    reference=elu_of_where,
)  # fmt: skip
def elu(x, alpha=1.0):
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``: smooth, with negative outputs (Clevert et al., 2015).

    >>> nn.functional.elu(autograd.tensor([-1., 2.]))
    tensor([-0.6321,  2.0000])
    """
    return kernels.elu(of_kind("f", x), alpha, 1.0, 1.0)


elu.fused(lambda g, out, x, alpha: (kernels.elu_slope(g, x, alpha, 1.0, 1.0),), arity=1)


@op(
    symbol="CELU", derivative="1 where x > 0, else e^(x/alpha)", level="function",
    reference=lambda x, alpha: elu_of_where(x, alpha, 1.0, 1 / alpha),
)  # fmt: skip
def celu(x, alpha=1.0):
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``: an ELU whose slope is continuous (Barron, 2017).

    >>> nn.functional.celu(autograd.tensor([-1., 2.]))
    tensor([-0.6321,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return kernels.elu(of_kind("f", x), alpha, 1.0, 1 / alpha)


celu.fused(lambda g, out, x, alpha: (kernels.elu_slope(g, x, alpha, 1.0, 1 / alpha),), arity=1)

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@op(
    symbol="SELU", derivative="scale where x > 0, else scale·alpha·eˣ", level="function",
    reference=lambda x: elu_of_where(x, SELU_ALPHA, SELU_SCALE),
)  # fmt: skip
def selu(x):
    """``scale·x`` where x > 0, else ``scale·alpha·(eˣ - 1)``: keeps mean 0 and variance 1 (Klambauer et al., 2017).

    >>> nn.functional.selu(autograd.tensor([-1., 2.]))
    tensor([-1.1113,  2.1014])
    """
    return kernels.elu(of_kind("f", x), SELU_ALPHA, SELU_SCALE, 1.0)


selu.fused(lambda g, out, x: (kernels.elu_slope(g, x, SELU_ALPHA, SELU_SCALE, 1.0),), arity=1)


def gelu_of_cdf(x, approximate):
    """GELU in terms of other ops."""
    if approximate == "tanh":
        return x * ((tanh((x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)) + 1) * 0.5)
    return x * ((erf(x * math.sqrt(0.5)) + 1) * 0.5)


@op(symbol="GELU", derivative="Φ(x) + x·φ(x)", level="function", aliases=("nn.functional.gelu",), reference=gelu_of_cdf)
def gelu(x, approximate="none"):
    """``x·Φ(x)``, Φ the normal distribution function, or its tanh approximation (Hendrycks and Gimpel, 2016).

    >>> nn.functional.gelu(autograd.tensor([-1., 2.]))
    tensor([-0.1587,  1.9545])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, not {approximate!r}")
    of_kind("f", x)
    return kernels.gelu(x) if approximate == "none" else kernels.gelu_tanh(x)


def gelu_slope(g, out, x, approximate):
    """What gelu passes back."""
    slope = kernels.gelu_slope if approximate == "none" else kernels.gelu_tanh_slope
    return (slope(g, x),)


gelu.fused(gelu_slope, arity=1)


@op(symbol="SiLU", derivative="σ(x)·(1 + x·(1 - σ(x)))", level="function", reference=lambda x: x * sigmoid(x))
def silu(x):
    """``x·σ(x)``, also called swish (Ramachandran et al., 2017).

    >>> nn.functional.silu(autograd.tensor([-1., 2.]))
    tensor([-0.2689,  1.7616])
    """
    return kernels.silu(of_kind("f", x))


silu.fused(lambda g, out, x: (kernels.silu_slope(g, x),), arity=1)


@op(
    symbol="mish", derivative="tanh s + x·σ(x)·(1 - tanh² s), s = ln(1+eˣ)", level="internal",
    reference=lambda x: x * tanh(softplus(x)),
)  # fmt: skip
def mish(x):
    """``x·tanh(ln(1 + eˣ))`` (Misra, 2019).

    >>> nn.functional.mish(autograd.tensor([-1., 2.]))
    tensor([-0.3034,  1.9440])
    """
    return kernels.mish(of_kind("f", x))


mish.fused(lambda g, out, x: (kernels.mish_slope(g, x),), arity=1)


@op(
    symbol="hardsigmoid", derivative="1/6 where -3 < x < 3, else 0", level="internal",
    reference=lambda x: relu6(x + 3) * (1 / 6),
)  # fmt: skip
def hardsigmoid(x):
    """``x/6 + ½`` cut off at 0 and 1: a sigmoid of straight lines.

    >>> nn.functional.hardsigmoid(autograd.tensor([-4., 0., 1.]))
    tensor([0.0000, 0.5000, 0.6667])
    """
    return kernels.hardsigmoid(of_kind("f", x))


hardsigmoid.fused(lambda g, out, x: (kernels.hardsigmoid_slope(g, x),), arity=1)


@op(
    symbol="hardswish", derivative="0 where x ≤ -3, 1 where x ≥ 3, else x/3 + ½", level="internal",
    reference=lambda x: x * hardsigmoid(x),
)  # fmt: skip
def hardswish(x):
    """``x·hardsigmoid(x)`` (Howard et al., 2019).

    >>> nn.functional.hardswish(autograd.tensor([-2., 1., 5.]))
    tensor([-0.3333,  0.6667,  5.0000])
    """
    return kernels.hardswish(of_kind("f", x))


hardswish.fused(lambda g, out, x: (kernels.hardswish_slope(g, x),), arity=1)


def softplus_of_exp(x, beta, threshold):
    """Softplus in terms of other ops: exponentials of negative numbers only, whose slopes keep their digits far out."""
    y = x * beta
    soft = where(y > 0, y, 0.0) + log1p(exp(where(y > 0, -y, y)))
    return where(y > threshold, x, soft * (1 / beta))


@op(
    symbol="softplus", derivative="σ(beta·x)", level="function", aliases=("nn.functional.softplus",),
    reference=softplus_of_exp,
)  # fmt: skip
def softplus(x, beta=1.0, threshold=20.0):
    """``ln(1 + e^(beta·x))/beta``, a smooth ReLU; ``x`` itself where beta·x is above ``threshold``.

    >>> nn.functional.softplus(autograd.tensor([0., 30.]))
    tensor([ 0.6931, 30.0000])
    """
    return kernels.softplus(of_kind("f", x), beta, threshold)


softplus.fused(lambda g, out, x, beta, threshold: (kernels.softplus_slope(g, x, beta, threshold),), arity=1)


@op(symbol="hardtanh", derivative="1 where min_val < x < max_val, else 0", level="function")
def hardtanh(x, min_val=-1.0, max_val=1.0):
    """``x`` cut off at ``min_val`` and ``max_val``; ValueError unless min_val ≤ max_val.

    >>> nn.functional.hardtanh(autograd.tensor([-2., 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise InvalidValue(f"min_val cannot be greater than max_val, but {min_val} > {max_val}")
    bound = of_kind("iuf", x).dtype.type
    return x.clip(bound(min_val), bound(max_val))


hardtanh.elementwise(lambda g, out, x, min_val, max_val: within(g, x, min_val, max_val))


def glu_of_sigmoid(x, dim):
    """GLU in terms of other ops."""
    size, before = x.shape[dim] // 2, (slice(None),) * dim
    return x[(*before, slice(size))] * sigmoid(x[(*before, slice(size, None))])


@op(symbol="GLU", derivative="∂/∂a = σ(b), ∂/∂b = a·σ(b)·(1 - σ(b))", level="internal", reference=glu_of_sigmoid)
def glu(x, dim):
    """``a·σ(b)`` for the halves a and b of ``x`` along ``dim`` (Dauphin et al., 2017)."""
    return kernels.gated(x, dim)


glu.fused(lambda g, out, x, dim: (kernels.gated_slope(g, x, dim),), arity=1)


@op(symbol="threshold", derivative="1 where x > threshold, else 0", level="function")
def threshold(x, threshold, value):
    """``x`` where it is above ``threshold``, else ``value``.

    >>> nn.functional.threshold(autograd.tensor([0.1, 2.]), 1, 20)
    tensor([20.,  2.])
    """
    return choose(x <= threshold, np.asarray(value).astype(x.dtype), x)


threshold.elementwise(lambda g, out, x, threshold, value: within(g, x, threshold, math.nan))


@op(symbol="∉", derivative=("1 where |x| > edge, else 0", "0"), level="internal")
def beyond(g, x, edge):
    """``g``, but 0 where ``x`` is between ±``edge``: what is shrunk to 0 passes nothing."""
    return kernels.beyond(g, x, edge)


beyond.linear(lambda g, out, y, x, edge: beyond(g, x, edge),
              lambda g, out, y, x, edge: zero(g))  # fmt: skip


@op(symbol="hardshrink", derivative="1 where |x| > lambd, else 0", aliases=("nn.functional.hardshrink",))
def hardshrink(x, lambd=0.5):
    """``x`` where it is beyond ±``lambd``, else 0.

    >>> nn.functional.hardshrink(autograd.tensor([-1., 0.2, 2.]))
    tensor([-1.,  0.,  2.])
    """
    return kernels.beyond(of_kind("f", x), x, lambd)


hardshrink.elementwise(lambda g, out, x, lambd: beyond(g, x, lambd))


@op(
    symbol="softshrink",
    derivative="1 where |x| > lambd, else 0",
    level="internal",
    aliases=("nn.functional.softshrink",),
)
def softshrink(x, lambd=0.5):
    """``x`` moved towards 0 by ``lambd``, but not past it; RuntimeError for a negative ``lambd``.

    >>> nn.functional.softshrink(autograd.tensor([-1., 0.2, 2.]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found {lambd}")
    return kernels.softshrink(of_kind("f", x), lambd)


softshrink.elementwise(lambda g, out, x, lambd: beyond(g, x, lambd))


@op(symbol="PReLU", derivative=("1 where x > 0, else w", "0 where x > 0, else x"), level="internal", flat=True)
def rectified(x, w):
    """``x`` where x > 0, else ``w·x``: what a learned slope makes of x."""
    return choose(x > 0, x, x * w)


rectified.elementwise(lambda g, out, x, w: where(x > 0, g, g * w),
                      lambda g, out, x, w: where(x > 0, 0.0, g * x))  # fmt: skip
