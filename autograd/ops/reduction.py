"""Ops that make one number of many: sums, products, extremes and what is built on them."""

from __future__ import annotations

import math

import numpy as np

from . import arithmetic, comparison, pointwise
from .broadcasting import axes, expand, spread, sum
from .op import op
from .scan import products_of_others
from .shape import cast, cast_first
from .summing import in_float32, total


@op(
    derivative="∂(mean x)/∂xᵢ = 1/n",
    backward=lambda node, out=None, x=None, dim=None, *rest: f"MeanBackward{int(dim is not None)}",
)
def mean(x, dim=None, keepdim=False):
    """The arithmetic mean of all elements, or over ``dim``; RuntimeError for integers without a ``dtype`` of floats.

    >>> autograd.tensor([1., 2., 6.]).mean()
    tensor(3.)
    """
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"could not infer output dtype of a mean of {x.dtype}; make it a float first, as in x.float()"
        )
    if x.dtype.char == "e":
        return in_float32(mean.forward, x, dim, keepdim)
    over = axes(dim, x.ndim)
    return total(x, over, keepdim) / math.prod([x.shape[axis] for axis in over])


mean.linear(lambda g, out, x, dim, keepdim: expand(spread(g / counted(x.shape, dim), x.shape, dim), x.shape))
cast_first(mean)


def counted(shape, dim):
    """How many elements a reduction of ``shape`` over ``dim`` makes one of."""
    return math.prod(shape[axis] for axis in axes(dim, len(shape)))


@op(derivative="1 where x is not NaN, else 0")
def nansum(x, dim=None, keepdim=False):
    """The sum of what is not NaN, of all elements or over ``dim``.

    >>> autograd.tensor([1., float("nan"), 2.]).nansum()
    tensor(3.)
    """
    return sum.forward(x if x.dtype.kind != "f" else np.where(np.isnan(x), x.dtype.type(0), x), dim, keepdim)


@op(derivative="1/n where x is not NaN, n times over, else 0")
def nanmean(x, dim=None, keepdim=False):
    """The mean of what is not NaN, of all elements or over ``dim``; RuntimeError for integers.

    >>> autograd.tensor([1., float("nan"), 2.]).nanmean()
    tensor(1.5000)
    """
    if x.dtype.kind != "f":
        raise RuntimeError(f"expected a Tensor of floats, not {x.dtype}; convert it, as in x.float()")
    if x.dtype.char == "e":
        return in_float32(nanmean.forward, x, dim, keepdim)
    return nansum.forward(x, dim, keepdim) / present(x, dim, keepdim)


def present(x, dim, keepdim):
    """How many elements are not NaN."""
    return cast(sum(~comparison.isnan(x), dim, keepdim), x.dtype)


def among_present(g, x, dim):
    """``g`` for each element that is not NaN."""
    return arithmetic.where(comparison.isnan(x), 0.0, spread(g, x.shape, dim))


nansum.linear(lambda g, out, x, dim, keepdim: among_present(g, x, dim))
nanmean.linear(lambda g, out, x, dim, keepdim: among_present(g / present(x, dim, keepdim), x, dim))
cast_first(nansum)
cast_first(nanmean)


@op(symbol="Π", derivative="∂(Πxᵢ)/∂xᵢ = the product of the others")
def prod(x, dim=None, keepdim=False):
    """The product of all elements, or over ``dim``; integers and bools are multiplied as int64.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).prod(dim=0)
    tensor([3., 8.])
    """
    if isinstance(dim, (tuple, list)):
        raise TypeError(f"expected an int or None as dim, not {dim}")
    if x.dtype.char == "e":
        return in_float32(prod.forward, x, dim, keepdim)
    return np.multiply.reduce(x, axes(dim, x.ndim), None if x.dtype.kind == "f" else np.int64, keepdims=keepdim)


prod.vjp(lambda g, out, x, dim, keepdim: spread(g, x.shape, dim) * products_of_others(x, dim))
cast_first(prod)


@op
def count_nonzero(x, dim=None):
    """How many elements are not zero, of all or over ``dim``.

    >>> autograd.tensor([[1, 0], [2, 3]]).count_nonzero(0)
    tensor([2, 1])
    """
    return np.count_nonzero(x, axis=axes(dim, x.ndim))


