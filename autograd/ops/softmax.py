"""Scores turned into probabilities."""

from __future__ import annotations

import numpy as np

from .broadcasting import axes, sum
from .op import op
from .pointwise import exp
from .shape import cast_first


@op(symbol="softmax", derivative="∂pᵢ/∂xⱼ = pᵢ·([i=j] - pⱼ)", floating=True)
def softmax(x, dim):
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``: positive numbers that add up to 1.

    >>> autograd.tensor([1., 2., 3.]).softmax(0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    out = exp_of_shifted(x, dim)
    out /= out.sum(axis=dim if x.ndim else axes(dim, 0), keepdims=True)
    return out


softmax.vjp(lambda g, out, x, dim: out * (g - sum(g * out, dim, True)))
cast_first(softmax)


@op(symbol="log softmax", derivative="∂(ln pᵢ)/∂xⱼ = [i=j] - pⱼ", floating=True)
def log_softmax(x, dim):
    """``ln softmax(x)``, computed so that no probability is lost to rounding.

    >>> autograd.tensor([1., 2., 3.]).log_softmax(0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    axis = dim if x.ndim else axes(dim, 0)
    shifted = np.asarray(x - top(x, axis))
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


log_softmax.vjp(lambda g, out, x, dim: g - exp(out) * sum(g, dim, True))
cast_first(log_softmax)


def top(x, axis):
    """The largest of each row, which is subtracted so that no exp overflows."""
    return np.max(x, axis=axis, keepdims=True, initial=-np.inf) if x.size else 0.0


def exp_of_shifted(x, dim):
    """``e^(x - max x)`` over ``dim``, as an array of its own."""
    shifted = np.asarray(x - top(x, dim if x.ndim else axes(dim, 0)))
    return np.exp(shifted, out=shifted)
