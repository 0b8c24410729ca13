"""Tensors of one number, or of whatever is in memory: zeros, ones, empty, those like another, the identity matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..types.dtypes import DTYPES, check_fits, get_default_dtype, numpy_dtype
from ..types.dtypes import dtype as Dtype
from .arguments import finish, kind, sizes_of, with_layout, with_out
from .data import array_of
from .layout import empty_array, memory_format


@with_out
@with_layout
def empty(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes that is not filled: whatever was in the memory.

    >>> autograd.empty(2, 3).shape
    autograd.Size([2, 3])
    """
    sizes = sizes_of("empty", args, size)
    return finish(np.empty(sizes, kind(dtype, elements=0 not in sizes)), requires_grad, device)


@with_out
@with_layout
def zeros(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with 0, in the default dtype if none is given.

    >>> autograd.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return finish(np.zeros(sizes_of("zeros", args, size), kind(dtype)), requires_grad, device)


@with_out
@with_layout
def ones(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with 1, in the default dtype if none is given.

    >>> autograd.ones((2,), dtype=autograd.int64)
    tensor([1, 1])
    """
    return finish(np.ones(sizes_of("ones", args, size), kind(dtype)), requires_grad, device)


@with_out
@with_layout
def full(
    size: Sequence[int], fill_value: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with ``fill_value``, in the dtype that `tensor` gives the value.

    RuntimeError if the dtype can't hold the value.

    >>> autograd.full((2, 2), 7)
    tensor([[7, 7],
            [7, 7]])
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' must be a tuple of ints, not {type(size).__name__}")
    made = np.empty(sizes_of("full", (size,)), filling_dtype(fill_value, dtype))
    return finish(filled("full", made, fill_value), requires_grad, device)


def filling_dtype(value: Any, dtype: Any) -> np.dtype[Any]:
    return numpy_dtype(dtype) if dtype is not None else array_of("full", value, None, copy=False).dtype


def filled(name: str, array: np.ndarray[Any, Any], value: Any) -> np.ndarray[Any, Any]:
    """``array``, with the one number ``value`` everywhere."""
    number = array_of(name, value, None, copy=False)
    if number.ndim:
        raise TypeError(f"{name}(): argument 'fill_value' must be a number, not {type(value).__name__}")
    if isinstance(value, float):
        number = np.asarray(value)
    check_fits(name, number, array.dtype)
    filling = number.astype(array.dtype)
    if array.dtype.kind == "f" and np.isinf(filling) and not np.isinf(number):
        raise RuntimeError(f"{name}: {value} can't be converted to {DTYPES[array.dtype]} without overflow")
    array[...] = filling
    return array


def like(name: str, input: Any, dtype: Any, format: memory_format | None) -> np.ndarray[Any, Any]:
    """An unfilled array in the shape of ``input`` and, if none is given, its dtype; TypeError unless it is a Tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' must be a Tensor, not {type(input).__name__}")
    return empty_array(name, input.array, input.array.dtype if dtype is None else numpy_dtype(dtype), format)


@with_layout
def empty_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor that is not filled, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.empty_like(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """
    return finish(like("empty_like", input, dtype, memory_format), requires_grad, device)


@with_layout
def zeros_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with 0, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.zeros_like(autograd.tensor([1, 2]))
    tensor([0, 0])
    """
    return finish(filled("zeros_like", like("zeros_like", input, dtype, memory_format), 0), requires_grad, device)


@with_layout
def ones_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with 1, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.ones_like(autograd.tensor([[3., 4.]]))
    tensor([[1., 1.]])
    """
    return finish(filled("ones_like", like("ones_like", input, dtype, memory_format), 1), requires_grad, device)


@with_layout
def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with ``fill_value``, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.full_like(autograd.ones(2), 7)
    tensor([7., 7.])
    """
    array = filled("full_like", like("full_like", input, dtype, memory_format), fill_value)
    return finish(array, requires_grad, device)


@with_layout
def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A Tensor that is not filled, with these steps, in elements, from one index of each dimension to the next.

    >>> autograd.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    sizes, steps = sizes_of("empty_strided", (size,)), tuple(step.__index__() for step in stride)
    if len(sizes) != len(steps):
        raise RuntimeError(f"empty_strided: {len(sizes)} sizes and {len(steps)} strides; there must be as many")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"empty_strided: strides must not be negative: {list(steps)}")
    memory = np.empty(1 + sum((n - 1) * step for n, step in zip(sizes, steps)) if all(sizes) else 0, kind(dtype))
    strides = [step * memory.itemsize for step in steps]
    return finish(np.ndarray(sizes, memory.dtype, memory, strides=strides), requires_grad, device)


@with_out
@with_layout
def eye(
    n: int, m: int | None = None, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A matrix with 1 on the diagonal and 0 elsewhere.

    >>> autograd.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = sizes_of("eye", (n, n if m is None else m))
    return finish(np.eye(rows, columns, dtype=kind(dtype)), requires_grad, device)


def scalar_tensor(s: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d Tensor with the number ``s``, in the default dtype if none is given.

    >>> autograd.scalar_tensor(3)
    tensor(3.)
    """
    return full((), s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)
