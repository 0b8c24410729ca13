"""The largest and the smallest, with where they are."""

from __future__ import annotations

from typing import Any, NamedTuple, overload

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.choice import maximum, minimum
from ..ops.op import Op
from ..ops.reduction import amax, amin, argmax, argmin, max_of_all, min_of_all
from ..types.dtypes import uint8
from .registry import method
from .results import parts


class Picked(NamedTuple):
    """Elements of a Tensor, and where along a dimension they were."""

    values: Tensor
    indices: Tensor


class Range(NamedTuple):
    """What `aminmax` returns."""

    min: Tensor
    max: Tensor


def rows(name: str, x: Tensor, dim: int, empty: bool = False) -> tuple[np.ndarray[Any, Any], int]:
    """The array, of at least one dimension, and the axis; IndexError if that is empty, unless ``empty`` is allowed."""
    axis = check_dim(name, dim, x.ndim)
    row = np.atleast_1d(x.array)
    if not row.shape[axis] and not empty:
        raise IndexError(f"{name}: Expected reduction dim {dim} to have non-zero size (shape {tuple(x.shape)})")
    return row, axis


def pick(x: Tensor, dim: int, indices: Any, keepdim: bool = True) -> Picked:
    """The elements at ``indices``, an array or a Tensor that keeps ``dim``, along ``dim``, as `gather` picks them."""
    places = indices
    if not isinstance(places, Tensor):
        places = wrap(np.asarray(indices, np.int64).reshape(np.shape(indices) if x.ndim else ()), None)
    values = x.gather(dim, places)
    return Picked(values, places) if keepdim else Picked(values.squeeze(dim), places.squeeze(dim))


# By name: the op of two Tensors, the op of all elements, and that of the places along a dimension.
EXTREMES: dict[str, tuple[Op, Op, Op]] = {
    "max": (maximum, max_of_all, argmax),
    "min": (minimum, min_of_all, argmin),
}


def _extreme(name: str, x: Tensor, dim: Any, keepdim: bool, other: Any) -> Any:
    of_two, of_all, places = EXTREMES[name]
    if other is not None or isinstance(dim, Tensor):
        return of_two(x, dim if other is None else other)
    if dim is None:
        if not x.numel():
            raise RuntimeError(f"{name}: expected a dim for a Tensor without elements, of shape {tuple(x.shape)}")
        return of_all(x)
    rows(name, x, dim)
    numbers = x.to(uint8) if x.array.dtype.kind == "b" else x
    return pick(x, dim, places(numbers, dim, True), keepdim)


@overload
def max(input: Tensor, dim: Tensor | None = None, *, other: Tensor | None = None) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> Picked: ...
@method()
@parts(Picked)
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The largest element; over ``dim``, ``(values, indices)``; of two Tensors, `maximum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).max(1).indices
    tensor([1, 0])
    """
    return _extreme("max", input, dim, keepdim, other)


@overload
def min(input: Tensor, dim: Tensor | None = None, *, other: Tensor | None = None) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> Picked: ...
@method()
@parts(Picked)
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The smallest element; over ``dim``, ``(values, indices)``; of two Tensors, `minimum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).min(1).values
    tensor([1., 2.])
    """
    return _extreme("min", input, dim, keepdim, other)


@method()
@parts(Range)
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Range:
    """The smallest and the largest element, or those over ``dim``; RuntimeError where there is none.

    >>> autograd.tensor([3., 1., 2.]).aminmax()
    Range(min=tensor(1.), max=tensor(3.))
    """
    if dim is not None:
        rows("aminmax", input, dim)
    elif not input.numel():
        raise RuntimeError(f"aminmax: nothing to choose from in a Tensor of shape {tuple(input.shape)}")
    dims = () if dim is None else dim
    return Range(amin(input, dims, keepdim), amax(input, dims, keepdim))


def _running_extreme(name: str, x: Tensor, dim: int, ufunc: Any) -> Picked:
    row, axis = rows(name, x, dim, empty=True)
    here = np.arange(row.shape[axis]).reshape((-1,) + (1,) * (row.ndim - 1 - axis))
    # The last of equal ones so far; each NaN stays until the next.
    reached = (row == ufunc.accumulate(row, axis)) | (row != row)
    return pick(x, dim, np.maximum.accumulate(np.where(reached, here, 0), axis))


@method()
@parts(Picked)
def cummax(input: Tensor, dim: int) -> Picked:
    """``(values, indices)`` of the largest of the first 1, 2, ... elements along ``dim``, the last of equal ones.

    >>> autograd.tensor([1, 3, 2]).cummax(0)
    Picked(values=tensor([1, 3, 3]), indices=tensor([0, 1, 1]))
    """
    return _running_extreme("cummax", input, dim, np.maximum)


@method()
@parts(Picked)
def cummin(input: Tensor, dim: int) -> Picked:
    """``(values, indices)`` of the smallest of the first 1, 2, ... elements along ``dim``, the last of equal ones.

    >>> autograd.tensor([3, 1, 2]).cummin(0)
    Picked(values=tensor([3, 1, 1]), indices=tensor([0, 1, 1]))
    """
    return _running_extreme("cummin", input, dim, np.minimum)
