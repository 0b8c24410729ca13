"""Activations whose NumPy form passes over memory more than once, and what each passes back."""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import kernel
from .compiling.prefetch import expect_written
from .compiling.threads import WORTHWHILE, divided
from .elementary import exp, expm1, log1p_of_fraction, normal, widest

# Elements whose memory is asked for at once.
BLOCK = 1 << 8


def each(work, *arrays):
    """What ``work`` makes of the elements of these arrays, which have one shape."""
    out = np.empty(arrays[0].shape, arrays[0].dtype)
    flat = [x.ravel() for x in arrays]
    made = out.ravel()
    # An exponential takes about 1 ns, as does fetching two numbers and writing one.
    if out.size < WORTHWHILE:
        work(*flat, made)
    else:
        divided(out.size, lambda start, stop: work(*(x[start:stop] for x in flat), made[start:stop]), out.size)
    return out


def relu(x):
    """``max(0, x)``; NaN stays NaN."""
    return each(cut, x)


def cut_numpy(x, out):
    np.maximum(x, 0, out=out)


@kernel(twin=cut_numpy)
def cut(x, out):
    """``out = max(0, x)``, written so that NaN compares False and stays."""
    for first in range(0, x.size, BLOCK):
        expect_written(out, first + BLOCK, BLOCK)
        some, made = x[first : first + BLOCK], out[first : first + BLOCK]
        for i in range(some.size):
            value = some[i]
            made[i] = x.dtype.type(0) if value <= 0 else value


def relu_slope(g, out):
    """0 where ``out`` is 0, else ``g``; so at NaN too."""
    return each(gate, g, out)


def gate_numpy(g, out, made):
    made[:] = np.where(out <= 0, 0, g)


@kernel(twin=gate_numpy)
def gate(g, out, made):
    """``made = 0`` where ``out`` ≤ 0, else ``g``."""
    for first in range(0, g.size, BLOCK):
        expect_written(made, first + BLOCK, BLOCK)
        up, some, slope = g[first : first + BLOCK], out[first : first + BLOCK], made[first : first + BLOCK]
        for i in range(up.size):
            slope[i] = g.dtype.type(0) if some[i] <= 0 else up[i]


def within(g, x, low, high):
    """``g``, but 0 where ``x`` is at or beyond ``low`` or ``high``."""
    low, high = x.dtype.type(low), x.dtype.type(high)
    return each(lambda g, x, made: keep_within(g, x, made, low, high), g, x)


def keep_within_numpy(g, x, made, low, high):
    made[:] = np.where((x <= low) | (x >= high), 0, g)


@kernel(twin=keep_within_numpy)
def keep_within(g, x, made, low, high):
    """``made = 0`` where ``x`` ≤ ``low`` or ``x`` ≥ ``high``, else ``g``."""
    for i in range(g.size):
        made[i] = g.dtype.type(0) if (x[i] <= low) | (x[i] >= high) else g[i]


def beyond(g, x, edge):
    """``g``, but 0 where ``x`` is between ``-edge`` and ``edge``."""
    edge = x.dtype.type(edge)
    return each(lambda g, x, made: keep_beyond(g, x, made, edge), g, x)


def keep_beyond_numpy(g, x, made, edge):
    made[:] = np.where(np.abs(x) <= edge, 0, g)


@kernel(twin=keep_beyond_numpy)
def keep_beyond(g, x, made, edge):
    """``made = 0`` where ``|x|`` ≤ ``edge``, else ``g``."""
    for i in range(g.size):
        made[i] = g.dtype.type(0) if abs(x[i]) <= edge else g[i]


def softshrink(x, edge):
    """``x`` moved towards 0 by ``edge``, but not past it."""
    edge = x.dtype.type(edge)
    return each(lambda x, out: shrink_into(x, out, edge), x)


def shrink_into_numpy(x, out, edge):
    out[:] = x - np.clip(x, -edge, edge)


@kernel(twin=shrink_into_numpy)
def shrink_into(x, out, edge):
    """``out = x - min(max(x, -edge), edge)``, written so that NaN stays."""
    for i in range(x.size):
        low = -edge if x[i] < -edge else x[i]
        out[i] = x[i] - (edge if low > edge else low)


def bent(g, x, slope):
    """``g`` where ``x`` > 0, else ``slope·g``."""
    slope = g.dtype.type(slope)
    return each(lambda g, x, made: bend(g, x, made, slope), g, x)


def bend_numpy(g, x, made, slope):
    made[:] = np.where(x > 0, g, g * slope)


@kernel(twin=bend_numpy)
def bend(g, x, made, slope):
    """``made = g`` where ``x`` > 0, else ``slope·g``."""
    for i in range(g.size):
        made[i] = g[i] if x[i] > 0 else g[i] * slope