@op(derivative="∂(max x)/∂xᵢ = 1/k for the k largest, else 0")
def amax(x, dim=(), keepdim=False):
    """The largest element, or the largest over ``dim``. Several that are the largest share the gradient evenly.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).amax(1)
    tensor([5., 7.])
    """
    return np.max(nonempty(x, dim), axis=axes(dim, x.ndim), keepdims=keepdim)


@op(derivative="∂(min x)/∂xᵢ = 1/k for the k smallest, else 0")
def amin(x, dim=(), keepdim=False):
    """The smallest element, or the smallest over ``dim``. Several that are the smallest share the gradient evenly.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).amin(1)
    tensor([1., 2.])
    """
    return np.min(nonempty(x, dim), axis=axes(dim, x.ndim), keepdims=keepdim)


def nonempty(x, dim):
    """``x``, unless an extreme over ``dim`` would have nothing to choose from."""
    if counted(x.shape, dim) == 0:
        raise (RuntimeError if dim == () else IndexError)(f"expected reduction dim {dim} to have non-zero size")
    return x


def share_among_equal(g, out, x, dim):
    """``g`` split evenly among the elements of ``x`` that are the extreme ``out``; NaN where that is NaN."""
    chosen = cast(x == spread(out, x.shape, dim), g.dtype)
    return chosen * (spread(g, x.shape, dim) / sum(chosen, dim, True))


@op(symbol="max", derivative="∂(max x)/∂xᵢ = 1/k for the k largest, else 0", level="internal", backward="MaxBackward1")
def max_of_all(x):
    """The largest element. Several that are the largest, or several NaN, share the gradient evenly."""
    return np.max(x)


@op(symbol="min", derivative="∂(min x)/∂xᵢ = 1/k for the k smallest, else 0", level="internal")
def min_of_all(x):
    """The smallest element. Several that are the smallest, or several NaN, share the gradient evenly."""
    return np.min(x)


def share_among_chosen(g, out, x):
    """``g`` split evenly among the elements of ``x`` that equal ``out``, or that are NaN if it is."""
    chosen = cast((x == out) | (comparison.isnan(x) & comparison.isnan(out)), g.dtype)
    return chosen * (g / sum(chosen))


max_of_all.vjp(lambda g, out, x: share_among_chosen(g, out, x))
min_of_all.vjp(lambda g, out, x: share_among_chosen(g, out, x))


def ordered(x):
    """``x``, unless it is of bools."""
    if x.dtype.kind == "b":
        raise RuntimeError("does not support bool input; make it an integer first, as in x.int()")
    return x


amax.vjp(lambda g, out, x, dim, keepdim: share_among_equal(g, out, x, dim))
amin.vjp(lambda g, out, x, dim, keepdim: share_among_equal(g, out, x, dim))


@op
def argmax(x, dim=None, keepdim=False):
    """The index of the largest element (the first of several): in the flattened Tensor, or along ``dim``.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).argmax(1)
    tensor([1, 0])
    """
    return np.argmax(nonempty(ordered(x), dim), axis=dim, keepdims=keepdim)


@op
def argmin(x, dim=None, keepdim=False):
    """The index of the smallest element (the first of several): in the flattened Tensor, or along ``dim``.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).argmin(1)
    tensor([0, 1])
    """
    return np.argmin(nonempty(ordered(x), dim), axis=dim, keepdims=keepdim)


@op
def all(x, dim=None, keepdim=False):
    """Whether all elements are nonzero, or all over ``dim``; uint8 stays uint8.

    >>> autograd.tensor([[True, False], [True, True]]).all(1)
    tensor([False,  True])
    """
    return verdict(np.all, x, dim, keepdim)


@op
def any(x, dim=None, keepdim=False):
    """Whether any element is nonzero, or any over ``dim``; uint8 stays uint8.

    >>> autograd.tensor([[True, False], [False, False]]).any(1)
    tensor([ True, False])
    """
    return verdict(np.any, x, dim, keepdim)


def verdict(function, x, dim, keepdim):
    """`all` or `any`: over no dimension at all for (), as in PyTorch, and a uint8 of a uint8."""
    reduced = () if dim == () else axes(dim, x.ndim)
    return np.asarray(function(x, axis=reduced, keepdims=keepdim), np.uint8 if x.dtype == np.uint8 else np.bool_)


