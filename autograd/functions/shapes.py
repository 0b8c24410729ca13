"""Other shapes of the same elements."""

from __future__ import annotations

from ..tensor import Tensor, check_dim
from .registry import method


@method()
def movedim(input: Tensor, source: int, destination: int) -> Tensor:
    """One dimension moved to another place.

    >>> autograd.ones(2, 3, 4).movedim(0, -1).shape
    autograd.Size([3, 4, 2])
    """
    order = list(range(input.ndim))
    order.insert(check_dim("movedim", destination, input.ndim), order.pop(check_dim("movedim", source, input.ndim)))
    return input.permute(order)


@method()
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of ``other``.

    >>> autograd.arange(4).view_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.view(other.shape)


@method()
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` in the shape of ``other``.

    >>> autograd.arange(4).reshape_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.reshape(other.shape)


@method()
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of ``other``.

    >>> autograd.arange(2).expand_as(autograd.ones(3, 2)).shape
    autograd.Size([3, 2])
    """
    return input.expand(other.shape)
