"""Values put into places of a Tensor: the inverse of indexing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.errors import naming
from ..engine.keys import normal_key
from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.index import getitem, places, put_at, slices, write_at
from ..ops.index import masked_fill as masked_fill_op
from ..ops.scatter import combine_at
from .indexing import flat_places
from .registry import method

Combine = Callable[[Tensor, Tensor, Any], Tensor]


def same_dtype(name: str, x: Tensor, source: Tensor) -> None:
    """Raise RuntimeError unless both have one dtype."""
    if x.dtype is not source.dtype:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got {x.dtype} and {source.dtype}"
        )


def number_as(name: str, x: Tensor, value: Any) -> Tensor:
    """``value``, a number or a 0-d Tensor, as a Tensor in the dtype of ``x``; RuntimeError if too large for it."""
    if isinstance(value, Tensor):
        return value.to(x.dtype)
    dtype = x.array.dtype
    most = np.inf if dtype.kind == "b" else (np.finfo if dtype.kind == "f" else np.iinfo)(dtype).max
    fits = -most - 1 <= value <= most or (dtype.kind == "f" and not np.isfinite(value))
    if not fits:
        raise RuntimeError(f"{name}: value {value} cannot be converted to type {x.dtype} without overflow")
    return wrap(np.asarray(value).astype(dtype), None)


def added(x: Tensor, values: Tensor, key: Any) -> Tensor:
    """``x`` with ``values`` added at ``key``, several for one place one after the other."""
    return x + put_at(values.expand(np.broadcast_to(0, x.shape)[key].shape), key, x.shape)


def combining(name: str, reduce: str, include_self: bool) -> Combine:
    """The function that reduces the values for one place to one: with what was there, if ``include_self``."""
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"{name}: reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")

    def combine(x: Tensor, values: Tensor, key: Any) -> Tensor:
        start = x if include_self else write_at(x, neutral(reduce, x.array.dtype), key)
        if reduce == "sum":
            return added(start, values, key)
        if reduce != "mean":
            return combine_at(start, values, key, reduce)
        counts = np.ones(x.shape, np.int64)
        if not include_self:
            counts[key] = 0
        np.add.at(counts, key, 1)
        total, number = added(start, values, key), wrap(counts, None)
        return total / number if total.is_floating_point() else total.floor_divide(number.to(total.dtype))

    return combine


def neutral(reduce: str, dtype: np.dtype[Any]) -> Tensor:
    """The number that changes no result: 0 for a sum, 1 for a product, the least for a maximum."""
    lowest = reduce == "amax"
    number: Any = int(reduce == "prod")
    if reduce in ("amax", "amin"):
        if dtype.kind == "b":
            number = not lowest
        elif dtype.kind == "f":
            number = -np.inf if lowest else np.inf
        else:
            number = np.iinfo(dtype).min if lowest else np.iinfo(dtype).max
    return wrap(np.asarray(number, dtype), None)


def _scattered(name: str, input: Tensor, dim: int, index: Tensor, src: Any, combine: Combine) -> Tensor:
    """``src``, or as much of it as ``index`` has, put at the places of `gather` by ``combine``."""
    check_dim(name, dim, input.ndim)
    with naming(name):
        key = places(input.shape, dim, index.array)
    if isinstance(src, Tensor):
        same_dtype(name, input, src)
        if not index.numel():
            return input.clone()
        if src.ndim != index.ndim or any(size > limit for size, limit in zip(index.shape, src.shape)):
            raise RuntimeError(
                f"{name}: Expected index {list(index.shape)} to be no larger size than src {list(src.shape)}"
            )
        values = src if src.shape == index.shape else src[tuple(map(slice, index.shape))]
        values = values if values.ndim else values.reshape(1)
    else:
        values = number_as(name, input, src)
        if not index.numel():
            return input.clone()
    return _vector(input, lambda x: combine(x, values, key))


def _vector(x: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    """``change`` of ``x``, which takes a scalar as a vector of one element."""
    return change(x) if x.ndim else change(x.reshape(1)).reshape(())


@method(in_place=True)
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """``input`` with ``out[index[i][j]][j] = src[i][j]`` for ``dim`` 0, and likewise for others.

    src: a Tensor at least as large as ``index``, or a number. reduce: "add" or "multiply" instead of replacing.

    >>> autograd.zeros(4).scatter(0, autograd.tensor([2, 0]), autograd.tensor([5., 6.]))
    tensor([6., 0., 5., 0.])
    """
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError("scatter: reduce argument must be either add or multiply.")
    if src is None and value is None:
        raise TypeError("scatter(): missing required argument 'src' or 'value'")
    combine = write_at if reduce is None else combining("scatter", {"add": "sum", "multiply": "prod"}[reduce], True)
    return _scattered("scatter", input, dim, index, value if src is None else src, combine)


@method(in_place=True)
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """``input`` with ``out[index[i][j]][j] += src[i][j]`` for ``dim`` 0, and likewise for others.

    >>> autograd.zeros(2).scatter_add(0, autograd.tensor([1, 1]), autograd.tensor([5., 6.]))
    tensor([ 0., 11.])
    """
    if not isinstance(src, Tensor):
        raise TypeError(f"scatter_add(): argument 'src' must be Tensor, not {type(src).__name__}")
    return _scattered("scatter_add", input, dim, index, src, added)


@method(in_place=True)
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """As `scatter`, but several values for one place are made one: by "sum", "prod", "mean", "amax" or "amin".

    include_self: whether the element that was there is one of them.

    >>> autograd.zeros(2).scatter_reduce(0, autograd.tensor([1, 1]), autograd.tensor([5., 6.]), "amax")
    tensor([0., 6.])
    """
    return _scattered("scatter_reduce", input, dim, index, src, combining("scatter_reduce", reduce, include_self))


def _indexed(name: str, input: Tensor, dim: int, index: Tensor, source: Tensor, combine: Combine) -> Tensor:
    """The slices of ``source`` at those of `index_select`, put there by ``combine``."""
    axis = check_dim(name, dim, input.ndim)
    same_dtype(name, input, source)
    with naming(name):
        key = slices(input.shape or (1,), dim, index.array)
    shape = (*input.shape[:axis], index.numel(), *input.shape[axis + 1 :])
    if source.shape != shape and not (source.numel() == index.numel() == 1 and max(input.ndim, source.ndim) < 2):
        length = source.shape[axis] if axis < source.ndim else 1
        if length != index.numel():
            kind: type[Exception] = IndexError if name == "index_copy" else RuntimeError
            raise kind(
                f"{name}: Number of indices ({index.numel()}) should be equal to source.size(dim): ({length}), for "
                f"dim: {dim}"
            )
        raise RuntimeError(
            f"{name}: source tensor shape must match self tensor shape, excluding the specified dimension. Got "
            f"self.shape = {list(input.shape)} source.shape = {list(source.shape)}"
        )
    values = source.reshape(shape)
    return _vector(input, lambda x: combine(x, values, key))


@method(in_place=True)
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """``input`` with ``alpha`` times the slices of ``source`` added to those along ``dim`` that ``index`` names.

    >>> autograd.zeros(2).index_add(0, autograd.tensor([1, 1]), autograd.tensor([5., 6.]))
    tensor([ 0., 11.])
    """
    if alpha != 1:
        source = source * number_as("index_add", source, alpha)
    return _indexed("index_add", input, dim, index, source, added)


@method(in_place=True)
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """``input`` with the slices of ``source`` in place of those along ``dim`` that ``index`` names.

    >>> autograd.zeros(3).index_copy(0, autograd.tensor([2, 0]), autograd.tensor([5., 6.]))
    tensor([6., 0., 5.])
    """
    return _indexed("index_copy", input, dim, index, source, write_at)


@method(in_place=True)
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """As `index_copy`, but several slices for one place are made one: by "prod", "mean", "amax" or "amin".

    include_self: whether the slice that was there is one of them.

    >>> autograd.ones(2).index_reduce(0, autograd.tensor([1, 1]), autograd.tensor([5., 6.]), "prod")
    tensor([ 1., 30.])
    """
    if reduce == "sum":
        raise RuntimeError("index_reduce: Expected reduce to be one of prod, mean, amax or amin but got sum.")
    return _indexed("index_reduce", input, dim, index, source, combining("index_reduce", reduce, include_self))


@method(in_place=True)
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """``input`` with ``value``, a number or a 0-d Tensor, in the slices along ``dim`` that ``index`` names.

    >>> autograd.zeros(3).index_fill(0, autograd.tensor([0, -1]), 7.)
    tensor([7., 0., 7.])
    """
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"index_fill only supports a 0-dimensional value tensor, but got shape {list(value.shape)}")
    if index.array.dtype != np.int64:
        raise IndexError(f"index_fill: Expected dtype int64 for index, not {index.dtype}")
    axis = check_dim("index_fill", dim, input.ndim)
    size = input.shape[axis] if input.ndim else 1
    # Each once, so that the derivative counts it once; the index itself where it is that already, as in `slices`.
    once = np.unique(np.where(index.array < 0, index.array + size, index.array))
    as_given = once.size == index.numel() and bool(np.all(index.array >= 0))
    with naming("index_fill"):
        key = slices(input.shape or (1,), dim, index.array if as_given else once)
    return _vector(input, lambda x: write_at(x, number_as("index_fill", x, value), key))


@method(in_place=True)
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``input`` with ``input[indices] = values``, or ``+=`` with ``accumulate``; ``indices`` is a tuple of Tensors.

    >>> autograd.zeros(2, 2).index_put((autograd.tensor([0, 1]), autograd.tensor([1, 0])), autograd.tensor(5.))
    tensor([[0., 5.],
            [5., 0.]])
    """
    if not isinstance(indices, (tuple, list)) or not all(isinstance(index, Tensor) for index in indices):
        raise TypeError("index_put(): argument 'indices' (position 2) must be tuple of Tensors")
    if values.dtype is not input.dtype:
        raise RuntimeError(
            f"index_put requires the source and destination dtypes match, got {input.dtype} for the destination and "
            f"{values.dtype} for the source."
        )
    key = normal_key(tuple(indices))
    with naming("index_put"):
        shape = getitem(np.broadcast_to(0, input.shape), key).shape
        if np.broadcast_shapes(values.shape, shape) != shape:
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
                f"shape {list(shape)}"
            )
    return (added if accumulate else write_at)(input, values.expand(shape), key)


