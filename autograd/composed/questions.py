"""Questions about Tensors whose answers are plain Python values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from .registry import function, method, tensor_method, tensor_property


@method()
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether ``|input - other| ≤ atol + rtol·|other|`` for all elements.

    >>> autograd.tensor([1., 2.]).allclose(autograd.tensor([1., 2.000001]))
    True
    """
    if input.dtype is not other.dtype:
        raise RuntimeError(f"allclose: {input.dtype} did not match {other.dtype}; convert one, as in x.float()")
    try:
        np.broadcast_shapes(input.shape, other.shape)
    except ValueError:
        raise RuntimeError(
            f"allclose: shapes {tuple(input.shape)} and {tuple(other.shape)} don't broadcast together"
        ) from None
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


@method()
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements.

    >>> autograd.tensor([1, 2]).equal(autograd.tensor([1, 2])), autograd.ones(2).equal(autograd.ones(1))
    (True, False)
    """
    return bool(np.array_equal(input.array, other.array))


@method()
def numel(input: Tensor) -> int:
    """How many elements there are.

    >>> autograd.numel(autograd.ones(2, 3))
    6
    """
    return int(input.array.size)


@function()
def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor.

    >>> autograd.is_tensor(autograd.ones(2)), autograd.is_tensor(numpy.ones(2))
    (True, False)
    """
    return isinstance(obj, Tensor)


@function()
def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floats.

    >>> autograd.is_floating_point(autograd.tensor(1.)), autograd.is_floating_point(autograd.tensor(1))
    (True, False)
    """
    return input.is_floating_point()


@method()
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape.

    >>> autograd.ones(2, 3).is_same_size(autograd.zeros(2, 3))
    True
    """
    return input.shape == other.shape


@method()
def is_distributed(input: Tensor) -> bool:
    """False: a Tensor is in one process.

    >>> autograd.ones(2).is_distributed()
    False
    """
    return False


@tensor_method()
def is_shared(self: Tensor) -> bool:
    """False: other processes have copies.

    >>> autograd.ones(2).is_shared()
    False
    """
    return False


@tensor_method()
def dim_order(self: Tensor) -> tuple[int, ...]:
    """The dimensions in the order in which elements lie in memory, from the one with the largest step on.

    >>> autograd.ones(2, 3).t().dim_order()
    (1, 0)
    """
    steps = self.stride()
    return tuple(sorted(range(self.ndim), key=lambda dim: -steps[dim]))


@tensor_property
def output_nr(self: Tensor) -> int:
    """Which of the results of ``grad_fn`` this is.

    >>> autograd.ones(2).output_nr, autograd.ones(2, requires_grad=True).unbind()[1].output_nr
    (0, 1)
    """
    if self.node is None:
        return 0
    if self.node.call is not self.node:
        return int(self.node.saved[1])
    several = getattr(getattr(self, "view_of", None), "several", None)
    return several[0] if several else 0
