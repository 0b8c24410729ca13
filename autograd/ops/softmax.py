"""Scores turned into probabilities."""

from __future__ import annotations

import numpy as np

from .broadcasting import axes, sum
from .op import op
from .pointwise import exp
from .shape import cast_first
from .summing import in_float32, total


@op(symbol="softmax", derivative="∂pᵢ/∂xⱼ = pᵢ·([i=j] - pⱼ)", floating=True)
def softmax(x, dim):
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``: positive numbers that add up to 1.

    >>> autograd.tensor([1., 2., 3.]).softmax(0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    if x.dtype.char == "e":
        return in_float32(softmax.forward, x, dim)
    over = axes(dim, x.ndim)
    out = np.asarray(x - top(x, over))
    np.exp(out, out=out)
    out /= total(out, over, True)
    return out


softmax.vjp(lambda g, out, x, dim: out * (g - sum(g * out, dim, True)))
cast_first(softmax)


@op(symbol="log softmax", derivative="∂(ln pᵢ)/∂xⱼ = [i=j] - pⱼ", floating=True)
def log_softmax(x, dim):
    """``ln softmax(x)``, computed so that no probability is lost to rounding.

    >>> autograd.tensor([1., 2., 3.]).log_softmax(0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    if x.dtype.char == "e":
        return in_float32(log_softmax.forward, x, dim)
    over = axes(dim, x.ndim)
    shifted = np.asarray(x - top(x, over))
    return shifted - np.log(total(np.exp(shifted), over, True))


log_softmax.vjp(lambda g, out, x, dim: g - exp(out) * sum(g, dim, True))
cast_first(log_softmax)


def top(x, over):
    """The largest of each row, which is subtracted so that no exp overflows."""
    return np.max(x, axis=over, keepdims=True, initial=-np.inf) if x.size else 0.0
