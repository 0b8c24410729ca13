"""Dimensions put together."""

from __future__ import annotations

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
