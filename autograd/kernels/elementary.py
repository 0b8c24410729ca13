"""``exp``, ``expm1``, ``log1p`` and ``erf`` for kernels: of float32 by formulas that a loop makes vectors of.

Numba's own call a library for one number at a time, which is 20 times as slow; that is what float64 gets, for its
digits. The formulas are right to 4e-7 of the value.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import helper

single = np.float32

LOG2_E = single(math.log2(math.e))
# ln 2 in two parts, the first with few digits, so that its multiples are exact.
LN2_HIGH, LN2_LOW = single(0.693359375), single(math.log(2) - 0.693359375)
SMALLEST, LARGEST = single(-87.3), single(88.72)
C2, C3, C4, C5, C6, C7 = (single(1 / math.factorial(k)) for k in range(2, 8))


@helper
def power_of_two(n):
    """``2ⁿ``, put together from its bits."""
    return np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@helper
def reduced(x):
    """``n`` and ``e^r - 1`` for ``x = n·ln 2 + r``, r between ±ln 2/2."""
    n = np.floor(x * LOG2_E + single(0.5))
    r = x - n * LN2_HIGH - n * LN2_LOW
    return n, r + r * r * (C2 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * C7)))))


@helper
def exp_single(x):
    # 2¹²⁸ is no float32, so the last step is by 2·2ⁿ⁻¹.
    inside = min(max(x, SMALLEST), LARGEST)
    n, rest = reduced(inside)
    scale = power_of_two(n - single(1))
    value = (scale * rest + scale) * single(2)
    value = single(np.inf) if x > LARGEST else value
    value = single(0) if x < SMALLEST else value
    return value if x == x else x


@helper(single=exp_single)
def exp(x):
    """``eˣ``."""
    return np.exp(x)


@helper
def expm1_single(x):
    inside = min(max(x, SMALLEST), LARGEST)
    n, rest = reduced(inside)
    scale = power_of_two(n - single(1))
    value = (scale * rest + (scale - single(0.5))) * single(2)
    value = single(np.inf) if x > LARGEST else value
    return value if x == x else x


@helper(single=expm1_single)
def expm1(x):
    """``eˣ - 1``, with all digits near 0."""
    return np.expm1(x)


D3, D5, D7, D9, D11, D13 = (single(2 / k) for k in range(3, 14, 2))


@helper
def log1p_single(x):
    z = x / (x + single(2))
    y = z * z
    return z * (single(2) + y * (D3 + y * (D5 + y * (D7 + y * (D9 + y * (D11 + y * D13))))))


@helper(single=log1p_single)
def log1p_of_fraction(x):
    """``ln(1 + x)`` for x from 0 to 1."""
    return np.log1p(x)


# The rational approximation on [-4, 4] that the Eigen library has for float32.
N1, N3, N5, N7, N9, N11, N13 = (
    single(c)
    for c in (
        -1.60960333262415e-2, -2.95459980854025e-3, -7.34990630326855e-4, -5.69250639462346e-5, -2.10102402082508e-6,
        2.77068142495902e-8, -2.72614225801306e-10,
    )
)  # fmt: skip
M0, M2, M4, M6, M8 = (
    single(c)
    for c in (
        -1.42647390514189e-2, -7.37332916720468e-3, -1.68282697438203e-3, -2.13374055278905e-4, -1.45660718464996e-5,
    )
)  # fmt: skip


@helper
def erf_single(x):
    inside = min(max(x, single(-4)), single(4))
    y = inside * inside
    over = N1 + y * (N3 + y * (N5 + y * (N7 + y * (N9 + y * (N11 + y * N13)))))
    value = inside * over / (M0 + y * (M2 + y * (M4 + y * (M6 + y * M8))))
    return value if x == x else x


@helper(single=erf_single)
def erf(x):
    """The error function."""
    return math.erf(x)
