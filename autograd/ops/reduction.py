"""Ops that make one number of many: sums, products, extremes and what is built on them."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..dtypes import numpy_dtype
from . import arithmetic, pointwise
from .op import op
from .shape import cast, expand, flip, reshape


def axes(dim, ndim):
    """``dim`` (an int, a sequence, or None for all) as a tuple of axes counted from the front. () means all, too."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return tuple(range(ndim))
    if type(dim) is int and 0 <= dim < ndim:
        return (dim,)
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if not ndim:
        normalize_axis_tuple(dims, 1)
        return ()
    try:
        return normalize_axis_tuple(dims, ndim)
    except np.exceptions.AxisError:
        raise
    except ValueError:
        raise RuntimeError(f"dim {dims[-1] % ndim} appears multiple times in the list of dims") from None


def kept_shape(shape, dim):
    """The shape that a reduction over ``dim`` would have with ``keepdim``."""
    reduced = axes(dim, len(shape))
    return tuple(1 if i in reduced else size for i, size in enumerate(shape))


def spread(g, shape, dim):
    """``g``, the result of a reduction of ``shape`` over ``dim``, with its dimensions back so that it broadcasts."""
    kept = kept_shape(shape, dim)
    return g if g.shape == kept else reshape(g, kept)


@op(symbol="Σ", derivative="∂(Σxᵢ)/∂xᵢ = 1")
def sum(x, dim=None, keepdim=False, dtype=None):
    """The sum of all elements, or over ``dim``; integers and bools are summed as int64.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).sum(dim=0)
    tensor([4., 6.])
    """
    kind = numpy_dtype(dtype) if dtype is not None else None if x.dtype.kind == "f" else np.int64
    return np.add.reduce(x, axes(dim, x.ndim), kind, keepdims=keepdim)


sum.linear(
    lambda g, out, x, dim, keepdim, dtype: expand(
        spread(g if dtype is None else cast(g, x.dtype), x.shape, dim), x.shape
    )
)


