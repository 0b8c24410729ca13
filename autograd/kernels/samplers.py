"""Random numbers that take as many outputs of the generator as they happen to need: gamma, Poisson and binomial.

Candidates are drawn until one is accepted, one number after the other, as in PyTorch, whose numbers these are. Each
kernel takes the state of the twister and leaves it where the next number begins. Nothing in this can be done for a
whole array at once, so the twin of each is the same loop, run by Python.

words: the 624 words of the twister. place: how many of them were taken. waiting: the second number of a normal pair,
or NaN if none waits.
"""

from __future__ import annotations

import math

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require
from .twister import integer53, next_output, require_twister

# As PyTorch rounds them.
THIRD, SQUEEZE = float(np.float32(1 / 3)), float(np.float32(0.0331))
# What Stirling's formula leaves of ln k! for k from 0 to 9.
STIRLING = (
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
    0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
)  # fmt: skip


@helper
def require_state(words, place, waiting):
    """Raise `Misfit` unless this is the state of a twister, with room for a number that waits."""
    require_twister(words, place)
    require(waiting.size == 1)


@helper
def uniform(words, place):
    """A number in [0, 1) of 53 bits."""
    high = next_output(words, place)
    return integer53(high, next_output(words, place)) * 2.0**-53


@helper
def normal(words, place, waiting):
    """A number of the standard normal distribution, by Box and Muller; its sibling waits for the next call."""
    if not math.isnan(waiting[0]):
        found = waiting[0]
        waiting[0] = math.nan
        return found
    angle = 2 * math.pi * uniform(words, place)
    radius = math.sqrt(-2 * math.log1p(-uniform(words, place)))
    waiting[0] = radius * math.sin(angle)
    return radius * math.cos(angle)


@helper
def gamma(alpha, words, place, waiting):
    """A number of density proportional to ``x^(α-1)·e^-x`` (Marsaglia and Tsang, 2000); NaN for α < 0."""
    if not alpha > 0:
        return 0.0 if alpha == 0 else math.nan
    scale = 1.0
    if alpha < 1:
        scale = (1 - uniform(words, place)) ** (1 / alpha)
        alpha += 1
    d = alpha - THIRD
    c = 1 / math.sqrt(9 * d)
    while True:
        x = normal(words, place, waiting)
        y = 1 + c * x
        while y <= 0:
            x = normal(words, place, waiting)
            y = 1 + c * x
        v = y * y * y
        u = 1 - uniform(words, place)
        square = x * x
        if u < 1 - SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1 - v + math.log(v)):
            return scale * d * v


def standard_gamma_loop(alpha, out, words, place, waiting):
    """``out`` = numbers of the gamma distributions with the concentrations ``alpha`` and rate 1."""
    require(out.size == alpha.size)
    require_state(words, place, waiting)
    for i in range(alpha.size):
        out[i] = gamma(np.float64(alpha[i]), words, place, waiting)


standard_gamma = kernel(twin=standard_gamma_loop)(standard_gamma_loop)


@helper
def small_poisson(rate, words, place):
    """How many uniform numbers can be multiplied before the product is below e^-rate."""
    least, product, count = math.exp(-rate), uniform(words, place), 0.0
    while product > least:
        product *= uniform(words, place)
        count += 1
    return count


@helper
def large_poisson(rate, words, place):
    """A Poisson number by transformed rejection, for rates of at least 10 (Hörmann, 1993)."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    ratio = 1.1239 + 1.1328 / (b - 3.4)
    accepted = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = uniform(words, place) - 0.5
        v = uniform(words, place)
        side = 0.5 - abs(u)
        k = np.floor((2 * a / side + b) * u + rate + 0.43) if side > 0 else -1.0
        if side >= 0.07 and v <= accepted:
            return k
        if k < 0 or (side < 0.013 and v > side):
            continue
        density = -rate + k * math.log(rate) - math.lgamma(k + 1)
        if v == 0 or math.log(v * ratio / (a / (side * side) + b)) <= density:
            return k


def poisson_loop(rate, out, words, place, waiting):
    """``out`` = numbers of the Poisson distributions with these rates; NaN for one that is negative or not finite."""
    require(out.size == rate.size)
    require_state(words, place, waiting)
    for i in range(rate.size):
        mean = np.float64(rate[i])
        if not 0 <= mean < math.inf:
            out[i] = math.nan
        elif mean == 0:
            out[i] = 0
        elif mean < 10:
            out[i] = small_poisson(mean, words, place)
        else:
            out[i] = large_poisson(mean, words, place)


poisson = kernel(twin=poisson_loop)(poisson_loop)


@helper
def stirling_error(k):
    """What Stirling's formula leaves of ln k!."""
    if k <= 9:
        return STIRLING[int(k)]
    square = (k + 1) * (k + 1)
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


@helper
def few_successes(count, p, words, place):
    """A binomial number by the waiting times between successes, for ``count·p`` below 10."""
    trials, successes, log_failure = 0.0, 0.0, math.log1p(-p)
    while True:
        u = uniform(words, place)
        if u == 0:
            return successes
        # Of any size, even infinite, which math.ceil makes an integer of.
        trials += np.ceil(math.log(u) / log_failure)
        if trials > count:
            return successes
        successes += 1


@helper
def many_successes(count, p, words, place):
    """A binomial number by transformed rejection, for ``count·p`` of at least 10 (Hörmann, 1993: BTRS)."""
    deviation = math.sqrt(count * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    accepted = 0.92 - 4.2 / b
    odds = p / (1 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    m = np.floor((count + 1) * p)
    while True:
        u = uniform(words, place) - 0.5
        v = uniform(words, place)
        side = 0.5 - abs(u)
        k = np.floor((2 * a / side + b) * u + count * p + 0.5) if side > 0 else -1.0
        if k < 0 or k > count:
            continue
        if side >= 0.07 and v <= accepted:
            return k
        bound = (
            (m + 0.5) * math.log((m + 1) / (odds * (count - m + 1)))
            + (count + 1) * math.log((count - m + 1) / (count - k + 1))
            + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
            + stirling_error(m)
            + stirling_error(count - m)
            - stirling_error(k)
            - stirling_error(count - k)
        )
        if v == 0 or math.log(v * alpha / (a / (side * side) + b)) <= bound:
            return k


@helper
def successes(count, p, words, place):
    """A binomial number for p of at most one half."""
    if count * p >= 10:
        return many_successes(count, p, words, place)
    return few_successes(count, p, words, place)


def binomial_loop(count, probability, out, words, place, waiting):
    """``out`` = how many of ``count`` trials are successes; NaN where count or probability is none."""
    require(out.size == count.size == probability.size)
    require_state(words, place, waiting)
    for i in range(count.size):
        n, p = np.float64(count[i]), np.float64(probability[i])
        if not (n < math.inf and p == p):
            out[i] = math.nan
        elif n <= 0 or p <= 0:
            out[i] = 0
        elif p >= 1:
            out[i] = n
        elif p <= 0.5:
            out[i] = successes(n, p, words, place)
        else:
            out[i] = n - successes(n, 1 - p, words, place)


binomial = kernel(twin=binomial_loop)(binomial_loop)
