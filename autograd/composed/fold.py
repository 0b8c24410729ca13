"""The windows of images as columns, and columns added up to images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.conv import col2im, im2col
from .registry import function
from .sizes import Sizes, numbers


def windows(
    sizes: Sequence[int], kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> tuple[tuple[int, ...], ...]:
    """Kernel size, stride, padding and dilation as pairs, and how many windows there are along height and width."""
    kernel_size, dilation, padding, stride = (
        numbers(name, value, 2)
        for name, value in (
            ("kernel_size", kernel_size), ("dilation", dilation), ("padding", padding), ("stride", stride)
        )
    )  # fmt: skip
    for name, pair in (("kernel size", kernel_size), ("stride", stride), ("dilation", dilation)):
        if min(pair) < 1:
            raise RuntimeError(f"{name} should be greater than zero, but got {pair}")
    if min(padding) < 0:
        raise RuntimeError(f"padding should be non-negative, but got {padding}")
    places = tuple(
        max(0, (size + 2 * p - d * (k - 1) - 1) // s + 1)
        for size, k, s, p, d in zip(sizes, kernel_size, stride, padding, dilation)
    )
    return kernel_size, stride, padding, dilation, places


@function("nn.functional.unfold")
def unfold(input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """The windows of an image as columns: (N, C, H, W) or (C, H, W) to (N, C·kh·kw, L), L the number of windows.

    Sizes are an int or (height, width), as in `conv2d`: that is ``weight.flatten(1) @ unfold(input)``. RuntimeError
    where no window fits.

    >>> nn.functional.unfold(autograd.tensor([[[1., 2., 3.]]]), (1, 2))
    tensor([[1., 2.],
            [2., 3.]])
    """
    if input.ndim not in (3, 4) or not all(input.shape[-3:]):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(input.shape)}"
        )
    sizes = input.shape[-2:]
    geometry = windows(sizes, kernel_size, dilation, padding, stride)
    if not all(geometry[-1]):
        taps, steps, border, gaps, places = geometry
        raise RuntimeError(
            f"Given input with spatial size {tuple(sizes)}, kernel_size={taps}, dilation={gaps}, padding={border}, "
            f"stride={steps}, calculated shape of the array of sliding blocks as {places}, but its components must be "
            "at least one."
        )
    if input.ndim == 3:
        return im2col(input.unsqueeze(0), *geometry).squeeze(0)
    return im2col(input, *geometry)


@function("nn.functional.fold")
def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added up to the image whose windows they are: (N, C·kh·kw, L) or (C·kh·kw, L) to (N, C, *output_size).

    Where windows overlap, what they hold is summed: the adjoint of `unfold`, not its inverse. RuntimeError where the
    columns are not as many as the windows.

    >>> nn.functional.fold(autograd.tensor([[1., 2.], [2., 3.]]), (1, 3), (1, 2))
    tensor([[[1., 4., 3.]]])
    """
    if input.ndim not in (2, 3) or not all(input.shape[-2:]):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    size = numbers("output_size", output_size, 2)
    geometry = windows(size, kernel_size, dilation, padding, stride)
    taps, steps, border, gaps, places = geometry
    if input.shape[-2] % math.prod(taps):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={input.shape[-2]} and kernel_size={taps}."
        )
    if input.shape[-1] != math.prod(places):
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={taps}, dilation={gaps}, padding={border}, stride={steps}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {places[0]} * "
            f"{places[1]} = {math.prod(places)}, but got input.size(2)={input.shape[-1]}."
        )
    if input.ndim == 2:
        return col2im(input.unsqueeze(0), size, *geometry).squeeze(0)
    return col2im(input, size, *geometry)
