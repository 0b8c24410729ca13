"""Activations whose NumPy form passes over memory more than once, and what each passes back."""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import kernel
from .compiling.require import require
from .compiling.threads import divided
from .compiling.widest_vectors import widest_vectors
from .elementary_functions import exp, expm1, log1p_of_fraction, normal
from .elementwise import elementwise

# The formulas below are of numbers; ``type(x)(1)`` is 1 in the dtype of the array, which 1 itself would not keep.


@elementwise(lambda x: np.maximum(x, 0))
def relu(x):
    """``max(0, x)``, written so that NaN compares False and stays."""
    return type(x)(0) if x <= 0 else x


@elementwise(lambda g, out: np.where(out <= 0, 0, g), arrays=2)
def relu_slope(g, out):
    """0 where ``out`` is 0, else ``g``; so at NaN too."""
    return type(g)(0) if out <= 0 else g


@elementwise(lambda g, x, low, high: np.where((x <= low) | (x >= high), 0, g), arrays=2)
def within(g, x, low, high):
    """``g``, but 0 where ``x`` is at or beyond ``low`` or ``high``."""
    return type(g)(0) if (x <= low) | (x >= high) else g


@elementwise(lambda g, x, edge: np.where(np.abs(x) <= edge, 0, g), arrays=2)
def beyond(g, x, edge):
    """``g``, but 0 where ``x`` is between ``-edge`` and ``edge``."""
    return type(g)(0) if abs(x) <= edge else g


@elementwise(lambda g, x, slope: np.where(x > 0, g, g * slope), arrays=2)
def leaky(g, x, slope):
    """``g`` where ``x`` > 0, else ``slope·g``."""
    return g if x > 0 else g * slope


@elementwise(lambda x, edge: x - np.clip(x, -edge, edge))
def softshrink(x, edge):
    """``x`` moved towards 0 by ``edge``, but not past it; written so that NaN stays."""
    low = -edge if x < -edge else x
    return x - (edge if low > edge else low)


