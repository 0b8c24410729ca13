"""Modules in another dtype, layout or place."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any, Self

import numpy as np

import autograd
from autograd import Tensor
from autograd.creation.layout import CHANNELS_LAST
from autograd.types.device import only_cpu

from .attributes import own_buffers, own_parameters
from .parameter import is_lazy
from .tree import Tree


class Conversion(Tree):
    """The part of a Module that converts its parameters and buffers, in place: they stay the objects that they are."""

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the data of each parameter and buffer, and each gradient, by what ``fn`` makes of it."""
        if recurse:
            for child in Tree.children(self):
                child._apply(fn)
        for _, tensor in [*own_parameters(self), *own_buffers(self)]:
            gradient = tensor.grad
            tensor.data = fn(tensor.data)
            if gradient is not None:
                tensor.grad = fn(gradient)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert all floating-point parameters and buffers, as `Tensor.to` would, in place.

        memory_format: how those are laid out that have the dimensions it is for. TypeError for a dtype of integers.
        """
        layout = kwargs.pop("memory_format", None)
        wanted = autograd.empty(0).to(*args, **kwargs).dtype
        if not wanted.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got {wanted}")

        def converted(tensor: Tensor) -> Tensor:
            made = tensor.to(*args, **kwargs) if tensor.is_floating_point() else tensor
            if layout is not None and made.dim() == CHANNELS_LAST.get(layout, made.dim()):
                made = made.contiguous(memory_format=layout)
            return made

        return self._apply(converted)

    def type(self, dst_type: Any) -> Self:
        """All parameters and buffers in another dtype, those of integers too. TypeError for what is no dtype."""
        autograd.empty(0).type(dst_type)
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self) -> Self:
        """All floating-point parameters and buffers in float32."""
        return self.to(autograd.float32)

    def double(self) -> Self:
        """All floating-point parameters and buffers in float64."""
        return self.to(autograd.float64)

    def half(self) -> Self:
        """All floating-point parameters and buffers in float16."""
        return self.to(autograd.float16)

    def bfloat16(self) -> Self:
        """TypeError: NumPy has no such dtype."""
        raise TypeError("bfloat16: that dtype is not supported; half() makes a model as small")

    def cpu(self) -> Self:
        """The module itself, which is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """RuntimeError: there is no CUDA."""
        only_cpu("cuda", "cuda")
        return self

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """All parameters and buffers in new memory, with whatever is in there. RuntimeError for a device but the CPU.

        recurse: those of the modules below, too.
        """
        only_cpu("to_empty", device)
        return self._apply(autograd.empty_like, recurse)

    def share_memory(self) -> Self:
        """All parameters and buffers in memory that this process shares with those that it forks from now on."""
        # All are looked at before the first is moved.
        for tensor in [*Tree.parameters(self), *Tree.buffers(self)]:
            if is_lazy(tensor):
                raise RuntimeError("can't share memory on an uninitialized parameter or buffer; call forward first")
        return self._apply(_shared)


def _shared(tensor: Tensor) -> Tensor:
    if not tensor.numel():
        return tensor
    array = np.frombuffer(mmap.mmap(-1, tensor.array.nbytes), tensor.array.dtype).reshape(tensor.shape)
    array[...] = tensor.array
    return autograd.from_numpy(array)
