"""Convolutional layers, and their transposes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.composed.convolution import padding_of
from autograd.composed.sizes import integers

from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter

Size = int | Sequence[int]
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def numbers(name: str, value: Any, n: int) -> tuple[int, ...]:
    """An int for each of ``n`` dimensions. A sequence stays as it is: the op refuses one of another length."""
    given = integers(name, value)
    return given if isinstance(value, Sequence) else given * n


class Convolution(Module):
    """What the layers of one to three ``dimensions`` share: their parameters, and how they are shown.

    A layer names the ``function`` of `nn.functional` that it calls.
    """

    dimensions: ClassVar[int]
    function: ClassVar[Callable[..., Tensor]]
    transposed: ClassVar[bool] = False
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: object = None,
        dtype: autograd.dtype | None = None,
        output_padding: Size = 0,
    ) -> None:
        super().__init__()
        n = self.dimensions
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError(f"in_channels must be divisible by groups: {in_channels} by {groups}")
        if out_channels % groups:
            raise ValueError(f"out_channels must be divisible by groups: {out_channels} by {groups}")
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {set(PADDING_MODES)}, but got padding_mode={padding_mode!r}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = numbers("kernel_size", kernel_size, n), numbers("stride", stride, n)
        self.padding = padding if isinstance(padding, str) else numbers("padding", padding, n)
        self.dilation = numbers("dilation", dilation, n)
        self.output_padding = numbers("output_padding", output_padding, n)
        self.padding_mode = padding_mode
        if isinstance(self.padding, str):
            try:
                padding_of(self.padding, self.kernel_size, self.stride, self.dilation)
            except RuntimeError as error:
                raise ValueError(str(error)) from None
        ends = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(
            autograd.empty(ends[0], ends[1] // groups, *self.kernel_size, dtype=dtype, device=device)
        )
        self.register_parameter(
            "bias", Parameter(autograd.empty(out_channels, dtype=dtype, device=device)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = init.fans(self.weight)[0]
            bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * self.dimensions:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.dimensions:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * self.dimensions:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text if self.padding_mode == "zeros" else text + f", padding_mode={self.padding_mode}"


class Forward(Convolution):
    """A convolution. A border that is not of zeros, as ``padding_mode`` may ask for, is laid around the input first."""

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            before = after = padding
            if isinstance(padding, str):
                before, after = padding_of(padding, self.kernel_size, self.stride, self.dilation)
            border = [size for pair in zip(reversed(before), reversed(after)) for size in pair]
            input, padding = F.pad(input, border, mode=self.padding_mode), 0
        return self.function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(Forward):
    """``out_channels`` filters slid along a sequence of ``in_channels``: (N, C, L) to (N, O, L'); see `Conv2d`.

    >>> nn.Conv1d(2, 8, 3)(autograd.ones(1, 2, 10)).shape
    autograd.Size([1, 8, 8])
    """

    dimensions, function = 1, staticmethod(F.conv1d)


class Conv2d(Forward):
    """``out_channels`` filters slid over an image of ``in_channels``: (N, C, H, W) to (N, O, H', W').

    kernel_size, stride, dilation: an int or (height, width). padding: likewise, or "same" to keep the size (stride 1),
    or "valid" for none. groups: into how many the channels are split; ``groups=in_channels`` is depthwise.
    padding_mode: what the border holds: "zeros", or what "reflect", "replicate" and "circular" mean to
    `nn.functional.pad`.
    weight (O, C/groups, kh, kw) and bias (O) start uniform in ±1/√(C/groups·kh·kw). ValueError for settings that don't
    fit together.

    >>> nn.Conv2d(1, 8, 3, padding="same")(autograd.ones(2, 1, 28, 28)).shape
    autograd.Size([2, 8, 28, 28])
    """

    dimensions, function = 2, staticmethod(F.conv2d)


class Conv3d(Forward):
    """``out_channels`` filters moved through a volume of ``in_channels``: (N, C, D, H, W) to (N, O, D', H', W').

    See `Conv2d`.

    >>> nn.Conv3d(1, 2, 3, padding=1)(autograd.ones(1, 1, 4, 5, 6)).shape
    autograd.Size([1, 2, 4, 5, 6])
    """

    dimensions, function = 3, staticmethod(F.conv3d)


class Transposed(Convolution):
    """A transposed convolution, which makes images larger."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype, output_padding,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """output_size: that of the result, among those that ``stride`` leaves open; instead of output_padding."""
        extra = self.output_padding if output_size is None else self.padding_for(input, output_size)
        return self.function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def padding_for(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """The output_padding that gives ``output_size``; ValueError where none does."""
        n = self.dimensions
        sizes = tuple(output_size)
        if len(sizes) == input.dim():
            sizes = sizes[-n:]
        if len(sizes) != n:
            raise ValueError(
                f"{type(self).__name__}: for {input.dim()}D input, output_size must have {n} or {input.dim()} elements "
                f"(got {len(sizes)})"
            )
        padding: Any = self.padding
        least = [
            (size - 1) * s - 2 * p + d * (k - 1) + 1
            for size, s, p, d, k in zip(input.shape[-n:], self.stride, padding, self.dilation, self.kernel_size)
        ]
        most = [size + s - 1 for size, s in zip(least, self.stride)]
        if any(not low <= size <= high for low, size, high in zip(least, sizes, most)):
            raise ValueError(
                f"requested an output size of {sizes}, but valid sizes range from {least} to {most} (for an input of "
                f"{input.shape[-n:]})"
            )
        return tuple(size - low for size, low in zip(sizes, least))


class ConvTranspose1d(Transposed):
    """The transpose of a `Conv1d`: (N, C, L) to (N, O, L'); see `ConvTranspose2d`.

    >>> nn.ConvTranspose1d(2, 8, 4, stride=2, padding=1)(autograd.ones(1, 2, 10)).shape
    autograd.Size([1, 8, 20])
    """

    dimensions, function = 1, staticmethod(F.conv_transpose1d)


class ConvTranspose2d(Transposed):
    """Each pixel of ``in_channels`` spreads a filter around itself: (N, C, H, W) to (N, O, H', W'), larger images.

    stride: pixels of the result from one of the input to the next; see `nn.functional.conv_transpose2d`. Called with
    ``output_size``, it gives that size. weight (C, O/groups, kh, kw) and bias (O) start uniform in
    ±1/√(O/groups·kh·kw). ValueError for settings that don't fit together.

    >>> nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1)(autograd.ones(2, 8, 14, 14)).shape
    autograd.Size([2, 1, 28, 28])
    """

    dimensions, function = 2, staticmethod(F.conv_transpose2d)


class ConvTranspose3d(Transposed):
    """The transpose of a `Conv3d`: (N, C, D, H, W) to (N, O, D', H', W'); see `ConvTranspose2d`.

    >>> nn.ConvTranspose3d(1, 2, 2, stride=2)(autograd.ones(1, 1, 4, 5, 6)).shape
    autograd.Size([1, 2, 8, 10, 12])
    """

    dimensions, function = 3, staticmethod(F.conv_transpose3d)
