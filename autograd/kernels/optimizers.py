"""The update of one parameter by one step of an optimizer, in a single pass over its memory.

All arrays are flat and of one dtype; what is constant comes as numbers of that dtype.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import kernel
from .compiling.require import require


def sgd_numpy(p, g, lr, weight_decay):
    p -= (g + p * weight_decay if weight_decay else g) * lr


@kernel(twin=sgd_numpy)
def sgd(p, g, lr, weight_decay):
    """``p -= lr·(g + weight_decay·p)``."""
    require(g.size == p.size)
    for i in range(p.size):
        p[i] -= lr * (g[i] + weight_decay * p[i])


def momentum_sgd_numpy(p, g, v, lr, momentum, dampening, weight_decay, nesterov):
    g = g + p * weight_decay if weight_decay else g
    v *= momentum
    v += g * (1 - dampening)
    p -= (g + v * momentum if nesterov else v) * lr


@kernel(twin=momentum_sgd_numpy)
def momentum_sgd(p, g, v, lr, momentum, dampening, weight_decay, nesterov):
    """``v = momentum·v + (1 - dampening)·g``, then ``p -= lr·v``, or with Nesterov ``p -= lr·(g + momentum·v)``."""
    require(v.size == g.size == p.size)
    one = p.dtype.type(1)
    for i in range(p.size):
        slope = g[i] + weight_decay * p[i]
        v[i] = momentum * v[i] + (one - dampening) * slope
        p[i] -= lr * (slope + momentum * v[i] if nesterov else v[i])


def adam_numpy(p, g, m, v, rate, mix1, beta2, mix2, root, eps, weight_decay):
    g = g + p * weight_decay if weight_decay else g
    m += (g - m) * mix1
    v *= beta2
    v += g * g * mix2
    p -= rate * m / (np.sqrt(v) / root + eps)


@kernel(twin=adam_numpy)
def adam(p, g, m, v, rate, mix1, beta2, mix2, root, eps, weight_decay):
    """``m += mix1·(g - m)``, ``v = beta2·v + mix2·g²``, then ``p -= rate·m/(√v/root + eps)``."""
    require(v.size == m.size == g.size == p.size)
    for i in range(p.size):
        slope = g[i] + weight_decay * p[i]
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * beta2 + slope * slope * mix2
        m[i] = first
        v[i] = second
        p[i] -= rate * first / (np.sqrt(second) / root + eps)


def amsgrad_numpy(p, g, m, v, top, rate, mix1, beta2, mix2, root, eps, weight_decay):
    g = g + p * weight_decay if weight_decay else g
    m += (g - m) * mix1
    v *= beta2
    v += g * g * mix2
    np.maximum(top, v, out=top)
    p -= rate * m / (np.sqrt(top) / root + eps)


@kernel(twin=amsgrad_numpy)
def amsgrad(p, g, m, v, top, rate, mix1, beta2, mix2, root, eps, weight_decay):
    """`adam`, but by the largest v there has been, ``top``."""
    require(top.size == v.size == m.size == g.size == p.size)
    for i in range(p.size):
        slope = g[i] + weight_decay * p[i]
        first = m[i] + (slope - m[i]) * mix1
        second = v[i] * beta2 + slope * slope * mix2
        m[i] = first
        v[i] = second
        # A NaN stays: it is neither above what was there nor equal to itself.
        if second > top[i] or second != second:
            top[i] = second
        p[i] -= rate * first / (np.sqrt(top[i]) / root + eps)
