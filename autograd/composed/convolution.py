"""Convolution and its transpose: PyTorch's signatures over one op each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import lt

import numpy as np

from ..creation.data import from_numpy
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.conv import convolution, transposed_convolution
from ..ops.shape import constant_pad
from .registry import function
from .sizes import Sizes, numbers


def conv(
    name: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    """The convolution called ``name``, such as ``conv2d``: the number of dimensions is part of it."""
    n = int(name[-2])
    stride, dilation = numbers("stride", stride, n), numbers("dilation", dilation, n)
    if not isinstance(padding, str):
        padding = numbers("padding", padding, n)
    bias_shape = None if bias is None else bias.shape
    before, longer = padded(name, input.shape, weight.shape, bias_shape, stride, padding, dilation, groups)
    if input.ndim == n + 1:
        return conv(name, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    return convolution(lengthened(input, longer), weight, bias, stride, before, dilation, groups)


@functools.lru_cache(1024)
def padded(
    name: str,
    sizes: tuple[int, ...],
    shape: tuple[int, ...],
    bias: tuple[int, ...] | None,
    stride: tuple[int, ...],
    padding: tuple[int, ...] | str,
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[tuple[int, ...], list[int]]:
    """How many zeros go on both sides of each dimension of an input of ``sizes``, and how many more behind it.

    shape, bias: of the weight and the bias. RuntimeError for what makes no convolution. It is asked for once of a kind,
    since small images would wait longer for it than for their convolution.
    """
    n = len(stride)
    check_images(name, sizes, shape, n)
    check_geometry(stride, dilation, groups)
    if groups > shape[0] or shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least 1 and divisible by {groups} at dimension 0, but "
            f"got weight of size {list(shape)} instead"
        )
    sizes = sizes if len(sizes) == n + 2 else (1, *sizes)
    if sizes[1] != shape[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(shape)}, expected input{list(sizes)} to have "
            f"{shape[1] * groups} channels, but got {sizes[1]} channels instead"
        )
    check_bias(bias, shape[0], shape)
    before, after = padding_of(padding, shape[2:], stride, dilation) if isinstance(padding, str) else (padding, padding)
    if min(before) < 0:
        raise RuntimeError(f"negative padding is not supported, but got {before}")
    room = [size + early + late for size, early, late in zip(sizes[2:], before, after)]
    reach = [d * (k - 1) + 1 for k, d in zip(shape[2:], dilation)]
    if any(map(lt, room, reach)):
        raise RuntimeError(
            f"Calculated padded input size per channel: {by(room)}. Kernel size: {by(reach)}. Kernel size can't be "
            "greater than actual input size"
        )
    return before, [late - early for early, late in zip(before, after)]


def conv_transpose(
    name: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    groups: int,
    dilation: Sizes,
) -> Tensor:
    """The transposed convolution called ``name``: the gradient of a convolution in its input, made a layer."""
    n = int(name[-2])
    stride, dilation = numbers("stride", stride, n), numbers("dilation", dilation, n)
    padding, extra = numbers("padding", padding, n), numbers("output_padding", output_padding, n)
    bias_shape = None if bias is None else bias.shape
    made = spread_out(name, input.shape, weight.shape, bias_shape, stride, padding, extra, groups, dilation)
    if input.ndim == n + 1:
        single = conv_transpose(
            name, input.unsqueeze(0), weight, bias, stride, padding, extra, groups, dilation
        )  # fmt: skip
        return single.squeeze(0)
    if all(e < s for e, s in zip(extra, stride)):
        return transposed_convolution(input, weight, bias, made, stride, padding, dilation, groups)
    # An output that is longer by a whole stride shows more of what padding cuts off, and zeros after that.
    cut = [max(p - e, 0) for p, e in zip(padding, extra)]
    whole = conv_transpose(name, input, weight, bias, stride, cut, 0, groups, dilation)
    ends = [(c - p, size - length - c + p) for p, c, size, length in zip(padding, cut, made[2:], whole.shape[2:])]
    pads = tuple(size for pair in reversed(ends) for size in pair)
    longer = constant_pad(whole, pads)
    if bias is None:
        return longer
    beyond = from_numpy(constant_pad.forward(np.zeros(whole.shape[2:], bool), pads, True))
    return where(beyond, bias.reshape(-1, *[1] * n), longer)


@functools.lru_cache(1024)
def spread_out(
    name: str,
    given: tuple[int, ...],
    shape: tuple[int, ...],
    bias: tuple[int, ...] | None,
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    extra: tuple[int, ...],
    groups: int,
    dilation: tuple[int, ...],
) -> tuple[int, ...]:
    """The shape that a transposed convolution makes of an input of the shape ``given``, in a batch.

    shape, bias: of the weight and the bias; extra: what is added at the end of each dimension. RuntimeError for what
    makes no transposed convolution. Asked for once of a kind, as `padded`.
    """
    n = len(stride)
    check_images(name, given, shape, n)
    check_geometry(stride, dilation, groups)
    for what, pads in (("padding", padding), ("output_padding", extra)):
        if min(pads) < 0:
            raise RuntimeError(f"negative {what} is not supported, but got {pads}")
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation)):
        raise RuntimeError(
            f"output padding must be smaller than either stride or dilation, but got output_padding {extra}, stride "
            f"{stride} and dilation {dilation}"
        )
    if not shape[0] or shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least 1 and divisible by {groups} at dimension 0, but "
            f"got weight of size {list(shape)} instead"
        )
    batch, channels, *sizes = given if len(given) == n + 2 else (1, *given)
    if channels != shape[0]:
        raise RuntimeError(
            f"Given transposed=1, weight of size {list(shape)}, expected input{[batch, channels, *sizes]} to have "
            f"{shape[0]} channels, but got {channels} channels instead"
        )
    filters = shape[1] * groups
    check_bias(bias, filters, shape)
    made = [
        (size - 1) * s - 2 * p + d * (k - 1) + e + 1
        for size, k, s, p, d, e in zip(sizes, shape[2:], stride, padding, dilation, extra)
    ]
    if min(made) < 1:
        raise RuntimeError(
            f"Given input size per channel: {by(sizes)}. Calculated output size per channel: {by(made)}. "
            "Output size is too small"
        )
    return (batch, filters, *made)


def lengthened(input: Tensor, by: Sequence[int]) -> Tensor:
    """``input`` with zeros at the end of each of its last dimensions."""
    if not any(by):
        return input
    return constant_pad(input, tuple(size for more in reversed(by) for size in (0, more)))


def by(sizes: Sequence[int]) -> str:
    return f"({' x '.join(map(str, sizes))})"


def check_images(name: str, input: Sequence[int], weight: Sequence[int], n: int) -> None:
    """RuntimeError unless images and weight have ``n`` dimensions beside those of batch and channels."""
    if len(input) not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of size: {list(input)}"
        )
    if len(weight) != n + 2:
        raise RuntimeError(f"expected a {n + 2}D weight, but got weight of size {list(weight)}")
    if min(weight[2:]) < 1:
        raise RuntimeError(f"kernel size should be greater than zero, but got {by(weight[2:])}")
    if not all(input[-n:]):
        raise RuntimeError(f"Only zero batch or zero channel inputs are supported, but got input shape: {list(input)}")


def check_geometry(stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> None:
    if min(stride) < 1:
        raise RuntimeError(f"non-positive stride is not supported, but got {stride}")
    if min(dilation) < 1:
        raise RuntimeError(f"dilation should be greater than zero, but got {dilation}")
    if groups < 1:
        raise RuntimeError(f"non-positive groups is not supported, but got {groups}")


def check_bias(bias: Sequence[int] | None, filters: int, weight: Sequence[int]) -> None:
    if bias is not None and bias != (filters,):
        raise RuntimeError(
            f"Given weight of size {list(weight)}, expected bias to be 1-dimensional with {filters} elements, but got "
            f"bias of size {list(bias)} instead"
        )


def padding_of(
    padding: str, kernel_size: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many zeros "same" or "valid" puts before and after each dimension; RuntimeError for another word."""
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: {padding!r}; it is 'valid' or 'same'")
    if padding == "same" and any(step != 1 for step in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, kernel_size)]
    return tuple(t // 2 for t in total), tuple(t - t // 2 for t in total)


@function("conv1d", "nn.functional.conv1d")
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Each filter slid along a sequence: (N, C, L) or (C, L), filters (O, C/groups, k); see `conv2d`.

    >>> nn.functional.conv1d(autograd.tensor([[1., 2., 4.]]), autograd.tensor([[[-1., 1.]]]))
    tensor([[1., 2.]])
    """
    return conv("conv1d", input, weight, bias, stride, padding, dilation, groups)


@function("conv2d", "nn.functional.conv2d")
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Each filter slid over the image, its dot product with what it covers at every place: a map for each filter.

    input (N, C, H, W) or (C, H, W), filters (O, C/groups, kh, kw), bias (O) or None. stride: pixels from place to
    place; padding: zeros around the image, "same" (keep the size) or "valid" (none); dilation: pixels between taps of
    the filter; groups: into how many the channels are split. Each an int or (height, width). Gives (N, O, H', W') with
    ``H' = (H + 2·padding - dilation·(kh-1) - 1)//stride + 1``.

    RuntimeError where the shapes don't fit, naming them.

    >>> nn.functional.conv2d(autograd.ones(1, 1, 3, 3), autograd.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return conv("conv2d", input, weight, bias, stride, padding, dilation, groups)


@function("conv3d", "nn.functional.conv3d")
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Each filter moved through the volume: (N, C, D, H, W) or (C, D, H, W), filters (O, C/groups, kd, kh, kw).

    See `conv2d`.

    >>> nn.functional.conv3d(autograd.ones(1, 2, 2, 3), autograd.ones(1, 1, 2, 2, 2))
    tensor([[[[8., 8.]]]])
    """
    return conv("conv3d", input, weight, bias, stride, padding, dilation, groups)


@function("conv_transpose1d", "nn.functional.conv_transpose1d")
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The transpose of `conv1d`: (N, C, L) or (C, L), filters (C, O/groups, k); see `conv_transpose2d`.

    >>> nn.functional.conv_transpose1d(autograd.tensor([[1., 2.]]), autograd.tensor([[[1., 10.]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return conv_transpose("conv_transpose1d", input, weight, bias, stride, padding, output_padding, groups, dilation)


@function("conv_transpose2d", "nn.functional.conv_transpose2d")
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Each pixel spreads a filter, weighed by its value, around itself: the gradient of `conv2d` in its input.

    input (N, C, H, W) or (C, H, W), filters (C, O/groups, kh, kw), bias (O) or None. stride: pixels of the result from
    one of the input to the next; padding: how much the result is cut on each side; output_padding: how much it is
    longer at the end, less than stride or dilation. Each an int or (height, width). Gives (N, O, H', W') with
    ``H' = (H - 1)·stride - 2·padding + dilation·(kh-1) + output_padding + 1``.

    RuntimeError where the shapes don't fit, naming them.

    >>> nn.functional.conv_transpose2d(autograd.tensor([[[1., 2.]]]), autograd.ones(1, 1, 2, 2))
    tensor([[[1., 3., 2.],
             [1., 3., 2.]]])
    """
    return conv_transpose("conv_transpose2d", input, weight, bias, stride, padding, output_padding, groups, dilation)


@function("conv_transpose3d", "nn.functional.conv_transpose3d")
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The transpose of `conv3d`: (N, C, D, H, W) or (C, D, H, W), filters (C, O/groups, kd, kh, kw).

    See `conv_transpose2d`.

    >>> nn.functional.conv_transpose3d(autograd.ones(1, 1, 1, 1), autograd.ones(1, 2, 1, 2, 1)).shape
    autograd.Size([2, 1, 2, 1])
    """
    return conv_transpose("conv_transpose3d", input, weight, bias, stride, padding, output_padding, groups, dilation)