# In the loops below numbers are of the dtype of the array, or the arithmetic would become float64's.


def sigmoid_numpy(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def sigmoid(x):
    """``σ(x) = 1/(1 + e⁻ˣ)``."""
    return each(sigmoid_into, x)


def sigmoid_into_numpy(x, out):
    out[:] = sigmoid_numpy(x)


@kernel(twin=sigmoid_into_numpy)
def sigmoid_into(x, out):
    """``out = σ(x)``."""
    widest()
    one = x.dtype.type(1)
    for i in range(x.size):
        out[i] = one / (one + exp(-x[i]))


def sigmoid_slope(g, s):
    """``g·s·(1 - s)``, s being σ(x)."""
    return each(sigmoid_slope_into, g, s)


def sigmoid_slope_into_numpy(g, s, out):
    out[:] = g * (s * (1 - s))


@kernel(twin=sigmoid_slope_into_numpy)
def sigmoid_slope_into(g, s, out):
    """``out = g·s·(1 - s)``."""
    one = g.dtype.type(1)
    for i in range(g.size):
        out[i] = g[i] * (s[i] * (one - s[i]))


def tanh_slope(g, t):
    """``g·(1 - t²)``, t being tanh(x)."""
    return each(tanh_slope_into, g, t)


def tanh_slope_into_numpy(g, t, out):
    out[:] = g * (1 - t * t)


@kernel(twin=tanh_slope_into_numpy)
def tanh_slope_into(g, t, out):
    """``out = g·(1 - t²)``."""
    one = g.dtype.type(1)
    for i in range(g.size):
        out[i] = g[i] * (one - t[i] * t[i])


def normal_cdf_numpy(x):
    from scipy.special import ndtr

    return ndtr(x)


def gelu(x):
    """``x·Φ(x)``."""
    return each(gelu_into, x)


def gelu_into_numpy(x, out):
    out[:] = x * normal_cdf_numpy(x)


@kernel(twin=gelu_into_numpy)
def gelu_into(x, out):
    """``out = x·Φ(x)``."""
    widest()
    for i in range(x.size):
        cdf, _ = normal(x[i])
        out[i] = x[i] * cdf


def gelu_slope(g, x):
    """``g·(Φ(x) + x·φ(x))``."""
    return each(gelu_slope_into, g, x)


def gelu_slope_into_numpy(g, x, out):
    out[:] = g * (normal_cdf_numpy(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


@kernel(twin=gelu_slope_into_numpy)
def gelu_slope_into(g, x, out):
    """``out = g·(Φ(x) + x·φ(x))``."""
    widest()
    for i in range(x.size):
        cdf, density = normal(x[i])
        out[i] = g[i] * (cdf + x[i] * density)


CUBE = 0.044715
STEEP = 2 * math.sqrt(2 / math.pi)


def gelu_tanh(x):
    """``x·σ(2√(2/π)·(x + 0.044715·x³))``, which is `gelu` with a tanh for Φ."""
    return each(gelu_tanh_into, x)


def gelu_tanh_into_numpy(x, out):
    out[:] = x * sigmoid_numpy((x + x * x * x * CUBE) * STEEP)


@kernel(twin=gelu_tanh_into_numpy)
def gelu_tanh_into(x, out):
    """``out = x·σ(u)``."""
    widest()
    one, cube, steep = x.dtype.type(1), x.dtype.type(CUBE), x.dtype.type(STEEP)
    for i in range(x.size):
        v = x[i]
        out[i] = v * (one / (one + exp(-(v + v * v * v * cube) * steep)))


def gelu_tanh_slope(g, x):
    """``g·(s + x·s·(1 - s)·u')``, s being σ(u)."""
    return each(gelu_tanh_slope_into, g, x)


def gelu_tanh_slope_into_numpy(g, x, out):
    s = sigmoid_numpy((x + x * x * x * CUBE) * STEEP)
    out[:] = g * (s + x * s * (1 - s) * (1 + x * x * (3 * CUBE)) * STEEP)


@kernel(twin=gelu_tanh_slope_into_numpy)
def gelu_tanh_slope_into(g, x, out):
    """``out = g·(s + x·s·(1 - s)·u')``."""
    widest()
    one, cube, steep = x.dtype.type(1), x.dtype.type(CUBE), x.dtype.type(STEEP)
    thrice = x.dtype.type(3 * CUBE)
    for i in range(x.size):
        v = x[i]
        s = one / (one + exp(-(v + v * v * v * cube) * steep))
        out[i] = g[i] * (s + v * s * (one - s) * (one + v * v * thrice) * steep)


def silu(x):
    """``x·σ(x)``."""
    return each(silu_into, x)


def silu_into_numpy(x, out):
    out[:] = x * sigmoid_numpy(x)


@kernel(twin=silu_into_numpy)
def silu_into(x, out):
    """``out = x·σ(x)``."""
    widest()
    one = x.dtype.type(1)
    for i in range(x.size):
        out[i] = x[i] / (one + exp(-x[i]))


def silu_slope(g, x):
    """``g·s·(1 + x·(1 - s))``, s being σ(x)."""
    return each(silu_slope_into, g, x)


def silu_slope_into_numpy(g, x, out):
    s = sigmoid_numpy(x)
    out[:] = g * s * (1 + x * (1 - s))


@kernel(twin=silu_slope_into_numpy)
def silu_slope_into(g, x, out):
    """``out = g·s·(1 + x·(1 - s))``."""
    widest()
    one = x.dtype.type(1)
    for i in range(x.size):
        s = one / (one + exp(-x[i]))
        out[i] = g[i] * s * (one + x[i] * (one - s))


def mish(x):
    """``x·tanh(ln(1 + eˣ))``."""
    return each(mish_into, x)


def tanh_softplus_numpy(x):
    """``tanh(ln(1 + eˣ)) = n/(n + 2)`` for ``n = eˣ·(eˣ + 2)``; above 20 it is 1."""
    e = np.exp(np.minimum(x, 20))
    n = e * (e + 2)
    return n / (n + 2), e


def mish_into_numpy(x, out):
    out[:] = x * tanh_softplus_numpy(x)[0]


@kernel(twin=mish_into_numpy)
def mish_into(x, out):
    """``out = x·tanh(ln(1 + eˣ))``."""
    widest()
    two, most = x.dtype.type(2), x.dtype.type(20)
    for i in range(x.size):
        e = exp(most if x[i] > most else x[i])
        n = e * (e + two)
        out[i] = x[i] * (n / (n + two))


def mish_slope(g, x):
    """``g·(t + x·(1 - t²)·σ(x))``, t being tanh(ln(1 + eˣ))."""
    return each(mish_slope_into, g, x)


def mish_slope_into_numpy(g, x, out):
    t, e = tanh_softplus_numpy(x)
    out[:] = g * (t + x * (1 - t * t) * (e / (1 + e)))


@kernel(twin=mish_slope_into_numpy)
def mish_slope_into(g, x, out):
    """``out = g·(t + x·(1 - t²)·σ(x))``."""
    widest()
    one, two, most = x.dtype.type(1), x.dtype.type(2), x.dtype.type(20)
    for i in range(x.size):
        e = exp(most if x[i] > most else x[i])
        n = e * (e + two)
        t = n / (n + two)
        out[i] = g[i] * (t + x[i] * ((one - t * t) * (e / (one + e))))


def elu(x, alpha, scale, rate):
    """``scale·x`` where x > 0, else ``scale·alpha·(e^(rate·x) - 1)``."""
    alpha, scale, rate = (x.dtype.type(v) for v in (alpha, scale, rate))
    return each(lambda x, out: elu_into(x, out, alpha, scale, rate), x)


def elu_into_numpy(x, out, alpha, scale, rate):
    out[:] = np.where(x > 0, x * scale, scale * alpha * np.expm1(np.where(x > 0, 0, x) * rate))


@kernel(twin=elu_into_numpy)
def elu_into(x, out, alpha, scale, rate):
    """``out = scale·x`` where x > 0, else ``scale·alpha·(e^(rate·x) - 1)``."""
    widest()
    below, zero = scale * alpha, x.dtype.type(0)
    for i in range(x.size):
        v = zero if x[i] > zero else x[i]
        out[i] = x[i] * scale if x[i] > zero else below * expm1(v * rate)


def elu_slope(g, x, out, alpha, scale, rate):
    """``scale·g`` where x > 0, else ``g·rate·(out + scale·alpha)``."""
    offset, scale, rate = (x.dtype.type(v) for v in (scale * alpha, scale, rate))
    return each(lambda g, x, out, made: elu_slope_into(g, x, out, made, offset, scale, rate), g, x, out)


def elu_slope_into_numpy(g, x, out, made, offset, scale, rate):
    made[:] = np.where(x <= 0, g * ((out + offset) * rate), g * scale)


@kernel(twin=elu_slope_into_numpy)
def elu_slope_into(g, x, out, made, offset, scale, rate):
    """``made = scale·g`` where x > 0, else ``g·rate·(out + offset)``."""
    for i in range(x.size):
        made[i] = g[i] * ((out[i] + offset) * rate) if x[i] <= 0 else g[i] * scale


def softplus(x, beta, threshold):
    """``ln(1 + e^(beta·x))/beta``; ``x`` where beta·x is above ``threshold``."""
    beta, threshold = x.dtype.type(beta), x.dtype.type(threshold)
    return each(lambda x, out: softplus_into(x, out, beta, threshold), x)


def softplus_into_numpy(x, out, beta, threshold):
    y = x * beta
    out[:] = np.where(y > threshold, x, (np.maximum(y, 0) + np.log1p(np.exp(-np.abs(y)))) / beta)


@kernel(twin=softplus_into_numpy)
def softplus_into(x, out, beta, threshold):
    """``out = (max(y, 0) + ln(1 + e^-|y|))/beta`` for ``y = beta·x``; ``x`` where y is above ``threshold``."""
    widest()
    zero = x.dtype.type(0)
    for i in range(x.size):
        y = x[i] * beta
        more = zero if y < zero else y
        soft = (more + log1p_of_fraction(exp(-abs(y)))) / beta
        out[i] = x[i] if y > threshold else soft


def softplus_slope(g, x, beta, threshold):
    """``g·σ(beta·x)``; ``g`` where beta·x is above ``threshold``."""
    beta, threshold = x.dtype.type(beta), x.dtype.type(threshold)
    return each(lambda g, x, out: softplus_slope_into(g, x, out, beta, threshold), g, x)


def softplus_slope_into_numpy(g, x, out, beta, threshold):
    out[:] = np.where(x * beta > threshold, g, g * sigmoid_numpy(x * beta))


@kernel(twin=softplus_slope_into_numpy)
def softplus_slope_into(g, x, out, beta, threshold):
    """``out = g·σ(y)`` for ``y = beta·x``; ``g`` where y is above ``threshold``."""
    widest()
    one = x.dtype.type(1)
    for i in range(x.size):
        y = x[i] * beta
        slope = g[i] * (one / (one + exp(-y)))
        out[i] = g[i] if y > threshold else slope


def hardsigmoid(x):
    """``min(max(x + 3, 0), 6)/6``."""
    return each(hardsigmoid_into, x)


def hardsigmoid_into_numpy(x, out):
    out[:] = np.clip(x + 3, 0, 6) / 6


@kernel(twin=hardsigmoid_into_numpy)
def hardsigmoid_into(x, out):
    """``out = min(max(x + 3, 0), 6)/6``."""
    zero, three, six = x.dtype.type(0), x.dtype.type(3), x.dtype.type(6)
    for i in range(x.size):
        y = x[i] + three
        y = zero if y < zero else y
        out[i] = (six if y > six else y) / six


def hardsigmoid_slope(g, x):
    """``g/6`` where -3 < x < 3, else 0."""
    return each(hardsigmoid_slope_into, g, x)


def hardsigmoid_slope_into_numpy(g, x, out):
    out[:] = np.where(np.abs(x) < 3, g / 6, 0)


@kernel(twin=hardsigmoid_slope_into_numpy)
def hardsigmoid_slope_into(g, x, out):
    """``out = g/6`` where |x| < 3, else 0."""
    zero, sixth = x.dtype.type(0), x.dtype.type(1 / 6)
    for i in range(x.size):
        out[i] = g[i] * sixth if abs(x[i]) < 3 else zero


def hardswish(x):
    """``x·min(max(x + 3, 0), 6)/6``."""
    return each(hardswish_into, x)


def hardswish_into_numpy(x, out):
    out[:] = x * np.clip(x + 3, 0, 6) / 6


@kernel(twin=hardswish_into_numpy)
def hardswish_into(x, out):
    """``out = x·min(max(x + 3, 0), 6)/6``."""
    zero, three, six = x.dtype.type(0), x.dtype.type(3), x.dtype.type(6)
    for i in range(x.size):
        y = x[i] + three
        y = zero if y < zero else y
        out[i] = x[i] * (six if y > six else y) / six


def hardswish_slope(g, x):
    """0 where x ≤ -3, ``g`` where x ≥ 3, else ``g·(x/3 + ½)``."""
    return each(hardswish_slope_into, g, x)


def hardswish_slope_into_numpy(g, x, out):
    out[:] = np.where(x <= -3, 0, np.where(x < 3, g * (x / 3 + 0.5), g))


@kernel(twin=hardswish_slope_into_numpy)
def hardswish_slope_into(g, x, out):
    """``out = 0`` where x ≤ -3, ``g`` where x ≥ 3, else ``g·(x/3 + ½)``."""
    zero, half, third = x.dtype.type(0), x.dtype.type(0.5), x.dtype.type(1 / 3)
    for i in range(x.size):
        inner = g[i] * (x[i] * third + half)
        upper = inner if x[i] < 3 else g[i]
        out[i] = zero if x[i] <= -3 else upper
