"""New Tensors in the dtype of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..creation.arguments import finish, sizes_of
from ..creation.data import array_of
from ..creation.filled import empty, empty_strided, full, ones, zeros
from ..engine.tensor import Tensor
from ..types.dtypes import dtype as Dtype
from .registry import tensor_method


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
