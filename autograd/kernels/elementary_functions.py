"""``exp``, ``log``, their like and the normal distribution for kernels: of float32 by formulas that become vectors.

Numba's own call a library for one number at a time, which is 20 times as slow; that is what float64 gets, for its
digits. The formulas are right to 4e-7 of the value.
"""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import helper

single = np.float32

LOG2_E = single(math.log2(math.e))
# ln 2 in two parts, the first with few digits, so that its multiples are exact.
LN2_HIGH, LN2_LOW = single(0.693359375), single(math.log(2) - 0.693359375)
SMALLEST, LARGEST = single(-87.3), single(88.72)
C2, C3, C4, C5, C6, C7 = (single(1 / math.factorial(k)) for k in range(2, 8))
# Fewer terms, fitted between ±ln 2/2: e^r is right to 1e-7 of itself, which e^r - 1 is not.
E2, E3, E4, E5 = (single(c) for c in (0.499992297908, 0.166670108705, 0.0418906705205, 0.00832147876441))


@helper
def power_of_two(n):
    """``2ⁿ``, put together from its bits."""
    return np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@helper
def halved(x):
    """``n`` and ``r`` between ±ln 2/2, of which ``x = n·ln 2 + r``."""
    n = np.rint(x * LOG2_E)
    return n, x - n * LN2_HIGH - n * LN2_LOW


@helper
def reduced(x):
    """``n`` and about ``e^r - 1`` for ``x = n·ln 2 + r``."""
    n, r = halved(x)
    return n, r + r * r * (E2 + r * (E3 + r * (E4 + r * E5)))


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
    n, r = halved(min(max(x, SMALLEST), LARGEST))
    rest = r + r * r * (C2 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * C7)))))
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


ROOT_HALF_BITS = np.int32(np.float32(math.sqrt(0.5)).view(np.int32))


@helper
def log_single(x):
    # x = 2ⁿ·m, m from √½ to √2.
    bits = single(x).view(np.int32)
    n = (bits - ROOT_HALF_BITS) >> np.int32(23)
    m = np.int32(bits - (n << np.int32(23))).view(np.float32)
    z = (m - single(1)) / (m + single(1))
    y, times = z * z, single(n)
    rest = z * (single(2) + y * (D3 + y * (D5 + y * (D7 + y * (D9 + y * D11)))))
    value = times * LN2_HIGH + (times * LN2_LOW + rest)
    return value if x == x else x


@helper(single=log_single)
def log_of_more(x):
    """``ln x`` for x from 1 on, but infinity."""
    return np.log(x)


# e^(z²/2)·Φ(-z) as a polynomial of t = 1/(1 + 0.3·z), z ≥ 0: fitted to 2e-7 of the value, and to 2e-8 at 0.
P = single(0.3)
Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8 = (
    single(c)
    for c in (
        0.11962670929, 0.12080266334, 0.09954968928, 0.12996488675,
        -0.05671706020, 0.21005066542, -0.15957074124, 0.03629319537,
    )
)  # fmt: skip
ROOT_HALF, PEAK = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
PEAK_SINGLE = single(PEAK)


@helper
def normal_single(x):
    y = single(-0.5) * x * x
    n, rest = reduced(max(y, SMALLEST))
    scale = power_of_two(n)
    bell = single(0) if y < SMALLEST else scale * rest + scale
    t = single(1) / (single(1) + P * abs(x))
    tail = bell * t * (Q1 + t * (Q2 + t * (Q3 + t * (Q4 + t * (Q5 + t * (Q6 + t * (Q7 + t * Q8)))))))
    return single(1) - tail if x > 0 else tail, PEAK_SINGLE * bell


@helper(single=normal_single)
def normal(x):
    """``Φ(x)`` and ``φ(x)``, the distribution function of a normal distribution and its density."""
    return 0.5 * math.erfc(-x * ROOT_HALF), PEAK * math.exp(-0.5 * x * x)
