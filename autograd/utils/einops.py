"""einops on Tensors: after ``import autograd.utils.einops`` its functions take them, and gradients flow through.

einops is an extra: ``pip install chalkgrad[einops]``.

>>> import autograd.utils.einops
>>> from einops import rearrange, reduce
>>> images = autograd.rand(2, 3, 8, 8, requires_grad=True)
>>> rearrange(images, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4).shape
autograd.Size([2, 4, 48])
>>> reduce(images, "b c h w -> b c", "mean").sum().backward(); images.grad.shape
autograd.Size([2, 3, 8, 8])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einops._backends import AbstractBackend

import autograd

from ..engine.tensor import Tensor

# What einops calls a reduction over several dimensions at once, as methods of Tensors.
REDUCTIONS = {"min": "amin", "max": "amax", "sum": "sum", "mean": "mean"}


class Backend(AbstractBackend):  # type: ignore[misc]
    """What einops asks of a library of tensors; it finds this class among the subclasses of its own."""

    framework_name = "autograd"

    def is_appropriate_type(self, tensor: Any) -> bool:
        return isinstance(tensor, Tensor)

    def from_numpy(self, x: Any) -> Tensor:
        return autograd.from_numpy(x)

    def to_numpy(self, x: Tensor) -> Any:
        return x.detach().numpy()

    def arange(self, start: int, stop: int) -> Tensor:
        return autograd.arange(start, stop)

    def reshape(self, x: Tensor, shape: Sequence[int]) -> Tensor:
        return x.reshape(tuple(shape))

    def transpose(self, x: Tensor, axes: Sequence[int]) -> Tensor:
        return x.permute(tuple(axes))

    def reduce(self, x: Tensor, operation: str, axes: Sequence[int]) -> Tensor:
        if operation in REDUCTIONS:
            return getattr(x, REDUCTIONS[operation])(dim=tuple(axes))
        # prod, any and all take one dimension: those behind come first, so that the others keep their numbers.
        for axis in sorted(axes, reverse=True):
            x = getattr(x, operation)(dim=axis)
        return x

    def stack_on_zeroth_dimension(self, tensors: Sequence[Tensor]) -> Tensor:
        return autograd.stack(list(tensors))

    def add_axis(self, x: Tensor, new_position: int) -> Tensor:
        return x.unsqueeze(new_position)

    def tile(self, x: Tensor, repeats: Sequence[int]) -> Tensor:
        return x.repeat(tuple(repeats))

    def concat(self, tensors: Sequence[Tensor], axis: int) -> Tensor:
        return autograd.cat(list(tensors), dim=axis)

    def is_float_type(self, x: Tensor) -> bool:
        return x.is_floating_point()

    def einsum(self, pattern: str, *x: Tensor) -> Tensor:
        return autograd.einsum(pattern, *x)
