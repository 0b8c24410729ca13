"""Random numbers as functions of the parameters of their distributions: each stays at the quantile it was drawn at."""

from __future__ import annotations

import numpy as np

from ..kernels import pathwise
from .broadcasting import sum
from .op import op
from .special import no_derivative


def sloped(kernel, alpha, *arrays):
    """What ``kernel`` gives for the elements of arrays that broadcast."""
    broadcast = np.broadcast_arrays(alpha, *arrays)
    out = np.empty(broadcast[0].shape, alpha.dtype)
    # Copies, as kernels are compiled once more for arrays that can't be written to.
    kernel(*(np.array(x, order="C").reshape(-1) for x in broadcast), out.reshape(-1))
    return out


def digamma(x):
    """ψ in float64, of which differences are taken."""
    from scipy import special

    return special.psi(x, dtype=np.float64)


@op(symbol="γ(α)", derivative="∂x/∂α = -∂P(α,x)/∂α ÷ (xᵅ⁻¹·e⁻ˣ/Γ(α))", level="internal")
def gamma_variate(concentration, drawn, at):
    """The number at that quantile of the gamma distribution of α where ``drawn`` was, which had the α ``at``."""
    dtype = np.result_type(concentration, drawn)
    if np.array_equal(concentration, at):
        return np.array(drawn, dtype)
    from scipy import special

    # By whichever end is closer, so that no digits are lost.
    low, high = special.gammainc(at, drawn), special.gammaincc(at, drawn)
    from_low, from_high = special.gammaincinv(concentration, low), special.gammainccinv(concentration, high)
    return np.where(low < high, from_low, from_high).astype(dtype)


gamma_variate.vjp(lambda g, out, concentration, drawn, at: g * gamma_slope(concentration, out), None, None)


@op(symbol="∂γ/∂α", level="internal")
def gamma_slope(concentration, x):
    """``-∂P(α, x)/∂α / (xᵅ⁻¹·e⁻ˣ/Γ(α))``: how fast a quantile of the gamma distribution moves with α."""
    return sloped(pathwise.gamma_slope, concentration, x, digamma(concentration + 1))


gamma_slope.vjp(
    lambda g, out, concentration, x: no_derivative("gamma_slope", "concentration"),
    lambda g, out, concentration, x: no_derivative("gamma_slope", "x"),
)


@op(
    symbol="Dir(α)",
    derivative="∂xᵢ/∂αⱼ = (δᵢⱼ - xᵢ)/(1-xⱼ)·(-∂I(xⱼ;αⱼ,Σα-αⱼ)/∂αⱼ ÷ density)",
    level="internal",
)
def dirichlet_variate(concentration, drawn, at):
    """The point that ``drawn`` becomes when α grows from ``at``: one αⱼ after the other moves its xⱼ, which stays at
    its quantile of the beta distribution, and the others keep their proportions."""
    x = np.array(drawn, np.result_type(concentration, drawn))
    if np.array_equal(concentration, at):
        return x
    from scipy import special

    total = np.sum(at, -1)
    for j in range(x.shape[-1]):
        alpha, before, part = concentration[..., j], at[..., j], x[..., j].copy()
        rest = total - before
        moved = special.betaincinv(alpha, rest, special.betainc(before, rest, part))
        x *= ((1 - moved) / (1 - part))[..., None]
        x[..., j] = moved
        total = rest + alpha
    return x


def dirichlet_pull(g, x, concentration):
    """The gradient of the concentrations."""
    total = sum(concentration, -1, keepdim=True)
    return (g - sum(g * x, -1, keepdim=True)) * beta_slope(concentration, total, x)


dirichlet_variate.vjp(lambda g, out, concentration, drawn, at: dirichlet_pull(g, out, concentration), None, None)


@op(symbol="∂β/∂α/(1-x)", level="internal")
def beta_slope(concentration, total, x):
    """``-∂I(x; α, total-α)/∂α / density / (1-x)``: how fast a quantile of the beta distribution moves with α."""
    return sloped(pathwise.beta_slope, concentration, total, x, digamma(total) - digamma(concentration + 1))


beta_slope.vjp(
    lambda g, out, concentration, total, x: no_derivative("beta_slope", "concentration"),
    lambda g, out, concentration, total, x: no_derivative("beta_slope", "total"),
    lambda g, out, concentration, total, x: no_derivative("beta_slope", "x"),
)