@op(packs=True, derivative="∂L/∂x = expand(∂L/∂out, x.shape)")
def sum_to_size(x, size):
    """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand.

    >>> autograd.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    extra = x.ndim - len(size)
    if extra < 0 or [had for had, wanted in zip(x.shape[extra:], size) if wanted not in (1, had)]:
        raise RuntimeError(f"size {tuple(size)} is not expandable to size {tuple(x.shape)}")
    repeated = [i for i in range(extra, x.ndim) if size[i - extra] == 1 != x.shape[i]]
    return np.add.reduce(x, (*range(extra), *repeated), keepdims=True).reshape(size)


sum_to_size.linear(lambda g, out, x, size: expand(g, x.shape))


@op(derivative="∂(mean x)/∂xᵢ = 1/n")
def mean(x, dim=None, keepdim=False):
    """The arithmetic mean of all elements, or over ``dim``; RuntimeError for integers.

    >>> autograd.tensor([1., 2., 6.]).mean()
    tensor(3.)
    """
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"could not infer output dtype of a mean of {x.dtype}; make it a float first, as in x.float()"
        )
    return np.add.reduce(x, axes(dim, x.ndim), keepdims=keepdim) / counted(x.shape, dim)


mean.linear(lambda g, out, x, dim, keepdim: expand(spread(g / counted(x.shape, dim), x.shape, dim), x.shape))


def counted(shape, dim):
    """How many elements a reduction of ``shape`` over ``dim`` makes one of."""
    return math.prod(shape[axis] for axis in axes(dim, len(shape)))


@op(derivative="∂(max x)/∂xᵢ = 1/k for the k largest, else 0")
def amax(x, dim=None, keepdim=False):
    """The largest element, or the largest over ``dim``. Several that are the largest share the gradient evenly.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).amax(1)
    tensor([5., 7.])
    """
    return np.max(nonempty(x, dim), axis=axes(dim, x.ndim), keepdims=keepdim)


@op(derivative="∂(min x)/∂xᵢ = 1/k for the k smallest, else 0")
def amin(x, dim=None, keepdim=False):
    """The smallest element, or the smallest over ``dim``. Several that are the smallest share the gradient evenly.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).amin(1)
    tensor([1., 2.])
    """
    return np.min(nonempty(x, dim), axis=axes(dim, x.ndim), keepdims=keepdim)


def nonempty(x, dim):
    """``x``, unless an extreme over ``dim`` would have nothing to choose from."""
    if counted(x.shape, dim) == 0:
        raise IndexError(f"expected reduction dim {dim} to have non-zero size")
    return x


def share_among_equal(g, out, x, dim):
    """``g`` split evenly among the elements of ``x`` that are the extreme ``out``."""
    chosen = cast(x == spread(out, x.shape, dim), g.dtype)
    return chosen * (spread(g, x.shape, dim) / sum(chosen, dim, True))


amax.vjp(lambda g, out, x, dim, keepdim: share_among_equal(g, out, x, dim))
amin.vjp(lambda g, out, x, dim, keepdim: share_among_equal(g, out, x, dim))


@op
def argmax(x, dim=None, keepdim=False):
    """The index of the largest element (the first of several): in the flattened Tensor, or along ``dim``.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).argmax(1)
    tensor([1, 0])
    """
    return np.argmax(nonempty(x, dim), axis=dim, keepdims=keepdim)


@op
def argmin(x, dim=None, keepdim=False):
    """The index of the smallest element (the first of several): in the flattened Tensor, or along ``dim``.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).argmin(1)
    tensor([0, 1])
    """
    return np.argmin(nonempty(x, dim), axis=dim, keepdims=keepdim)


@op
def all(x, dim=None, keepdim=False):
    """Whether all elements are nonzero, or all over ``dim``.

    >>> autograd.tensor([[True, False], [True, True]]).all(1)
    tensor([False,  True])
    """
    return np.all(x, axis=axes(dim, x.ndim), keepdims=keepdim)


@op
def any(x, dim=None, keepdim=False):
    """Whether any element is nonzero, or any over ``dim``.

    >>> autograd.tensor([[True, False], [False, False]]).any(1)
    tensor([ True, False])
    """
    return np.any(x, axis=axes(dim, x.ndim), keepdims=keepdim)


@op(symbol="σ²", derivative="∂(var x)/∂xᵢ = 2(xᵢ - mean x)/(n - correction)")
def var(x, dim=None, correction=1, keepdim=False):
    """The variance ``Σ(xᵢ - mean x)² / (n - correction)`` of all elements, or over ``dim``.

    >>> autograd.tensor([1., 2., 3.]).var()
    tensor(1.)
    """
    return np.var(of_floats(x), axis=axes(dim, x.ndim), ddof=correction, keepdims=keepdim)


@op(symbol="σ", derivative="∂(std x)/∂xᵢ = (xᵢ - mean x)/((n - correction)·std x)")
def std(x, dim=None, correction=1, keepdim=False):
    """The standard deviation ``√var`` of all elements, or over ``dim``.

    >>> autograd.tensor([1., 2., 3.]).std()
    tensor(1.)
    """
    return np.std(of_floats(x), axis=axes(dim, x.ndim), ddof=correction, keepdims=keepdim)


def of_floats(x):
    """``x``, unless it is of integers or bools: those have no variance in PyTorch."""
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"std and var only support floating point dtypes, not {x.dtype}; convert it, as in x.float()"
        )
    return x


def deviations(x, dim, correction):
    """``(xᵢ - mean x)/(n - correction)``; a sample too small for its correction has no variance: NaN."""
    degrees = counted(x.shape, dim) - correction
    return (x - mean(x, dim, True)) * (1 / degrees if degrees > 0 else float("nan"))


var.vjp(lambda g, out, x, dim, correction, keepdim: spread(g * 2, x.shape, dim) * deviations(x, dim, correction))
std.vjp(
    lambda g, out, x, dim, correction, keepdim: (
        spread(arithmetic.where(out == 0, 0.0, g / out), x.shape, dim) * deviations(x, dim, correction)
    )
)


@op(derivative="∂(log Σeˣ)/∂xᵢ = softmax(x)ᵢ", floating=True)
def logsumexp(x, dim, keepdim=False):
    """``log Σ exp(xᵢ)`` over ``dim``, without overflow.

    >>> autograd.tensor([1000., 1000.]).logsumexp(0)
    tensor(1000.6932)
    """
    reduced = axes(dim, x.ndim)
    top = np.max(x, axis=reduced, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0).astype(x.dtype)
    total = np.log(np.sum(np.exp(x - shift), axis=reduced, keepdims=True)) + shift
    return total if keepdim else np.squeeze(total, reduced)


logsumexp.vjp(
    lambda g, out, x, dim, keepdim: spread(g, x.shape, dim) * pointwise.exp(x - spread(out, x.shape, dim)),
)


@op(derivative="∂L/∂x = ∂L/∂out summed from the end")
def cumsum(x, dim):
    """The sums of the first 1, 2, ... elements along ``dim``.

    >>> autograd.tensor([1, 2, 3]).cumsum(0)
    tensor([1, 3, 6])
    """
    return np.cumsum(
        x, axis=dim if x.ndim else axes(dim, 0) or None, dtype=None if x.dtype.kind == "f" else np.int64
    ).reshape(x.shape)


cumsum.linear(lambda g, out, x, dim: flip(cumsum(flip(g, (dim,)), dim), (dim,)) if g.ndim else g)