def sigmoid_numpy(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


@elementwise(sigmoid_numpy, widest=True)
def sigmoid(x):
    """``σ(x) = 1/(1 + e⁻ˣ)``."""
    one = type(x)(1)
    return one / (one + exp(-x))


@elementwise(lambda g, s: g * (s * (1 - s)), arrays=2)
def sigmoid_slope(g, s):
    """``g·s·(1 - s)``, s being σ(x)."""
    return g * (s * (type(s)(1) - s))


@elementwise(lambda g, t: g * (1 - t * t), arrays=2)
def tanh_slope(g, t):
    """``g·(1 - t²)``, t being tanh(x)."""
    return g * (type(t)(1) - t * t)


def normal_cdf_numpy(x):
    from scipy.special import ndtr

    return ndtr(x)


@elementwise(lambda x: x * normal_cdf_numpy(x), widest=True)
def gelu(x):
    """``x·Φ(x)``."""
    cdf, _ = normal(x)
    return x * cdf


def gelu_slope_numpy(g, x):
    return g * (normal_cdf_numpy(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


@elementwise(gelu_slope_numpy, arrays=2, widest=True)
def gelu_slope(g, x):
    """``g·(Φ(x) + x·φ(x))``."""
    cdf, density = normal(x)
    return g * (cdf + x * density)


CUBE = 0.044715
STEEP = 2 * math.sqrt(2 / math.pi)


@elementwise(lambda x: x * sigmoid_numpy((x + x * x * x * CUBE) * STEEP), widest=True)
def gelu_tanh(x):
    """``x·σ(u)``, u being ``2√(2/π)·(x + 0.044715·x³)``: `gelu` with a tanh for Φ."""
    one, cube, steep = type(x)(1), type(x)(CUBE), type(x)(STEEP)
    return x * (one / (one + exp(-(x + x * x * x * cube) * steep)))


def gelu_tanh_slope_numpy(g, x):
    s = sigmoid_numpy((x + x * x * x * CUBE) * STEEP)
    return g * (s + x * s * (1 - s) * (1 + x * x * (3 * CUBE)) * STEEP)


@elementwise(gelu_tanh_slope_numpy, arrays=2, widest=True)
def gelu_tanh_slope(g, x):
    """``g·(s + x·s·(1 - s)·u')``, s being σ(u)."""
    one, cube, steep, thrice = type(x)(1), type(x)(CUBE), type(x)(STEEP), type(x)(3 * CUBE)
    s = one / (one + exp(-(x + x * x * x * cube) * steep))
    return g * (s + x * s * (one - s) * (one + x * x * thrice) * steep)


@elementwise(lambda x: x * sigmoid_numpy(x), widest=True)
def silu(x):
    """``x·σ(x)``."""
    return x / (type(x)(1) + exp(-x))


def silu_slope_numpy(g, x):
    s = sigmoid_numpy(x)
    return g * s * (1 + x * (1 - s))


@elementwise(silu_slope_numpy, arrays=2, widest=True)
def silu_slope(g, x):
    """``g·s·(1 + x·(1 - s))``, s being σ(x)."""
    one = type(x)(1)
    s = one / (one + exp(-x))
    return g * s * (one + x * (one - s))


def gated(x, axis):
    """``a·σ(b)`` for the halves a and b of ``x`` along ``axis``."""
    rows = halves(x, axis)
    out = np.empty((len(rows), rows.shape[2]), x.dtype)
    divided(len(rows), lambda start, stop: gate(rows[start:stop], out[start:stop]), nanoseconds=x.size)
    return out.reshape(*x.shape[:axis], x.shape[axis] // 2, *x.shape[axis + 1 :])


def gated_slope(g, x, axis):
    """What `gated` passes back."""
    rows = halves(x, axis)
    up, made = np.require(g, requirements="CW").reshape(len(rows), rows.shape[2]), np.empty_like(rows)
    some = lambda start, stop: gate_slope(up[start:stop], rows[start:stop], made[start:stop])
    divided(len(rows), some, nanoseconds=2 * x.size)
    return made.reshape(x.shape)


def halves(x, axis):
    """``x`` as (rows, 2, length)."""
    rows = math.prod(x.shape[:axis])
    length = math.prod(x.shape[axis:]) // 2
    return np.require(x, requirements="CW").reshape(rows, 2, length)


def gate_numpy(x, out):
    out[:] = x[:, 0] * sigmoid_numpy(x[:, 1])


@kernel(twin=gate_numpy)
def gate(x, out):
    """``a·σ(b)`` for the halves a and b of each row."""
    require(x.shape == (out.shape[0], 2, out.shape[1]))
    widest_vectors()
    one = x.dtype.type(1)
    for r in range(x.shape[0]):
        a, b, made = x[r, 0], x[r, 1], out[r]
        for i in range(made.size):
            made[i] = a[i] / (one + exp(-b[i]))


def gate_slope_numpy(g, x, dx):
    s = sigmoid_numpy(x[:, 1])
    dx[:, 0], dx[:, 1] = g * s, g * x[:, 0] * s * (1 - s)


@kernel(twin=gate_slope_numpy)
def gate_slope(g, x, dx):
    """``g·σ(b)`` and ``g·a·σ(b)·(1 - σ(b))``."""
    require(dx.shape == x.shape == (g.shape[0], 2, g.shape[1]))
    widest_vectors()
    one = g.dtype.type(1)
    for r in range(x.shape[0]):
        up, a, b, da, db = g[r], x[r, 0], x[r, 1], dx[r, 0], dx[r, 1]
        for i in range(up.size):
            s = one / (one + exp(-b[i]))
            da[i] = up[i] * s
            db[i] = up[i] * a[i] * s * (one - s)


def tanh_softplus_numpy(x):
    """``tanh(ln(1 + eˣ)) = n/(n + 2)`` for ``n = eˣ·(eˣ + 2)``; above 20 it is 1."""
    e = np.exp(np.minimum(x, 20))
    n = e * (e + 2)
    return n / (n + 2), e


@elementwise(lambda x: x * tanh_softplus_numpy(x)[0], widest=True)
def mish(x):
    """``x·tanh(ln(1 + eˣ))``."""
    two, most = type(x)(2), type(x)(20)
    e = exp(most if x > most else x)
    n = e * (e + two)
    # The compiler may multiply by x before it divides.
    return x if x > most else x * (n / (n + two))


def mish_slope_numpy(g, x):
    t, e = tanh_softplus_numpy(x)
    return g * (t + x * (1 - t * t) * (e / (1 + e)))


@elementwise(mish_slope_numpy, arrays=2, widest=True)
def mish_slope(g, x):
    """``g·(t + x·(1 - t²)·σ(x))``, t being tanh(ln(1 + eˣ))."""
    one, two, most = type(x)(1), type(x)(2), type(x)(20)
    e = exp(most if x > most else x)
    n = e * (e + two)
    t = n / (n + two)
    less = type(x)(0) if x > most else (one - t * t) * (e / (one + e))
    return g * (t + x * less)


def elu_numpy(x, alpha, scale, rate):
    return np.where(x > 0, x * scale, scale * alpha * np.expm1(np.where(x > 0, 0, x) * rate))


@elementwise(elu_numpy, widest=True)
def elu(x, alpha, scale, rate):
    """``scale·x`` where x > 0, else ``scale·alpha·(e^(rate·x) - 1)``."""
    zero = type(x)(0)
    below = zero if x > zero else x
    return x * scale if x > zero else scale * alpha * expm1(below * rate)


def elu_slope_numpy(g, x, alpha, scale, rate):
    return np.where(x > 0, g * scale, g * (scale * alpha * rate * np.exp(np.where(x > 0, 0, x) * rate)))


@elementwise(elu_slope_numpy, arrays=2, widest=True)
def elu_slope(g, x, alpha, scale, rate):
    """``scale·g`` where x > 0, else ``g·scale·alpha·rate·e^(rate·x)``: off the result one would read fewer digits."""
    zero = type(x)(0)
    below = zero if x > zero else x
    slope = scale * alpha * rate * exp(below * rate)
    return g * scale if x > zero else g * slope


def softplus_numpy(x, beta, threshold):
    y = x * beta
    return np.where(y > threshold, x, (np.maximum(y, 0) + np.log1p(np.exp(-np.abs(y)))) / beta)


@elementwise(softplus_numpy, widest=True)
def softplus(x, beta, threshold):
    """``ln(1 + e^y)/beta`` for ``y = beta·x``, but ``x`` where y is above ``threshold``."""
    # ln(1 + e^y) = max(y, 0) + ln(1 + e^-|y|), in which no exponential overflows.
    y, zero = x * beta, type(x)(0)
    more = zero if y < zero else y
    soft = (more + log1p_of_fraction(exp(-abs(y)))) / beta
    return x if y > threshold else soft


@elementwise(
    lambda g, x, beta, threshold: np.where(x * beta > threshold, g, g * sigmoid_numpy(x * beta)), arrays=2, widest=True
)
def softplus_slope(g, x, beta, threshold):
    """``g·σ(y)`` for ``y = beta·x``; ``g`` where y is above ``threshold``."""
    y, one = x * beta, type(x)(1)
    slope = g * (one / (one + exp(-y)))
    return g if y > threshold else slope


@elementwise(lambda x: np.clip(x + 3, 0, 6) / 6)
def hardsigmoid(x):
    """``min(max(x + 3, 0), 6)/6``."""
    zero, three, six = type(x)(0), type(x)(3), type(x)(6)
    y = x + three
    y = zero if y < zero else y
    return (six if y > six else y) / six


@elementwise(lambda g, x: np.where(np.abs(x) < 3, g / 6, 0), arrays=2)
def hardsigmoid_slope(g, x):
    """``g/6`` where -3 < x < 3, else 0."""
    return g * type(g)(1 / 6) if abs(x) < 3 else type(g)(0)


@elementwise(lambda x: x * np.clip(x + 3, 0, 6) / 6)
def hardswish(x):
    """``x·min(max(x + 3, 0), 6)/6``."""
    zero, three, six = type(x)(0), type(x)(3), type(x)(6)
    y = x + three
    y = zero if y < zero else y
    return x * (six if y > six else y) / six


@elementwise(lambda g, x: np.where(x <= -3, 0, np.where(x >= 3, g, g * (x / 3 + 0.5))), arrays=2)
def hardswish_slope(g, x):
    """0 where x ≤ -3, ``g`` where x ≥ 3, else ``g·(x/3 + ½)``."""
    inner = g * (x * type(x)(1 / 3) + type(x)(0.5))
    upper = g if x >= 3 else inner
    return type(g)(0) if x <= -3 else upper
