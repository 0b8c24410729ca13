"""How the weights of convolutions lie in memory."""

from __future__ import annotations

from typing import Any, TypeVar

from ..conv import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from ..module import Module

M = TypeVar("M", bound=Module)


def convert_conv2d_weight_memory_format(module: M, memory_format: Any) -> M:
    """Lay out the weights of all convolutions of images in ``module`` as ``memory_format`` says.

    >>> model = nn.Sequential(nn.Conv2d(8, 4, 3))
    >>> model = nn.utils.convert_conv2d_weight_memory_format(model, autograd.channels_last)
    >>> model[0].weight.stride()
    (72, 1, 24, 8)
    """
    return _converted(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module: M, memory_format: Any) -> M:
    """Lay out the weights of all convolutions of volumes in ``module`` as ``memory_format`` says.

    >>> model = nn.utils.convert_conv3d_weight_memory_format(nn.Conv3d(8, 4, 2), autograd.channels_last_3d)
    >>> model.weight.stride()
    (64, 1, 32, 16, 8)
    """
    return _converted(module, (Conv3d, ConvTranspose3d), memory_format)


def _converted(module: M, kinds: tuple[type[Module], ...], memory_format: Any) -> M:
    for part in module.modules():
        if isinstance(part, kinds):
            part.weight.data = part.weight.detach().contiguous(memory_format=memory_format)
    return module
