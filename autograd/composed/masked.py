"""Reductions, scans and softmax of those elements that a mask, a bool Tensor that broadcasts, marks: `autograd.masked`.

What is masked out counts as the identity of the operation: 0 in a sum, -inf in a maximum.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops import arithmetic, broadcasting, reduction, scan
from ..ops.norm import vector_norm
from ..ops.op import Op
from ..ops.softmax import log_softmax as log_softmax_op
from ..ops.softmax import softmax as softmax_op
from ..types.dtypes import numpy_dtype
from . import ordering
from .registry import function

INF = math.inf


def _filled(name: str, x: Tensor, mask: Tensor | None, identity: float, dtype: Any = None) -> Tensor:
    """``x``, in ``dtype`` if given, with the identity, or the nearest that its dtype has, where the mask is False."""
    if dtype is not None:
        x = x.to(dtype)
    if mask is None:
        return x
    if mask.array.dtype.kind != "b":
        raise RuntimeError(f"masked.{name}: expected a mask of bools, not {mask.dtype}")
    if mask.ndim > x.ndim:
        raise IndexError(
            f"masked.{name}: a mask of shape {tuple(mask.shape)} has more dimensions than the input {tuple(x.shape)}"
        )
    if math.isinf(identity) and x.array.dtype.kind != "f":
        low, high = (0, 1) if x.array.dtype.kind == "b" else (np.iinfo(x.array.dtype).min, np.iinfo(x.array.dtype).max)
        identity = low if identity < 0 else high
    return x.masked_fill(~mask, identity)


def _unmasked(op: Op, identity: float, x: Tensor, mask: Tensor | None, dtype: Any, *params: Any) -> Tensor:
    """``op`` of what the mask leaves."""
    return op(_filled(op.name, x, mask, identity, dtype), *params)


def _count(x: Tensor, mask: Tensor | None, dim: Any, keepdim: bool) -> Tensor:
    """How many elements the mask leaves."""
    ones = wrap(np.ones(x.shape, bool), None)
    return _filled("mean", ones, mask, 0).sum(dim, keepdim)


def _variance(
    name: str,
    x: Tensor,
    dim: Any,
    unbiased: bool | None,
    correction: float | None,
    keepdim: bool,
    dtype: Any,
    mask: Tensor | None,
) -> Tensor:
    floating = x.is_floating_point() if dtype is None else numpy_dtype(dtype).kind == "f"
    if not floating:
        # Integers have a variance too: that of the same numbers as floats.
        found = _variance(name, x.float(), dim, unbiased, correction, keepdim, None, mask)
        return found if dtype is None else found.to(dtype)
    x = x if dtype is None else x.to(dtype)
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    center = _filled(name, x, mask, 0).sum(dim, True) / _count(x, mask, dim, True)
    apart = _filled(name, x - center, mask, 0)
    return (apart * apart).sum(dim, keepdim) / (_count(x, mask, dim, keepdim).to(x.dtype) - correction).clamp(min=0)


@function("masked.sum")
def sum(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The sum of what is not masked out, or over ``dim``.

    >>> autograd.masked.sum(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(3.)
    """
    return _unmasked(broadcasting.sum, 0, input, mask, dtype, dim, keepdim)


