"""The update of one parameter by one step of an optimizer, in a single pass over its memory.

All arrays are flat and of one dtype; what is constant comes as numbers of that dtype.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel


def sgd_numpy(p, g, lr, weight_decay):
    p -= (g + p * weight_decay if weight_decay else g) * lr


@kernel(twin=sgd_numpy)
def sgd(p, g, lr, weight_decay):
    """``p -= lr·(g + weight_decay·p)``."""
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
    one = p.dtype.type(1)
    for i in range(p.size):
        slope = g[i] + weight_decay * p[i]
        v[i] = momentum * v[i] + (one - dampening) * slope
        p[i] -= lr * (slope + momentum * v[i] if nesterov else v[i])


def adam_numpy(p, g, m, v, lr, beta1, beta2, eps, weight_decay, correction1, correction2):
    g = g + p * weight_decay if weight_decay else g
    m += (g - m) * (1 - beta1)
    v *= beta2
    v += g * g * (1 - beta2)
    p -= (lr / correction1) * m / (np.sqrt(v / correction2) + eps)


@kernel(twin=adam_numpy)
def adam(p, g, m, v, lr, beta1, beta2, eps, weight_decay, correction1, correction2):
    """``m`` and ``v`` move towards g and g², then ``p -= lr·(m/correction1)/(√(v/correction2) + eps)``."""
    one = p.dtype.type(1)
    rate = lr / correction1
    for i in range(p.size):
        slope = g[i] + weight_decay * p[i]
        first = m[i] + (slope - m[i]) * (one - beta1)
        second = v[i] * beta2 + slope * slope * (one - beta2)
        m[i] = first
        v[i] = second
        p[i] -= rate * first / (np.sqrt(second / correction2) + eps)
