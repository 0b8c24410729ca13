"""``x[key]``, as PyTorch indexes, and what picks elements."""

from __future__ import annotations

import operator
from typing import Any, Literal, overload

import numpy as np

from ..engine.errors import naming
from ..engine.keys import stages
from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.arithmetic import where
from ..ops.index import argwhere
from ..ops.index import getitem as pick
from .registry import function, method


def getitem(x: Tensor, key: Any) -> Tensor:
    """``x[key]``, as PyTorch indexes: Tensors, lists and arrays pick elements, the rest slices."""
    for stage in stages(x.array.shape, key):
        x = pick.call(x, stage)
    return x


@method()
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice of ``input`` at ``index`` along ``dim``; IndexError if there is none.

    >>> autograd.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = check_dim("select", dim, input.ndim)
    size = input.shape[axis]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}"
        )
    return input[(slice(None),) * axis + (index,)]


@method()
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """``length`` slices of ``input`` along ``dim`` from ``start`` on.

    >>> autograd.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if isinstance(start, Tensor) and (start.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("narrow: start must be an 0-dim integral Tensor.")
    axis = check_dim("narrow", dim, input.ndim)
    size, start = input.shape[axis], operator.index(start)
    if not -size <= start <= size:
        raise IndexError(f"narrow: start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"narrow: start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return input[(slice(None),) * axis + (slice(start, start + length),)]


def flat_places(name: str, count: int, index: Tensor) -> np.ndarray[Any, Any]:
    """``index`` into ``count`` elements in one row, counted from the front; IndexError if one is out of range."""
    if index.array.dtype != np.int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {index.dtype}")
    places = index.array.reshape(-1)
    for wrong in places[(places < -count) | (places >= count)]:
        raise IndexError(f"{name}: out of range: tried to access index {wrong} on a tensor of {count} elements.")
    return np.where(places < 0, places + count, places)


@method()
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at ``index``, counted through the whole of ``input`` row by row.

    >>> autograd.tensor([[1, 2], [3, 4]]).take(autograd.tensor([0, -1]))
    tensor([1, 4])
    """
    flat_places("take", input.numel(), index)
    return input.reshape(-1)[index.reshape(-1)].reshape(index.shape)


@method()
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, with shapes broadcast but for ``dim``; without it, the elements counted row by row.

    >>> autograd.tensor([[3, 1], [7, 8]]).take_along_dim(autograd.tensor([[1, 0]]), 1)
    tensor([[1, 3],
            [8, 7]])
    """
    if indices.array.dtype.kind not in "iu":
        raise RuntimeError(f"take_along_dim(): dtype of indices should be Long but got {indices.dtype}")
    if dim is None:
        return take_along_dim(input.reshape(-1), indices.reshape(-1), 0)
    if input.ndim != indices.ndim:
        raise RuntimeError(
            f"take_along_dim(): input and indices should have the same number of dimensions, but got {input.ndim} "
            f"and {indices.ndim}"
        )
    axis = check_dim("take_along_dim", dim, input.ndim)
    with naming("take_along_dim"):
        shape = np.broadcast_shapes(*((*x.shape[:axis], *x.shape[axis + 1 :]) for x in (input, indices)))
    if input.ndim:
        input = input.expand((*shape[:axis], input.shape[axis], *shape[axis:]))
        indices = indices.expand((*shape[:axis], indices.shape[axis], *shape[axis:]))
        indices = where(indices < 0, indices + input.shape[axis], indices)
    return input.gather(axis, indices)


@method()
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where ``mask`` holds, in one row; both are broadcast.

    >>> autograd.tensor([1, 2, 3]).masked_select(autograd.tensor([True, False, True]))
    tensor([1, 3])
    """
    if mask.array.dtype != np.bool_:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, not {mask.dtype}")
    with naming("masked_select"):
        shape = np.broadcast_shapes(input.shape, mask.shape)
    return input.expand(shape)[np.broadcast_to(mask.array, shape)]


@method()
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each slice along ``dim`` (each element without it) ``repeats`` times, one number or one for each.

    Of ``repeats`` alone, the indices that would be repeated.

    >>> autograd.tensor([5, 6]).repeat_interleave(autograd.tensor([1, 2]))
    tensor([5, 6, 6])
    """
    if repeats is None:
        counts = input.array
        if input.ndim != 1 or counts.dtype not in (np.int64, np.int32):
            raise RuntimeError("repeat_interleave: repeats must be a vector of int64 or int32")
        input = wrap(np.arange(counts.size, dtype=counts.dtype), None)
    else:
        counts = np.asarray(repeats.array if isinstance(repeats, Tensor) else repeats)
    if dim is None:
        input, dim = input.reshape(-1), 0
    axis = check_dim("repeat_interleave", dim, input.ndim)
    size = input.shape[axis] if input.ndim else 1
    if counts.ndim > 1 or counts.size not in (1, size):
        raise RuntimeError(
            "repeat_interleave: repeats must have the same size as input along dim, but got repeats of shape "
            f"{list(counts.shape)} and input.size({dim}) = {size}"
        )
    if counts.dtype.kind not in "iu":
        raise RuntimeError(f"repeat_interleave: repeats has to be Long or Int tensor, not {counts.dtype}")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeat_interleave: repeats can not be negative")
    index = np.repeat(np.arange(size), counts)
    if output_size is not None and output_size != index.size:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {index.size} but got {output_size}")
    return (input if input.ndim else input.reshape(1))[(slice(None),) * axis + (index,)]


@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor: ...
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
@method()
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that aren't 0, one in a row; with ``as_tuple``, a vector for each dimension.

    >>> autograd.tensor([[0, 7], [8, 0]]).nonzero()
    tensor([[0, 1],
            [1, 0]])
    """
    if not as_tuple:
        return argwhere(input)
    return argwhere(input if input.ndim else input.reshape(1)).unbind(1)


@method()
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The first ``size`` rows of `nonzero`, filled up with ``fill_value``.

    >>> autograd.tensor([0, 7]).nonzero_static(size=2)
    tensor([[ 1],
            [-1]])
    """
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    found = np.argwhere(input.array)[:size]
    filled = np.full((size, input.ndim), fill_value)
    filled[: len(found)] = found
    return wrap(filled, None)


@function()
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """For places in the flattened Tensor of ``shape``, the index in each dimension.

    >>> autograd.unravel_index(autograd.tensor([5]), (2, 3))
    (tensor([1]), tensor([2]))
    """
    if indices.array.dtype.kind not in "iu":
        raise TypeError(f"unravel_index: expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if any(size < 0 for size in sizes):
        raise ValueError(f"unravel_index: 'shape' cannot have negative values, but got {sizes}")
    if any(size >= 1 << 63 for size in sizes):
        raise ValueError(f"unravel_index: sizes have 63 bits at most, but got {sizes}")
    rest, found = indices.array.astype(np.int64), []
    for size in reversed(sizes):
        found.append(wrap(np.asarray(rest % size), None))
        rest = rest // size
    return tuple(reversed(found))


@function()
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element is among ``test_elements``, or with ``invert`` is not. One of the two may be a number.

    >>> autograd.isin(autograd.tensor([1, 2, 3]), autograd.tensor([2, 5]))
    tensor([False,  True, False])
    """
    if not (isinstance(elements, Tensor) or isinstance(test_elements, Tensor)):
        raise TypeError(f"isin(): expected a Tensor, not {type(elements).__name__} and {type(test_elements).__name__}")
    first, second = (x.array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    return wrap(np.asarray(np.isin(first, second, assume_unique, invert)), None)