@function("masked.amax")
def amax(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The largest of what is not masked out, or over ``dim``; -inf of nothing.

    >>> autograd.masked.amax(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(2.)
    """
    return _unmasked(reduction.amax, -INF, input, mask, dtype, dim, keepdim)


@function("masked.amin")
def amin(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The smallest of what is not masked out, or over ``dim``; inf of nothing.

    >>> autograd.masked.amin(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(1.)
    """
    return _unmasked(reduction.amin, INF, input, mask, dtype, dim, keepdim)


@function("masked.argmax")
def argmax(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The index of the largest that is not masked out, or of that along ``dim``; in the dtype of ``input``.

    >>> autograd.masked.argmax(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(1.)
    """
    place = _unmasked(reduction.argmax, -INF, input, mask, dtype, dim, keepdim)
    return place.to(input.dtype if dtype is None else dtype)


@function("masked.argmin")
def argmin(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The index of the smallest that is not masked out, or of that along ``dim``; in the dtype of ``input``.

    >>> autograd.masked.argmin(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(0.)
    """
    place = _unmasked(reduction.argmin, INF, input, mask, dtype, dim, keepdim)
    return place.to(input.dtype if dtype is None else dtype)


@function("masked.prod")
def prod(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The product of what is not masked out, or over ``dim``; 1 of nothing.

    >>> autograd.masked.prod(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(2.)
    """
    x = _filled("prod", input, mask, 1, dtype)
    dims = range(x.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    for axis in sorted((check_dim("masked.prod", d, x.ndim) for d in dims), reverse=True):
        x = reduction.prod(x, axis, keepdim)
    return x if dims else reduction.prod(x)


@function("masked.logsumexp")
def logsumexp(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """``log Σ exp(xᵢ)`` of what is not masked out, or over ``dim``; -inf of nothing.

    >>> autograd.masked.logsumexp(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(2.3133)
    """
    over = tuple(range(input.ndim)) if dim is None else dim
    return _unmasked(reduction.logsumexp, -INF, input, mask, dtype, over, keepdim)


@function("masked.mean")
def mean(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The mean of what is not masked out, or over ``dim``; NaN of nothing. ValueError for integers without a ``dtype``.

    >>> autograd.masked.mean(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(1.5000)
    """
    total = _filled("mean", input, mask, 0, dtype)
    if not total.is_floating_point():
        raise ValueError(
            f"masked.mean: could not infer output dtype of a mean of {total.dtype}; give a dtype of floats"
        )
    return total.sum(dim, keepdim) / _count(input, mask, dim, keepdim)


@function("masked.median")
def median(
    input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The median along ``dim`` of what is not masked out, the lower of two; NaN of nothing.

    >>> autograd.masked.median(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(1.)
    """
    x = input if dtype is None else input.to(dtype)
    dim = operator.index(dim)
    found = ordering.nanmedian(
        _filled("median", x if x.is_floating_point() else x.float(), mask, math.nan), dim, keepdim
    ).values
    if not x.is_floating_point() and bool(found.isnan().any()):
        raise ValueError(f"masked.median: everything is masked out along {dim}, and {x.dtype} has no NaN")
    return found.to(x.dtype)


@function("masked.var")
def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The variance of what is not masked out, or over ``dim``; see `autograd.var`.

    >>> autograd.masked.var(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(0.5000)
    """
    return _variance("var", input, dim, unbiased, correction, keepdim, dtype, mask)


@function("masked.std")
def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The standard deviation of what is not masked out, or over ``dim``; see `autograd.var`.

    >>> autograd.masked.std(autograd.tensor([1., 2., 3.]), mask=autograd.tensor([True, True, False]))
    tensor(0.7071)
    """
    return _variance("std", input, dim, unbiased, correction, keepdim, dtype, mask).sqrt()


@function("masked.norm")
def norm(
    input: Tensor,
    ord: float = 2.0,
    dim: Any = None,
    *,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The norm of what is not masked out, or over ``dim``; see `autograd.linalg.vector_norm`.

    >>> autograd.masked.norm(autograd.tensor([3., 4., 5.]), mask=autograd.tensor([True, True, False]))
    tensor(5.)
    """
    return _unmasked(vector_norm, INF if ord == -INF else 0, input, mask, dtype, ord, dim, keepdim)


@function("masked.normalize")
def normalize(
    input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """What is not masked out over its norm along ``dim``, which is at least ``eps``; 0 where masked out.

    >>> autograd.masked.normalize(autograd.tensor([3., 4., 5.]), 2, 0, mask=autograd.tensor([True, True, False]))
    tensor([0.6000, 0.8000, 0.0000])
    """
    return _filled("normalize", input, mask, 0) / norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask).clamp(eps)


@function("masked.logaddexp")
def logaddexp(
    input: Tensor,
    other: Tensor,
    *,
    dtype: Any = None,
    input_mask: Tensor | None = None,
    other_mask: Tensor | None = None,
) -> Tensor:
    """``log(eˣ + eʸ)``, without what is masked out of either.

    >>> x = autograd.tensor([1., 2.])
    >>> autograd.masked.logaddexp(x, x, input_mask=autograd.tensor([True, False]))
    tensor([1.6931, 2.0000])
    """
    x = _filled("logaddexp", input, input_mask, -INF, dtype)
    y = _filled("logaddexp", other, other_mask, -INF, dtype)
    return arithmetic.logaddexp(x, y)


@function("masked.cumsum")
def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The sums of the first 1, 2, ... elements along ``dim`` that are not masked out.

    >>> autograd.masked.cumsum(autograd.tensor([1., 2., 3.]), 0, mask=autograd.tensor([True, True, False]))
    tensor([1., 3., 3.])
    """
    return _unmasked(scan.cumsum, 0, input, mask, dtype, dim).to(input.dtype if dtype is None else dtype)


@function("masked.cumprod")
def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The products of the first 1, 2, ... elements along ``dim`` that are not masked out.

    >>> autograd.masked.cumprod(autograd.tensor([1., 2., 3.]), 0, mask=autograd.tensor([True, True, False]))
    tensor([1., 2., 2.])
    """
    return _unmasked(scan.cumprod, 1, input, mask, dtype, dim).to(input.dtype if dtype is None else dtype)


@function("masked.softmax")
def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The softmax along ``dim`` of what is not masked out; 0 where masked out.

    >>> autograd.masked.softmax(autograd.tensor([1., 2., 3.]), 0, mask=autograd.tensor([True, True, False]))
    tensor([0.2689, 0.7311, 0.0000])
    """
    return _unmasked(softmax_op, -INF, input, mask, dtype, dim)


@function("masked.log_softmax")
def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The log softmax along ``dim`` of what is not masked out; -inf where masked out.

    >>> autograd.masked.log_softmax(autograd.tensor([1., 2., 3.]), 0, mask=autograd.tensor([True, True, False]))
    tensor([-1.3133, -0.3133,    -inf])
    """
    return _unmasked(log_softmax_op, -INF, input, mask, dtype, dim)


@function("masked.softmin")
def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The softmax along ``dim`` of ``-x`` where that is not masked out; 0 where it is.

    >>> autograd.masked.softmin(autograd.tensor([1., 2., 3.]), 0, mask=autograd.tensor([True, True, False]))
    tensor([0.7311, 0.2689, 0.0000])
    """
    return softmax_op(-_filled("softmin", input, mask, INF, dtype), dim)