@op(symbol="σ²", derivative="∂(var x)/∂xᵢ = 2(xᵢ - mean x)/(n - correction)")
def var(x, dim=None, unbiased=True, keepdim=False, correction=None):
    """The variance ``Σ(xᵢ - mean x)² / (n - correction)`` of all elements, or over ``dim``.

    The correction is 1, or 0 if not ``unbiased``; ``var(x, False)`` is ``var(x, unbiased=False)``.

    >>> autograd.tensor([1., 2., 3.]).var()
    tensor(1.)
    """
    dim, correction = corrected(dim, unbiased, correction)
    return variance(of_floats(x), axes(dim, x.ndim), correction, keepdim)


@op(symbol="σ", derivative="∂(std x)/∂xᵢ = (xᵢ - mean x)/((n - correction)·std x)")
def std(x, dim=None, unbiased=True, keepdim=False, correction=None):
    """The standard deviation ``√var`` of all elements, or over ``dim``, with the arguments of `var`.

    >>> autograd.tensor([1., 2., 3.]).std()
    tensor(1.)
    """
    dim, correction = corrected(dim, unbiased, correction)
    if x.dtype.char == "e":
        return in_float32(std.forward, x, dim, unbiased, keepdim, correction)
    return np.sqrt(variance(of_floats(x), axes(dim, x.ndim), correction, keepdim))


def variance(x, over, correction, keepdims):
    """The squares of the distances from the mean, summed and divided by ``n - correction``.

    The mean is rounded. What that leaves of the sum of the distances says by how much, and is taken from the squares.
    """
    if x.dtype.char == "e":
        return in_float32(variance, x, over, correction, keepdims)
    count = counted(x.shape, over)
    apart = x - total(x, over, True) / count
    rest = total(apart, over, keepdims)
    apart *= apart
    return np.maximum(total(apart, over, keepdims) - rest * (rest / count), 0) / max(count - correction, 0)


def corrected(dim, unbiased, correction):
    """The dimensions and the correction that the arguments of `var` mean."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is not None and not isinstance(correction, (int, float)):
        raise TypeError(f"argument 'correction' must be a number, not {type(correction).__name__}")
    return dim, int(unbiased) if correction is None else correction


def of_floats(x):
    """``x``, unless it is of integers or bools: those have no variance in PyTorch."""
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"std and var only support floating point dtypes, not {x.dtype}; convert it, as in x.float()"
        )
    return x


def deviations(g, x, dim, unbiased, correction):
    """``g·(xᵢ - mean x)/(n - correction)``; a sample too small for its correction has no variance: NaN."""
    dim, correction = corrected(dim, unbiased, correction)
    degrees = counted(x.shape, dim) - correction
    return spread(g, x.shape, dim) * ((x - mean(x, dim, True)) * (1 / degrees if degrees > 0 else float("nan")))


var.vjp(lambda g, out, x, dim, unbiased, keepdim, correction: deviations(g * 2, x, dim, unbiased, correction))
std.vjp(
    lambda g, out, x, dim, unbiased, keepdim, correction: deviations(quotient(g, out), x, dim, unbiased, correction)
)


def quotient(x, y):
    """``x / y``, and 0 where ``y`` is 0, as are its derivatives."""
    return arithmetic.where(y == 0, 0.0, x / arithmetic.where(y == 0, 1.0, y))


@op(derivative="∂(log Σeˣ)/∂xᵢ = softmax(x)ᵢ", floating=True)
def logsumexp(x, dim, keepdim=False):
    """``log Σ exp(xᵢ)`` over ``dim``, without overflow.

    >>> autograd.tensor([1000., 1000.]).logsumexp(0)
    tensor(1000.6932)
    """
    if x.dtype.char == "e":
        return in_float32(logsumexp.forward, x, dim, keepdim)
    reduced = axes(dim, x.ndim)
    top = np.max(x, axis=reduced, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0).astype(x.dtype)
    out = np.log(total(np.exp(x - shift), reduced, True)) + shift
    return out if keepdim else np.squeeze(out, reduced)


logsumexp.vjp(
    lambda g, out, x, dim, keepdim: spread(g, x.shape, dim) * pointwise.exp(x - spread(out, x.shape, dim)),
)
