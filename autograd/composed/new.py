"""New Tensors in the dtype of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..creation.arguments import finish, sizes_of, with_layout
from ..creation.data import array_of, tensor
from ..creation.filled import empty, empty_strided, full, ones, zeros
from ..creation.storage import TypedStorage, tensor_on
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..types.dtypes import dtype as Dtype
from .registry import tensor_method


def old(dtype: Dtype, *args: Any) -> Tensor:
    """What constructors of old make of their arguments: of data, or of sizes with any values."""
    if len(args) == 1 and isinstance(args[0], TypedStorage):
        if args[0].dtype is not dtype:
            raise RuntimeError(f"Expected a Storage of type {dtype} or an UntypedStorage, but got type {args[0].dtype}")
        return tensor_on(args[0])
    if len(args) != 1 or isinstance(args[0], (int, np.integer, Size)):
        return empty(*(args or (0,)), dtype=dtype)
    if isinstance(args[0], (float, np.floating)):
        raise TypeError(f"new(): the data of a Tensor must be a sequence, not {type(args[0]).__name__}")
    return tensor(args[0], dtype=dtype)


@tensor_method()
def new(self: Tensor, *args: Any) -> Tensor:
    """`new_tensor` of a list, or `new_empty` of sizes: how scripts of old say both.

    >>> autograd.tensor([1]).new([2, 3]), autograd.ones(2).new(2, 3).shape
    (tensor([2, 3]), autograd.Size([2, 3]))
    """
    return old(self.dtype, *args)


@tensor_method()
def new_tensor(
    self: Tensor, data: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`autograd.tensor` of ``data`` in the dtype of this Tensor.

    >>> autograd.ones(2).new_tensor([1, 2])
    tensor([1., 2.])
    """
    array = array_of("new_tensor", data, dtype or self.dtype, copy=True)
    return finish(array, requires_grad, device)


@tensor_method()
@with_layout
def new_empty(
    self: Tensor,
    *args: Any,
    size: Any = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`autograd.empty` in the dtype of this Tensor.

    >>> autograd.ones(2).new_empty(3, 4).shape
    autograd.Size([3, 4])
    """
    sizes = sizes_of("new_empty", args, size)
    return empty(sizes, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@tensor_method()
@with_layout
def new_zeros(
    self: Tensor,
    *args: Any,
    size: Any = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`autograd.zeros` in the dtype of this Tensor.

    >>> autograd.tensor([1, 2]).new_zeros(3)
    tensor([0, 0, 0])
    """
    sizes = sizes_of("new_zeros", args, size)
    return zeros(sizes, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@tensor_method()
@with_layout
def new_ones(
    self: Tensor,
    *args: Any,
    size: Any = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`autograd.ones` in the dtype of this Tensor.

    >>> autograd.tensor([True]).new_ones(2)
    tensor([True, True])
    """
    sizes = sizes_of("new_ones", args, size)
    return ones(sizes, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@tensor_method()
@with_layout
def new_full(
    self: Tensor,
    size: Sequence[int],
    fill_value: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`autograd.full` in the dtype of this Tensor.

    >>> autograd.ones(2).new_full((3,), 7)
    tensor([7., 7., 7.])
    """
    return full(size, fill_value, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@tensor_method()
@with_layout
def new_empty_strided(
    self: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`autograd.empty_strided` in the dtype of this Tensor.

    >>> autograd.ones(2).new_empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    return empty_strided(size, stride, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)
