"""Numbers of the normal distribution of uniform ones, by Box and Muller (1958): PyTorch's, to the last bit.

In float32 that takes the logarithm, sine and cosine that its builds have, as there is not one that all compute alike:
polynomials of Cephes (Moshier, 1984), each sum of a product rounded once. In float64 they are the C library's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiling.fused import multiply_add, select
from .compiling.jit import helper, kernel
from .compiling.require import require

single, whole = np.float32, np.int32
# Eight cosines, then eight sines.
BLOCK, HALF = 16, 8

ROOT_HALF = single(math.sqrt(0.5))
LN2_HIGH, LN2_LOW = single(0.693359375), single(-2.12194440e-4)
L0, L1, L2, L3, L4, L5, L6, L7, L8 = (
    single(c)
    for c in (
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )
)  # fmt: skip
OCTANTS = single(4 / math.pi)
# -π/4 in three parts, the first two with few digits, so that their multiples are exact.
P1, P2, P3 = single(-0.78515625), single(-2.4187564849853515625e-4), single(-3.77489497744594108e-8)
C0, C1, C2 = single(2.443315711809948e-5), single(-1.388731625493765e-3), single(4.166664568298827e-2)
S0, S1, S2 = single(-1.9515295891e-4), single(8.3321608736e-3), single(-1.6666654611e-1)
ONE, MINUS_HALF, MINUS_TWO, TWO_PI = single(1), single(-0.5), single(-2), single(2 * math.pi)


@helper(exact=True)
def log_single(x):
    # x = 2ⁿ·m, m from √½ to √2; the logarithm of m by r = m - 1.
    bits = single(x).view(np.int32)
    n = single((bits >> whole(23)) - whole(126))
    m = whole((bits & whole(0x7FFFFF)) | whole(0x3F000000)).view(np.float32)
    small = m < ROOT_HALF
    n = select(small, n - ONE, n)
    r = select(small, (m - ONE) + m, m - ONE)
    z = r * r
    y = multiply_add(L0, r, L1)
    y = multiply_add(y, r, L2)
    y = multiply_add(y, r, L3)
    y = multiply_add(y, r, L4)
    y = multiply_add(y, r, L5)
    y = multiply_add(y, r, L6)
    y = multiply_add(y, r, L7)
    y = multiply_add(y, r, L8) * r
    y = multiply_add(y, z, n * LN2_LOW)
    y = multiply_add(z, MINUS_HALF, y)
    return multiply_add(n, LN2_HIGH, r + y)


@helper(single=log_single, exact=True)
def log(x):
    """``ln x`` for x from 2⁻²⁴ to 1."""
    return np.log(x)


@helper(exact=True)
def cosine_and_sine_single(x):
    # x = r + j·π/4, j even, r between ±π/4. Which of two polynomials is the sine, and with what signs, is up to j.
    j = (whole(x * OCTANTS) + whole(1)) & whole(-2)
    n = single(j)
    r = multiply_add(n, P1, x)
    r = multiply_add(n, P2, r)
    r = multiply_add(n, P3, r)
    z = r * r
    even = multiply_add(C0, z, C1)
    even = multiply_add(even, z, C2) * z
    even = multiply_add(even, z, z * MINUS_HALF) + ONE
    odd = multiply_add(S0, z, S1)
    odd = multiply_add(odd, z, S2) * z
    odd = multiply_add(odd, r, r)
    crossed = (j & whole(2)) != 0
    cosine, sine = select(crossed, odd, even), select(crossed, even, odd)
    left, low = ((j + whole(2)) & whole(4)) != 0, (j & whole(4)) != 0
    return select(left, -cosine, cosine), select(low, -sine, sine)


@helper(single=cosine_and_sine_single, exact=True)
def cosine_and_sine(x):
    """``cos x`` and ``sin x`` for x from 0 to 2π."""
    return np.cos(x), np.sin(x)


def each(function, x):
    """A function of Python's ``math``, which is the C library's, of each; NumPy's own may differ in the last bit."""
    return np.frompyfunc(function, 1, 1)(x).astype(np.float64)


def box_muller_numpy(out: Any, mean: float, std: float) -> None:
    kind = out.dtype.type
    blocks = out.reshape(-1, 2, HALF)
    rest, angle = kind(1) - blocks[:, 0], kind(2 * math.pi) * blocks[:, 1]
    if kind is single:
        logarithm, sides = log_single(rest), cosine_and_sine_single(angle)
    else:
        logarithm, sides = each(math.log, rest), (each(math.cos, angle), each(math.sin, angle))
    radius = np.sqrt(kind(-2) * logarithm)
    for i, side in enumerate(sides):
        blocks[:, i] = multiply_add(radius * side, kind(std), kind(mean))


@kernel(twin=box_muller_numpy, exact=True)
def box_muller(out, mean, std):
    """Uniform numbers in ``out``, in blocks of 16, become normal ones of this mean and standard deviation."""
    require(out.size % BLOCK == 0)
    kind = out.dtype.type
    centre, spread = kind(mean), kind(std)
    for start in range(0, out.size, BLOCK):
        first, second = out[start : start + HALF], out[start + HALF : start + BLOCK]
        for i in range(HALF):
            radius = np.sqrt(kind(-2) * log(kind(1) - first[i]))
            cosine, sine = cosine_and_sine(kind(2 * math.pi) * second[i])
            first[i] = multiply_add(radius * cosine, spread, centre)
            second[i] = multiply_add(radius * sine, spread, centre)


def in_pairs_numpy(out: Any) -> None:
    pairs = out.reshape(-1, 2)
    angle, radius = 2 * math.pi * pairs[:, 0], np.sqrt(-2 * each(math.log1p, -pairs[:, 1]))
    pairs[:, 0], pairs[:, 1] = radius * each(math.cos, angle), radius * each(math.sin, angle)


@kernel(twin=in_pairs_numpy, exact=True)
def in_pairs(out):
    """Uniform numbers of float64 become normal ones: of two the first is an angle, the second makes the radius."""
    require(out.size % 2 == 0)
    for i in range(0, out.size, 2):
        angle, radius = 2 * math.pi * out[i], np.sqrt(-2 * math.log1p(-out[i + 1]))
        out[i], out[i + 1] = radius * math.cos(angle), radius * math.sin(angle)
