"""What makes a network nonlinear."""

from __future__ import annotations

import math

import numpy as np

from .. import kernels
from .arithmetic import where
from .op import op
from .pointwise import erf, exp, sigmoid, tanh


@op(symbol="ReLU", derivative="1 where x > 0, else 0", scalar=lambda x: 0.0 if x < 0 else x)
def relu(x):
    """``max(0, x)``: cheap, and not saturated for x > 0; a unit whose input stays below 0 learns no more ("dies").

    >>> autograd.tensor([-1., 2.]).relu()
    tensor([0., 2.])
    """
    return kernels.activation.relu(x)


@op(
    symbol="ReLU′",
    derivative=("0 where out = 0, else 1", ""),
    level="internal",
    scalar=lambda g, out: 0.0 if out == 0 else g,
)
def relu_slope(g, gate):
    """0 where ``gate`` is 0, else ``g``: what ReLU passes back."""
    return kernels.activation.relu_slope(g, gate)


relu.elementwise(lambda g, out, x: relu_slope(g, out))
relu_slope.linear(lambda g, out, y, gate: relu_slope(g, gate), None)


@op(symbol="leaky ReLU", derivative="1 where x > 0, else negative_slope", level="function")
def leaky_relu(x, negative_slope=0.01):
    """``x`` where x > 0, else ``negative_slope·x``: a ReLU that can't die.

    >>> nn.functional.leaky_relu(autograd.tensor([-1., 2.]))
    tensor([-0.0100,  2.0000])
    """
    return np.where(x > 0, x, x * negative_slope)


leaky_relu.elementwise(lambda g, out, x, negative_slope: where(x > 0, g, g * negative_slope))


@op(symbol="ELU", derivative="1 where x > 0, else alpha·eˣ", level="function")
def elu(x, alpha=1.0):
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``: smooth, with negative outputs (Clevert et al., 2015).

    >>> nn.functional.elu(autograd.tensor([-1., 2.]))
    tensor([-0.6321,  2.0000])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


elu.elementwise(lambda g, out, x, alpha: where(x <= 0, g * (out + alpha), g))


@op(symbol="SELU", derivative="scale where x > 0, else scale·alpha·eˣ", level="function")
def selu(x):
    """``scale·x`` where x > 0, else ``scale·alpha·(eˣ - 1)``: keeps mean 0 and variance 1 (Klambauer et al., 2017).

    >>> nn.functional.selu(autograd.tensor([-1., 2.]))
    tensor([-1.1113,  2.1014])
    """
    return np.where(x > 0, x * SELU_SCALE, SELU_SCALE * SELU_ALPHA * np.expm1(np.minimum(x, 0)))


SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
selu.elementwise(lambda g, out, x: where(x <= 0, g * (out + SELU_SCALE * SELU_ALPHA), g * SELU_SCALE))


@op(symbol="GELU", derivative="Φ(x) + x·φ(x)", level="function")
def gelu(x, approximate="none"):
    """``x·Φ(x)``, Φ the normal distribution function, or its tanh approximation (Hendrycks and Gimpel, 2016).

    >>> nn.functional.gelu(autograd.tensor([-1., 2.]))
    tensor([-0.1587,  1.9545])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, not {approximate!r}")
    return x * normal_cdf(x, approximate)


def normal_cdf(x, approximate):
    """Φ(x), or its approximation by a tanh."""
    if approximate == "tanh":
        return (tanh((x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)) + 1) * 0.5
    return (erf(x * math.sqrt(0.5)) + 1) * 0.5


def gelu_slope(x, approximate):
    """The derivative of gelu."""
    cdf = normal_cdf(x, approximate)
    if approximate == "tanh":
        return cdf + x * cdf * (1 - cdf) * (x * x * (3 * 0.044715) + 1) * (2 * math.sqrt(2 / math.pi))
    return cdf + x * exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))


gelu.elementwise(lambda g, out, x, approximate: g * gelu_slope(x, approximate))


@op(symbol="SiLU", derivative="σ(x)·(1 + x·(1 - σ(x)))", level="function")
def silu(x):
    """``x·σ(x)``, also called swish (Ramachandran et al., 2017).

    >>> nn.functional.silu(autograd.tensor([-1., 2.]))
    tensor([-0.2689,  1.7616])
    """
    return x * sigmoid(x)


def silu_slope(x, s):
    """The derivative of silu, ``s`` being σ(x)."""
    return s * (x * (1 - s) + 1)


silu.elementwise(lambda g, out, x: g * silu_slope(x, sigmoid(x)))


@op(symbol="softplus", derivative="σ(beta·x)", level="function")
def softplus(x, beta=1.0, threshold=20.0):
    """``ln(1 + e^(beta·x))/beta``, a smooth ReLU; ``x`` itself where beta·x is above ``threshold``.

    >>> nn.functional.softplus(autograd.tensor([0., 30.]))
    tensor([ 0.6931, 30.0000])
    """
    return np.where(x * beta > threshold, x, np.log1p(np.exp(np.minimum(x * beta, threshold))) / beta)


softplus.elementwise(lambda g, out, x, beta, threshold: where(x * beta > threshold, g, g * sigmoid(x * beta)))


@op(symbol="hardtanh", derivative="1 where min_val < x < max_val, else 0", level="function")
def hardtanh(x, min_val=-1.0, max_val=1.0):
    """``x`` cut off at ``min_val`` and ``max_val``.

    >>> nn.functional.hardtanh(autograd.tensor([-2., 0.5]))
    tensor([-1.0000,  0.5000])
    """
    return np.clip(x, min_val, max_val)


hardtanh.elementwise(lambda g, out, x, min_val, max_val: where((x <= min_val) | (x >= max_val), 0.0, g))
