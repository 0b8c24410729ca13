"""Ops that run along a dimension: what the first 1, 2, ... elements amount to."""

from __future__ import annotations

import numpy as np

from . import arithmetic, comparison, pointwise
from .axes import axis_of
from .op import op
from .shape import cast, cast_first, constant_pad, flip, reshape


def accumulated(ufunc, x, dim):
    """``ufunc`` accumulated along ``dim``, of floats in float64, of others in int64; a 0-d array as it is.

    What is rounded at each step strays further from the truth with each.
    """
    axis = axis_of(dim, max(x.ndim, 1))
    if x.dtype.kind != "f":
        return ufunc.accumulate(np.atleast_1d(x), axis, np.int64).reshape(x.shape)
    return ufunc.accumulate(np.atleast_1d(x), axis, np.float64).astype(x.dtype, copy=False).reshape(x.shape)


@op(in_place=True, derivative="∂L/∂x = ∂L/∂out summed from the end")
def cumsum(x, dim):
    """The sums of the first 1, 2, ... elements along ``dim``.

    >>> autograd.tensor([1, 2, 3]).cumsum(0)
    tensor([1, 3, 6])
    """
    return accumulated(np.add, x, dim)


cumsum.linear(lambda g, out, x, dim: flip(cumsum(flip(g, (dim,)), dim), (dim,)) if g.ndim else g)
cast_first(cumsum)


@op(level="internal", derivative=("∂L/∂aᵢ = λᵢ·yᵢ₋₁", "∂L/∂bᵢ = λᵢ, where λᵢ = ∂L/∂yᵢ + aᵢ₊₁·λᵢ₊₁"))
def recurrence(a, b, dim):
    """``yᵢ = aᵢ·yᵢ₋₁ + bᵢ`` along ``dim``, beginning with ``y₀ = b₀``; in float64, as `accumulated`."""
    y = b.astype(np.float64)
    rows, factors = np.moveaxis(y, dim, 0), np.moveaxis(a, dim, 0)
    for i in range(1, len(rows)):
        rows[i] += factors[i] * rows[i - 1]
    return y.astype(b.dtype, copy=False)


def from_the_end(a, g, dim):
    """``λᵢ = gᵢ + aᵢ₊₁·λᵢ₊₁`` along ``dim``: the adjoint of `recurrence` in b."""
    return flip(recurrence(delayed(flip(a, (dim,)), dim, 0), flip(g, (dim,)), dim), (dim,))


def delayed(x, dim, first):
    """``x`` one place later along ``dim``, with ``first`` before it; the last is dropped."""
    later = x.ndim - 1 - axis_of(dim, x.ndim)
    return constant_pad(x, (0, 0) * later + (1, -1), first) if x.shape[dim] else x


recurrence.vjp(
    lambda g, out, a, b, dim: from_the_end(a, g, dim) * delayed(out, dim, 0),
    lambda g, out, a, b, dim: from_the_end(a, g, dim),
)


@op(in_place=True, derivative="∂L/∂xᵢ = Σ over k ≥ i of ∂L/∂outₖ · the product of the other first k elements")
def cumprod(x, dim):
    """The products of the first 1, 2, ... elements along ``dim``.

    >>> autograd.tensor([1, 2, 3]).cumprod(0)
    tensor([1, 2, 6])
    """
    return accumulated(np.multiply, x, dim)


# out is a recurrence: outᵢ = xᵢ·outᵢ₋₁. So nothing is divided by, and zeros are numbers like others.
cumprod.vjp(lambda g, out, x, dim: from_the_end(x, g, dim) * delayed(out, dim, 1) if g.ndim else g)
cast_first(cumprod)


def products_of_others(x, dim):
    """For each element the product of the others, of all or along ``dim``: of those before and of those after it."""
    if not x.ndim:
        return x**0
    row, dim = (reshape(x, (-1,)), 0) if dim is None else (x, dim)
    before = cumprod(delayed(row, dim, 1), dim)
    after = flip(cumprod(delayed(flip(row, (dim,)), dim, 1), dim), (dim,))
    return reshape(before * after, x.shape)


@op(derivative="∂L/∂xᵢ = Σ over k ≥ i of ∂L/∂outₖ·exp(xᵢ - outₖ)")
def logcumsumexp(x, dim):
    """``log Σ exp(xᵢ)`` of the first 1, 2, ... elements along ``dim``, without overflow; not for integers.

    >>> autograd.tensor([1000., 1000.]).logcumsumexp(0)
    tensor([1000.0000, 1000.6932])
    """
    return accumulated(np.logaddexp, pointwise.of_kind("f", x), dim)


def falling(out, dim):
    """``exp(outᵢ₋₁ - outᵢ)``, at most 1 as out only grows."""
    before = delayed(out, dim, float("-inf"))
    return pointwise.exp(arithmetic.where(comparison.isinf(before), 0.0, before - out))


def passed_back(g, out, dim):
    """``Σ over k ≥ i of gₖ·exp(outᵢ - outₖ)``, by factors of float64: a rounded one would be in all sums before it."""
    return cast(from_the_end(falling(cast(out, np.float64), dim), cast(g, np.float64), dim), g.dtype)


logcumsumexp.vjp(lambda g, out, x, dim: pointwise.exp(x - out) * passed_back(g, out, dim) if g.ndim else g)
