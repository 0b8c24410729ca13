"""Losses of single elements whose NumPy form passes over memory more than once, and what each passes back."""

from __future__ import annotations

import numpy as np

from .activation import sigmoid_numpy
from .elementary_functions import exp, log1p_of_fraction
from .elementwise import elementwise


def bowl_numpy(e, bend, curve, rate):
    size = np.abs(e)
    near = np.minimum(size, bend)
    return np.where(size > bend, rate * (size - bend * e.dtype.type(0.5)), near * near * curve)


@elementwise(bowl_numpy)
def bowl(e, bend, curve, rate):
    """``curve·e²`` for an ``e`` within ±``bend``, else ``rate·(|e| - bend/2)``."""
    size = abs(e)
    line = rate * (size - bend * type(e)(0.5))
    return line if size > bend else size * size * curve


@elementwise(
    lambda g, e, bend, curve, rate: g * np.where(np.abs(e) > bend, rate * np.sign(e), e * (2 * curve)), arrays=2
)
def bowl_slope(g, e, bend, curve, rate):
    """``2·curve·e·g`` for an ``e`` within ±``bend``, else ``±rate·g``."""
    slope = e * (curve + curve)
    slope = rate if e > bend else slope
    return g * (-rate if e < -bend else slope)


def soft_numpy(x):
    return np.log1p(np.exp(-np.abs(x)))


def logistic_numpy(x, positive, negative):
    soft = soft_numpy(x)
    return positive * (np.maximum(-x, 0) + soft) + negative * (np.maximum(x, 0) + soft)


@elementwise(logistic_numpy, arrays=3, widest=True)
def logistic(x, positive, negative):
    """``positive·ln(1 + e⁻ˣ) + negative·ln(1 + eˣ)``."""
    zero = type(x)(0)
    soft = log1p_of_fraction(exp(-abs(x)))
    below, above = zero if x > zero else -x, zero if x < zero else x
    return positive * (below + soft) + negative * (above + soft)


@elementwise(
    lambda g, x, positive, negative: g * (negative * sigmoid_numpy(x) - positive * sigmoid_numpy(-x)),
    arrays=4,
    widest=True,
)
def logistic_slope(g, x, positive, negative):
    """``g·(negative·σ(x) - positive·σ(-x))``, of both sides a term, so that no small one is lost to a difference."""
    one = type(x)(1)
    small = exp(-abs(x))
    more = one / (one + small)
    less = small * more
    up, down = (less if x < type(x)(0) else more), (more if x < type(x)(0) else less)
    return g * (negative * up - positive * down)
