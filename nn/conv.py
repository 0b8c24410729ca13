"""Convolutional layers."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor

from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter


class Conv2d(Module):
    """``out_channels`` filters slid over an image of ``in_channels``: (N, C, H, W) to (N, O, H', W').

    kernel_size, stride, dilation: an int or (height, width). padding: likewise, or "same" to keep the size (stride 1),
    or "valid" for none. groups: into how many the channels are split; ``groups=in_channels`` is depthwise.
    weight (O, C/groups, kh, kw) and bias (O) start uniform in ±1/√(C/groups·kh·kw). ValueError for settings that don't
    fit together.

    >>> nn.Conv2d(1, 8, 3, padding="same")(autograd.ones(2, 1, 28, 28)).shape
    autograd.Size([2, 8, 28, 28])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError(f"in_channels must be divisible by groups: {in_channels} by {groups}")
        if out_channels % groups:
            raise ValueError(f"out_channels must be divisible by groups: {out_channels} by {groups}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = F.pair(kernel_size), F.pair(stride), F.pair(dilation)
        self.padding = padding if isinstance(padding, str) else F.pair(padding)
        F.padding_of(self.padding, self.kernel_size, self.stride, self.dilation)
        self.weight = Parameter(
            autograd.empty(out_channels, in_channels // groups, *self.kernel_size, dtype=dtype, device=device)
        )
        self.bias = Parameter(autograd.empty(out_channels, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = init.fans(self.weight)[0]
            bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0, 0):
            text += f", padding={self.padding}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        return text if self.bias is not None else text + ", bias=False"
