"""Dimensions put together and taken apart."""

from __future__ import annotations

from typing import Any

from autograd import Tensor

from .module import Module


class Flatten(Module):
    """The dimensions from ``start_dim`` to ``end_dim`` as one: feature maps made a vector for a dense layer.

    >>> nn.Flatten()(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 48])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Dimension ``dim`` as several, of the sizes ``unflattened_size``, one of which may be -1.

    >>> nn.Unflatten(1, (2, 3))(autograd.ones(4, 6)).shape
    autograd.Size([4, 2, 3])
    """

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        if isinstance(unflattened_size, int):
            raise TypeError(
                f"Unflatten: unflattened_size must be a tuple of ints, but found type int: {unflattened_size}"
            )
        self.dim, self.unflattened_size = dim, unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
