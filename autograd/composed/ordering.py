"""Elements in order: sorted, the k-th, the middle one, the most frequent one."""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.arithmetic import lerp, where
from ..ops.comparison import isnan
from ..ops.ordering import argsort, median_of_all
from .extremes import Picked, pick, rows
from .registry import function, method
from .results import parts


@method()
@parts(Picked)
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Picked:
    """``(values, indices)`` in order along ``dim``; equal ones keep theirs. NaN is the largest.

    >>> autograd.tensor([3., 1., 2.]).sort().values
    tensor([1., 2., 3.])
    """
    check_dim("sort", dim, input.ndim)
    return pick(input, dim, argsort(input, dim, descending))


@method()
def msort(input: Tensor) -> Tensor:
    """Sorted along the first dimension.

    >>> autograd.tensor([3., 1., 2.]).msort()
    tensor([1., 2., 3.])
    """
    return sort(input, 0).values


@method()
@parts(Picked)
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Picked:
    """``(values, indices)`` of the k largest along ``dim``, the largest first, or of the k smallest.

    >>> autograd.tensor([3., 1., 2.]).topk(2)
    Picked(values=tensor([3., 2.]), indices=tensor([0, 2]))
    """
    row, axis = rows("topk", input, dim, empty=True)
    if not 0 <= k <= row.shape[axis]:
        raise RuntimeError(f"topk: selected index k out of range: {k} of {row.shape[axis]}")
    if not input.ndim:
        return pick(input if k else input.reshape(1), 0, np.arange(k))
    order = argsort(input, axis, largest)
    return pick(input, dim, order[(slice(None),) * axis + (slice(k),)])


@method()
@parts(Picked)
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Picked:
    """``(value, index)`` of the k-th smallest along ``dim``, counted from 1.

    >>> autograd.tensor([3., 1., 2.]).kthvalue(2)
    Picked(values=tensor(2.), indices=tensor(2))
    """
    row, axis = rows("kthvalue", input, dim)
    if not 1 <= k <= row.shape[axis]:
        raise RuntimeError(f"kthvalue: selected number k out of range for dimension {axis}: {k} of {row.shape[axis]}")
    return pick(input, dim, argsort(input, dim).narrow(axis, k - 1, 1) if input.ndim else 0, keepdim)