@method(in_place=True)
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """``input`` with ``source`` at the places ``index``, counted row by row; added there with ``accumulate``.

    >>> autograd.zeros(2, 2).put(autograd.tensor([1, -1]), autograd.tensor([5., 6.]))
    tensor([[0., 5.],
            [0., 6.]])
    """
    same_dtype("put", input, source)
    if source.numel() != index.numel():
        raise IndexError(
            "put: Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.numel()}, index.numel() = {index.numel()}"
        )
    key = flat_places("put", input.numel(), index)
    return (added if accumulate else write_at)(input.reshape(-1), source.reshape(-1), key).reshape(input.shape)


@method(in_place=True)
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``input`` with ``value``, a number or a 0-d Tensor, where the mask (a bool Tensor) holds.

    >>> autograd.tensor([1., 2.]).masked_fill(autograd.tensor([True, False]), 0.)
    tensor([0., 2.])
    """
    return masked_fill_op(input, mask, number_as("masked_fill", input, value))


@method(in_place=True)
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """``input`` with the elements of ``source``, one after the other, where ``mask`` (of bools) holds.

    >>> autograd.zeros(3).masked_scatter(autograd.tensor([True, False, True]), autograd.tensor([5., 6.]))
    tensor([5., 0., 6.])
    """
    same_dtype("masked_scatter", input, source)
    if mask.array.dtype != np.bool_:
        raise RuntimeError(f"masked_scatter only supports boolean masks, but got mask with dtype {mask.dtype}")
    with naming("masked_scatter"):
        key = np.broadcast_to(mask.array, np.broadcast_shapes(input.shape, mask.shape))
    count = int(key.sum())
    if source.numel() < count:
        raise RuntimeError(
            f"masked_scatter: Number of elements of source ({source.numel()}) < number of ones in mask ({count})"
        )
    return write_at(input.expand(key.shape), source.reshape(-1)[:count], key)


def _into(name: str, input: Tensor, src: Tensor, view: Callable[[Tensor], Tensor]) -> Tensor:
    """A copy of ``input`` with ``src`` in the part that ``view`` shows."""
    part = view(wrap(np.arange(input.numel()).reshape(input.shape), None)).array
    if part.shape != src.shape:
        raise RuntimeError(
            f"{name}: expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice "
            f"size = {list(part.shape)}"
        )
    values = src.to(input.dtype).reshape(-1)
    return write_at(input.reshape(-1), values, part.reshape(-1)).reshape(input.shape)


@method()
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of ``input`` with ``src`` in place of ``input.select(dim, index)``.

    >>> autograd.zeros(2, 2).select_scatter(autograd.tensor([5., 6.]), 1, 0)
    tensor([[5., 0.],
            [6., 0.]])
    """
    return _into("select_scatter", input, src, lambda x: x.select(dim, index))


@method()
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of ``input`` with ``src`` in place of ``input[start:end:step]`` along ``dim``.

    >>> autograd.zeros(4).slice_scatter(autograd.tensor([5., 6.]), start=0, step=2)
    tensor([5., 0., 6., 0.])
    """
    key = (slice(None),) * check_dim("slice_scatter", dim, input.ndim) + (slice(start, end, step),)
    return _into("slice_scatter", input, src, lambda x: x[key])


@method()
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of ``input`` with ``src`` in place of ``input.diagonal(offset, dim1, dim2)``.

    >>> autograd.zeros(2, 2).diagonal_scatter(autograd.tensor([5., 6.]))
    tensor([[5., 0.],
            [0., 6.]])
    """
    return _into("diagonal_scatter", input, src, lambda x: x.diagonal(offset, dim1, dim2))


@method()
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A copy of ``input`` with ``src`` in place of ``input.as_strided(size, stride, storage_offset)``.

    >>> autograd.zeros(2, 2).as_strided_scatter(autograd.tensor([5., 6.]), (2,), (3,))
    tensor([[5., 0.],
            [0., 6.]])
    """
    return _into("as_strided_scatter", input, src, lambda x: x.as_strided(size, stride, storage_offset))
