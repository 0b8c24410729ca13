"""Scores turned into probabilities."""

from __future__ import annotations

import math
from operator import index

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from ..kernels import softmax as kernels
from .broadcasting import sum
from .op import op
from .pointwise import exp, log, of_kind
from .reduction import amax
from .shape import cast_first


def softmax_of_exp(x, dim):
    """Softmax in terms of other ops: of differences to the largest, so that no power overflows."""
    shifted = x - amax(x, dim, True) if math.prod(x.shape) else x
    power = exp(shifted)
    total = sum(power, dim, True)
    return power / total


def log_softmax_of_exp(x, dim):
    """The logarithm of softmax in terms of other ops."""
    shifted = x - amax(x, dim, True) if math.prod(x.shape) else x
    total = sum(exp(shifted), dim, True)
    return shifted - log(total)


@op(symbol="softmax", derivative="∂pᵢ/∂xⱼ = pᵢ·([i=j] - pⱼ)", reference=softmax_of_exp)
def softmax(x, dim):
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``: positive numbers that add up to 1; NotImplementedError for integers.

    >>> autograd.tensor([1., 2., 3.]).softmax(0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return along(kernels.softmax, (of_kind("f", x),), dim, False)


@op(
    symbol="softmax′",
    derivative=("∂(p·(g - Σ g·p))/∂gⱼ = pᵢ·([i=j] - pⱼ)", "∂/∂pⱼ = [i=j]·(g - Σ g·p) - pᵢ·gⱼ"),
    level="internal",
)
def softmax_slope(g, p, dim):
    """``p·(g - Σ g·p)`` over ``dim``: what the scores of probabilities ``p`` get of ``g``."""
    return along(kernels.softmax_backward, (g, p), dim, False)


softmax.vjp(lambda g, out, x, dim: softmax_slope(g, out, dim))
softmax_slope.vjp(
    lambda u, out, g, p, dim: softmax_slope(u, p, dim),
    lambda u, out, g, p, dim: u * (g - sum(g * p, dim, True)) - g * sum(u * p, dim, True),
)
cast_first(softmax)


@op(symbol="log softmax", derivative="∂(ln pᵢ)/∂xⱼ = [i=j] - pⱼ", reference=log_softmax_of_exp)
def log_softmax(x, dim):
    """``ln softmax(x)``, computed so that no probability is lost to rounding; NotImplementedError for integers.

    >>> autograd.tensor([1., 2., 3.]).log_softmax(0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    return along(kernels.softmax, (of_kind("f", x),), dim, True)


@op(
    symbol="log softmax′",
    derivative=("∂(g - p·Σ g)/∂gⱼ = [i=j] - pᵢ", "∂(g - p·Σ g)/∂(ln pᵢ) = -pᵢ·Σ g"),
    level="internal",
)
def log_softmax_slope(g, logp, dim):
    """``g - p·Σ g`` over ``dim``: what the scores of probabilities ``p`` get of ``g``, that of ``ln p``."""
    return along(kernels.softmax_backward, (g, logp), dim, True)


log_softmax.vjp(lambda g, out, x, dim: log_softmax_slope(g, out, dim))
log_softmax_slope.vjp(
    lambda u, out, g, logp, dim: u - sum(u * exp(logp), dim, True),
    lambda u, out, g, logp, dim: -(u * exp(logp) * sum(g, dim, True)),
)
cast_first(log_softmax)


def along(work, arrays, dim, logarithm):
    """``work`` on the lines of these arrays along ``dim``; on one of a single number where there is no dimension."""
    if type(dim) is int and 0 <= dim < arrays[0].ndim:
        return work(*arrays, dim, logarithm)
    axis = normalize_axis_index(index(dim), max(arrays[0].ndim, 1))
    if not arrays[0].ndim:
        return work(*(np.reshape(x, 1) for x in arrays), 0, logarithm).reshape(())
    return work(*arrays, axis, logarithm)