def _median(name: str, x: Tensor, dim: int | None, keepdim: bool) -> Any:
    ignore_nan = name == "nanmedian"
    if dim is None:
        return median_of_all(x, ignore_nan)
    row, axis = rows(name, x, dim)
    if x.array.dtype.kind == "b":
        raise NotImplementedError(f"{name}: not implemented for bools; make them integers first, as in x.int()")
    if not x.ndim:
        return pick(x, dim, 0, keepdim)
    order, last = argsort(x, dim), row.shape[axis] - 1
    if row.dtype.kind != "f":
        return pick(x, dim, order.narrow(axis, last // 2, 1), keepdim)
    # NaNs come last in the order.
    nans = isnan(x).sum(axis, keepdim=True)
    if ignore_nan:
        return pick(x, dim, order.gather(axis, (last - nans).clamp(min=0) // 2), keepdim)
    return pick(x, dim, order.gather(axis, where(nans > 0, last + 1 - nans, last // 2)), keepdim)


@overload
def median(input: Tensor, dim: None = None, keepdim: bool = False) -> Tensor: ...
@overload
def median(input: Tensor, dim: int, keepdim: bool = False) -> Picked: ...
@method()
@parts(Picked)
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of two; over ``dim``, ``(values, indices)``. NaN where there is one.

    >>> autograd.tensor([3., 1., 2., 4.]).median()
    tensor(2.)
    """
    return _median("median", input, dim, keepdim)


@overload
def nanmedian(input: Tensor, dim: None = None, keepdim: bool = False) -> Tensor: ...
@overload
def nanmedian(input: Tensor, dim: int, keepdim: bool = False) -> Picked: ...
@method()
@parts(Picked)
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """`median` of what is not NaN.

    >>> autograd.tensor([3., 1., float("nan")]).nanmedian()
    tensor(1.)
    """
    return _median("nanmedian", input, dim, keepdim)


@method()
@parts(Picked)
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Picked:
    """``(values, indices)`` of the most frequent element along ``dim``: the smallest of several, where it is last.

    >>> autograd.tensor([3, 1, 2, 1]).mode()
    Picked(values=tensor(1), indices=tensor(3))
    """
    row, axis = rows("mode", input, dim)
    order = np.argsort(row, axis, kind="stable")
    ordered = np.moveaxis(np.take_along_axis(row, order, axis), axis, 0)
    begins = np.ones(ordered.shape, bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    here = np.arange(len(ordered)).reshape((-1,) + (1,) * (row.ndim - 1))
    seen = here - np.maximum.accumulate(np.where(begins, here, 0))
    places = np.expand_dims(np.argmax(seen, 0), axis)
    return pick(input, dim, np.take_along_axis(order, places, axis), keepdim)


INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(name: str, x: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Tensor:
    ignore_nan = name == "nanquantile"
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(f"{name}: interpolation must be one of {', '.join(INTERPOLATIONS)}, not {interpolation!r}")
    if x.array.dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"{name}: input tensor must be either float or double dtype, not {x.dtype}")
    if not isinstance(q, Tensor):
        q = wrap(np.asarray(q, x.array.dtype), None)
    if q.dtype is not x.dtype or q.ndim > 1:
        raise RuntimeError(f"{name}: q must be a scalar or 1D Tensor of {x.dtype}, not {q.dtype} {tuple(q.shape)}")
    if not np.all((q.array >= 0) & (q.array <= 1)):
        raise RuntimeError(f"{name}: q must be in the range [0, 1] but got {q.tolist()}")
    if not x.numel():
        raise RuntimeError(f"{name}: input tensor must be non-empty, not of shape {tuple(x.shape)}")
    axis = 0 if dim is None else check_dim(name, dim, x.ndim)
    lines = x.reshape(-1) if dim is None or not x.ndim else x.movedim(axis, -1)
    nans = lines.detach().isnan()
    ordered = sort(lines).values
    last: Any = ordered.shape[-1] - 1
    if ignore_nan:
        last = (last - nans.sum(-1, keepdim=True)).clamp(min=0).to(x.dtype)
    ranks = (q.reshape(-1) * last).expand(*lines.shape[:-1], q.numel())
    if not ignore_nan:
        ranks = ranks.masked_fill(nans.any(-1, keepdim=True), float(last))
    if interpolation in ("lower", "higher", "nearest"):
        ranks = getattr(ranks.detach(), {"lower": "floor", "higher": "ceil", "nearest": "round"}[interpolation])()
    below = ranks.detach().floor()
    found = ordered.gather(-1, below.long())
    if interpolation in ("linear", "midpoint"):
        weight = ranks - below if interpolation == "linear" else 0.5
        found = lerp(found, ordered.gather(-1, ranks.detach().ceil().long()), weight)
    if keepdim:
        found = found.reshape((1,) * x.ndim + (-1,)) if dim is None or not x.ndim else found.unsqueeze(axis)
    return found.movedim(-1, 0) if q.ndim else found.squeeze(-1)


@method()
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """What a share ``q`` of the elements lies below, of all or along ``dim``.

    q: a number, or a vector for a new first dimension.
    interpolation: what to make of the two next to it, "linear", "lower", "higher", "midpoint" or "nearest".

    >>> autograd.tensor([1., 2., 3., 4.]).quantile(0.5)
    tensor(2.5000)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@method()
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """`quantile` of what is not NaN.

    >>> autograd.tensor([1., 2., float("nan")]).nanquantile(0.5)
    tensor(1.5000)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


@function()
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where in each sorted row of ``sorted_sequence`` (..., n) the values of ``input`` (..., m) belong.

    Before equal ones, or after them if ``right`` or ``side="right"``. A vector of n serves input of any shape, or a
    number. sorter: the indices that put the rows in order.

    >>> autograd.searchsorted(autograd.tensor([1., 3., 5.]), autograd.tensor([3., 4.]))
    tensor([1, 2])
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted: side can only be 'left' or 'right' but got {side!r}")
    if side == "left" and right:
        raise RuntimeError("searchsorted: side and right can't be set to opposites: side is 'left', right is True")
    rows = sorted_sequence.array
    wanted = input.array if isinstance(input, Tensor) else np.asarray(input)
    if not (rows.ndim == 1 or (rows.ndim == wanted.ndim and rows.ndim and rows.shape[:-1] == wanted.shape[:-1])):
        raise RuntimeError(
            f"searchsorted: sorted_sequence of shape {rows.shape} must have 1 dimension, or those of the input "
            f"{wanted.shape} but for the last"
        )
    if sorter is not None:
        if sorter.array.shape != rows.shape or sorter.array.dtype != np.int64:
            raise RuntimeError(f"searchsorted: sorter must be of int64 and shape {rows.shape}, as sorted_sequence is")
        if sorter.numel() and not 0 <= sorter.array.min() <= sorter.array.max() < rows.shape[-1]:
            raise RuntimeError(f"searchsorted: sorter index out of range: there are {rows.shape[-1]} numbers in a row")
        rows = np.take_along_axis(rows, sorter.array, -1)
    found = np.empty(wanted.shape, np.int32 if out_int32 else np.int64)
    where: Any = "right" if right or side == "right" else "left"
    for place in np.ndindex(rows.shape[:-1]):
        key = place if rows.ndim > 1 else ...
        found[key] = np.searchsorted(rows[place], wanted[key], where)
    return wrap(found, None)


@function()
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The bucket between ``boundaries``, a sorted vector, that each value of ``input`` is in; see `searchsorted`.

    >>> autograd.bucketize(autograd.tensor([0.5, 3., 7.]), autograd.tensor([1., 3., 5.]))
    tensor([0, 1, 3])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize: boundaries must have 1 dimension, not the shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
