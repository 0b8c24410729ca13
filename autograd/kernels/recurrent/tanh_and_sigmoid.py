"""tanh and σ inside kernels, over vectors whose elements lie side by side.

The scalar functions of the C library don't vectorise. In float32 a quotient of polynomials does, and is exact to
2.3e-7; float64 keeps the library's accuracy.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiling.jit import helper

number = np.float32
ONE, HALF = number(1), number(0.5)
# From here on, tanh is 1 in float32.
SATURATED = number(7.90531110763549805)
# Odd powers of x over even ones, from the lowest (the minimax fit of Eigen's ptanh).
A1, A3, A5 = number(4.89352455891786e-03), number(6.37261928875436e-04), number(1.48572235717979e-05)
A7, A9, A11 = number(5.12229709037114e-08), number(-8.60467152213735e-11), number(2.00018790482477e-13)
A13 = number(-2.76076847742355e-16)
B0, B2 = number(4.89352518554385e-03), number(2.26843463243900e-03)
B4, B6 = number(1.18534705686654e-04), number(1.19825839466702e-06)


@helper
def rational_tanh(x):
    """tanh to 2.3e-7; NaN stays NaN, being neither above nor below anything."""
    s = x * x
    odd = x * (A1 + s * (A3 + s * (A5 + s * (A7 + s * (A9 + s * (A11 + s * A13))))))
    even = B0 + s * (B2 + s * (B4 + s * B6))
    inside = odd / even
    above = ONE if x >= SATURATED else inside
    return -ONE if x <= -SATURATED else above


@helper
def tanh_of(x, out):
    """``out = tanh(x)``."""
    if x.itemsize == 4:
        for i in range(x.size):
            out[i] = rational_tanh(x[i])
    else:
        for i in range(x.size):
            out[i] = math.tanh(x[i])


@helper
def add_tanh(x, b):
    """``x = tanh(x + b)`` in place."""
    if x.itemsize == 4:
        for i in range(x.size):
            x[i] = rational_tanh(x[i] + b[i])
    else:
        for i in range(x.size):
            x[i] = math.tanh(x[i] + b[i])


@helper
def add_sigmoid(x, b):
    """``x = σ(x + b)`` in place."""
    if x.itemsize == 4:
        for i in range(x.size):
            x[i] = HALF * rational_tanh(HALF * (x[i] + b[i])) + HALF
    else:
        for i in range(x.size):
            x[i] = 1 / (1 + math.exp(-(x[i] + b[i])))
