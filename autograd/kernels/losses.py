"""Losses of single elements whose NumPy form passes over memory more than once, and what each passes back."""

from __future__ import annotations

import numpy as np

from .activation import sigmoid_numpy
from .elementary_functions import exp, log1p_of_fraction
from .elementwise import elementwise, total_of


def bowl_numpy(x, target, bend, curve, rate):
    size = np.abs(x - target)
    near = np.minimum(size, bend)
    return np.where(size > bend, rate * (size - bend * x.dtype.type(0.5)), near * near * curve)


@elementwise(bowl_numpy, arrays=2)
def bowl(x, target, bend, curve, rate):
    """``curve·e²`` for an ``e = x - target`` within ±``bend``, else ``rate·(|e| - bend/2)``."""
    size = abs(x - target)
    line = rate * (size - bend * type(x)(0.5))
    return line if size > bend else size * size * curve


@total_of(bowl_numpy, 2, bowl.formula)
def bowl_total():
    """The sum of `bowl`."""


def bowl_slope_numpy(x, target, bend, curve, rate):
    e = x - target
    return np.where(np.abs(e) > bend, rate * np.sign(e), e * (2 * curve))


@elementwise(bowl_slope_numpy, arrays=2)
def bowl_slope(x, target, bend, curve, rate):
    """The derivative of `bowl`: ``2·curve·e`` for an ``e`` within ±``bend``, else ``±rate``."""
    e = x - target
    slope = e * (curve + curve)
    slope = rate if e > bend else slope
    return -rate if e < -bend else slope


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
