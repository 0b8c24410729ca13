"""How gamma and beta numbers move with the parameters of their distributions, each staying at its quantile.

With F the distribution function, ``F(x(α); α)`` does not change, so ``∂x/∂α = -(∂F/∂α)/density`` (Figurnov et al.,
Implicit Reparameterization Gradients, 2018). F is a series or a continued fraction, whose derivative is carried along,
in float64. Each number has an end of its own to them, so the twin of each kernel is the same loop, run by Python.
"""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require

# Where terms no longer count; how many there are at most; and from which α on the cube root of x is as good as normal.
PRECISION, MOST, NORMAL = 1e-15, 20_000, 1e6


@helper
def from_cube_root(a, x):
    """∂x/∂α if the cube root of x/α is normal (Wilson and Hilferty, 1931)."""
    t = (x / a) ** (1 / 3)
    z = 3 * math.sqrt(a) * (t - 1 + 1 / (9 * a))
    return t * t * (t + 1 / (3 * a) - z / (2 * math.sqrt(a)))


@helper
def from_series(a, x, digamma):
    """∂x/∂α from the series of P(α, x), for x that are not far above α.

    ``P = density·x·Σ cₙ`` with ``cₙ = xⁿ/(α·(α+1)···(α+n))``, and ``∂ ln(density·x·cₙ)/∂α = ln x - ψ(α+n+1)``.
    """
    log = math.log(x)
    c, psi = 1 / a, digamma
    total = c * (psi - log)
    for n in range(1, MOST):
        c *= x / (a + n)
        psi += 1 / (a + n)
        total += c * (psi - log)
        if c * (abs(psi - log) + 1) < PRECISION * total:
            break
    return x * total


@helper
def from_fraction(a, x, digamma):
    """∂x/∂α from Legendre's continued fraction of Q(α, x) = 1 - P(α, x) = density·x·K, for large x.

    ``K = 1/(b₀ + c₁/(b₁ + c₂/(b₂ + ...)))`` with ``bₙ = x + 2n + 1 - α`` and ``cₙ = n·(α - n)``.
    """
    b = x + 1 - a
    # The last two numerators p and denominators q, divided by the last denominator, and their derivatives.
    p0, p, q0 = 0.0, 1 / b, 1 / b
    dp0, dp, dq0, dq = 0.0, 0.0, 0.0, -1 / b
    k, slope = p, dp - p * dq
    for n in range(1, MOST):
        b += 2
        c = n * (a - n)
        scale = 1 / (b + c * q0)
        dp0, dp = dp * scale, (b * dp - p + c * dp0 + n * p0) * scale
        dq0, dq = dq * scale, (b * dq - 1 + c * dq0 + n * q0) * scale
        p0, p, q0 = p * scale, (b * p + c * p0) * scale, scale
        change, k = abs(p - k), p
        change, slope = change + abs(dp - p * dq - slope), dp - p * dq
        if change < PRECISION * (k + abs(slope)):
            break
    return x * (k * (math.log(x) - digamma + 1 / a) + slope)


@helper
def gamma_slope_at(a, x, digamma):
    """∂x/∂α of a gamma number; NaN where α or x is none."""
    if not (a > 0 and x >= 0 and x + a < math.inf):
        return math.nan
    if x == 0:
        return 0.0
    if a > NORMAL:
        return from_cube_root(a, x)
    return from_series(a, x, digamma) if x < a + 1 else from_fraction(a, x, digamma)


def gamma_slope_loop(alpha, x, digamma, out):
    """``out`` = ∂x/∂α of gamma numbers x with the concentrations α, of which ``digamma`` is ψ(α + 1)."""
    require(alpha.size == x.size == digamma.size == out.size)
    for i in range(alpha.size):
        out[i] = gamma_slope_at(np.float64(alpha[i]), np.float64(x[i]), np.float64(digamma[i]))


gamma_slope = kernel(twin=gamma_slope_loop)(gamma_slope_loop)


@helper
def beta_fraction(a, b, x, first):
    """The continued fraction h in ``I(x; a, b) = xᵃ(1-x)ᵇ/(a·B(a, b))·h``, and ∂h/∂a, or ∂h/∂b if not ``first``.

    ``h = 1/(1 + d₁/(1 + d₂/(1 + ...)))`` with ``d₂ₘ = m(b-m)x/((a+2m-1)(a+2m))`` and
    ``d₂ₘ₊₁ = -(a+m)(a+b+m)x/((a+2m)(a+2m+1))``.
    """
    # The last two numerators p and denominators q, divided by the last denominator, and their derivatives.
    p0, p, q0 = 0.0, 1.0, 1.0
    dp0, dp, dq0, dq = 0.0, 0.0, 0.0, 0.0
    h, slope = 1.0, 0.0
    for n in range(1, MOST):
        m = n // 2
        if n == 1:
            d = -(a + b) * x / (a + 1)
            relative = 1 / (a + b) - 1 / (a + 1) if first else 1 / (a + b)
            moved = d * relative
        elif n % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            relative = 1 / (a + b + m)
            if first:
                relative += 1 / (a + m) - 1 / (a + 2 * m) - 1 / (a + 2 * m + 1)
            moved = d * relative
        else:
            unit = m * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = (b - m) * unit
            moved = -d * (1 / (a + 2 * m - 1) + 1 / (a + 2 * m)) if first else unit
        scale = 1 / (1 + d * q0)
        dp0, dp = dp * scale, (dp + d * dp0 + moved * p0) * scale
        dq0, dq = dq * scale, (dq + d * dq0 + moved * q0) * scale
        p0, p, q0 = p * scale, (p + d * p0) * scale, scale
        change, h = abs(p - h), p
        change, slope = change + abs(dp - p * dq - slope), dp - p * dq
        if n > 1 and change < PRECISION * (abs(h) + abs(slope)):
            break
    return h, slope


@helper
def beta_slope_at(a, total, x, digammas):
    """∂x/∂α/(1 - x) of a beta number; NaN where α or x is none."""
    b = total - a
    if not (a > 0 and b >= 0 and 0 <= x <= 1 and total < math.inf):
        return math.nan
    # All of the mass is at one end.
    if b == 0 or x == 0 or x == 1:
        return 0.0
    log = math.log(x) + digammas
    if x * (total + 2) < a + 1:
        h, slope = beta_fraction(a, b, x, True)
        return -(h * log + slope) * x / a
    h, slope = beta_fraction(b, a, 1 - x, False)
    return (h * (log + 1 / a) + slope) * x / b


def beta_slope_loop(alpha, total, x, digammas, out):
    """``out`` = ∂x/∂α/(1 - x) of beta numbers x with concentrations α and ``total`` - α, of which the latter is fixed.

    digammas: ``ψ(total) - ψ(α + 1)``.
    """
    require(alpha.size == total.size == x.size == digammas.size == out.size)
    for i in range(alpha.size):
        a, n = np.float64(alpha[i]), np.float64(total[i])
        out[i] = beta_slope_at(a, n, np.float64(x[i]), np.float64(digammas[i]))


beta_slope = kernel(twin=beta_slope_loop)(beta_slope_loop)
