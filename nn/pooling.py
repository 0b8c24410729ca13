"""Pooling layers: feature maps made smaller, and back. Each is the function of its name in `nn.functional`."""

from __future__ import annotations

from typing import Any

from autograd import Tensor

from . import functional as F
from .functional_module import FunctionalModule

Size = int | tuple[int, ...]


class _MaxPool(FunctionalModule):
    shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.configure(kernel_size=kernel_size, stride=kernel_size if stride is None else stride)
        self.configure(padding=padding, dilation=dilation, ceil_mode=ceil_mode, return_indices=return_indices)


class MaxPool1d(_MaxPool):
    """The largest value of each window of (N, C, L) or (C, L). stride: as kernel_size if not given.

    >>> nn.MaxPool1d(2)(autograd.ones(1, 8, 28)).shape
    autograd.Size([1, 8, 14])
    """

    function = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPool):
    """The largest value of each window of (N, C, H, W) or (C, H, W). stride: as kernel_size if not given.

    >>> nn.MaxPool2d(2)(autograd.ones(1, 8, 28, 28)).shape
    autograd.Size([1, 8, 14, 14])
    """

    function = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPool):
    """The largest value of each window of (N, C, D, H, W) or (C, D, H, W). stride: as kernel_size if not given.

    >>> nn.MaxPool3d(2)(autograd.ones(1, 8, 4, 4, 4)).shape
    autograd.Size([1, 8, 2, 2, 2])
    """

    function = staticmethod(F.max_pool3d)


def _sized(value: Size, dims: int) -> tuple[int, ...]:
    """A number for each dimension, which is how PyTorch shows these settings."""
    return tuple(value) if isinstance(value, (tuple, list)) else (int(value),) * dims


class _MaxUnpool(FunctionalModule):
    dims: int

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        size = _sized(kernel_size, self.dims)
        self.configure(kernel_size=size, stride=size if stride is None else _sized(stride, self.dims))
        self.configure(padding=_sized(padding, self.dims))

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Any:
        return super().forward(input, indices, output_size=output_size)


class MaxUnpool1d(_MaxUnpool):
    """Zeros with each value where `MaxPool1d` with ``return_indices`` found it.

    >>> top, where = nn.MaxPool1d(2, return_indices=True)(autograd.tensor([[1., 2., 4., 3.]]))
    >>> nn.MaxUnpool1d(2)(top, where)
    tensor([[0., 2., 4., 0.]])
    """

    function, dims = staticmethod(F.max_unpool1d), 1


class MaxUnpool2d(_MaxUnpool):
    """Zeros with each value where `MaxPool2d` with ``return_indices`` found it.

    output_size, in the call: the size of what was pooled, where ``stride`` leaves several open.

    >>> image = autograd.tensor([[[1., 2., 0., 0.], [3., 4., 9., 0.]]])
    >>> nn.MaxUnpool2d(2)(*nn.MaxPool2d(2, return_indices=True)(image))
    tensor([[[0., 0., 0., 0.],
             [0., 4., 9., 0.]]])
    """

    function, dims = staticmethod(F.max_unpool2d), 2


class MaxUnpool3d(_MaxUnpool):
    """Zeros with each value where `MaxPool3d` with ``return_indices`` found it.

    >>> volume = autograd.arange(8.).reshape(1, 2, 2, 2)
    >>> nn.MaxUnpool3d(2)(*nn.MaxPool3d(2, return_indices=True)(volume)).flatten()
    tensor([0., 0., 0., 0., 0., 0., 0., 7.])
    """

    function, dims = staticmethod(F.max_unpool3d), 3


class AvgPool1d(FunctionalModule):
    """The mean of each window of (N, C, L) or (C, L). stride: as kernel_size if not given.

    >>> nn.AvgPool1d(2)(autograd.tensor([[1., 2., 4., 3.]]))
    tensor([[1.5000, 3.5000]])
    """

    function = staticmethod(F.avg_pool1d)
    shown = ("kernel_size", "stride", "padding")

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        size = _sized(kernel_size, 1)
        self.configure(kernel_size=size, stride=size if stride is None else _sized(stride, 1))
        self.configure(padding=_sized(padding, 1), ceil_mode=ceil_mode, count_include_pad=count_include_pad)


class _AvgPool(FunctionalModule):
    shown = ("kernel_size", "stride", "padding")

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.configure(kernel_size=kernel_size, stride=kernel_size if stride is None else stride, padding=padding)
        self.configure(ceil_mode=ceil_mode, count_include_pad=count_include_pad, divisor_override=divisor_override)


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W) or (C, H, W). stride: as kernel_size if not given.

    >>> nn.AvgPool2d(2)(autograd.ones(1, 8, 28, 28)).shape
    autograd.Size([1, 8, 14, 14])
    """

    function = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W). stride: as kernel_size if not given.

    >>> nn.AvgPool3d((2, 1, 1))(autograd.arange(8.).reshape(1, 2, 2, 2))
    tensor([[[[2., 3.],
              [4., 5.]]]])
    """

    function = staticmethod(F.avg_pool3d)


class _FractionalMaxPool(FunctionalModule):
    shown = ()
    dims: int

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name, size = type(self).__name__, _sized(kernel_size, self.dims)
        if min(size) <= 0:
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        several = isinstance(output_ratio, (tuple, list))
        ratios = None if output_ratio is None else tuple(output_ratio) if several else (output_ratio,) * self.dims
        if ratios is not None and not all(0 < ratio < 1 for ratio in ratios):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")
        self.register_buffer("_random_samples", _random_samples)
        self.configure(kernel_size=size, return_indices=return_indices, _random_samples=_random_samples)
        self.configure(output_size=None if output_size is None else _sized(output_size, self.dims), output_ratio=ratios)


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest value of windows at random places of (N, C, H, W) or (C, H, W), new ones at every call.

    Give ``output_size``, the sizes of the result, or ``output_ratio``, what they are divided by those of the input;
    ValueError for both or neither. See `nn.functional.fractional_max_pool2d`.

    >>> nn.FractionalMaxPool2d(2, output_ratio=0.7)(autograd.ones(1, 8, 10, 10)).shape
    autograd.Size([1, 8, 7, 7])
    """

    function, dims = staticmethod(F.fractional_max_pool2d), 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest value of windows at random places of (N, C, D, H, W) or (C, D, H, W); as `FractionalMaxPool2d`.

    >>> nn.FractionalMaxPool3d(2, output_size=(4, 7, 7))(autograd.ones(1, 8, 5, 10, 10)).shape
    autograd.Size([1, 8, 4, 7, 7])
    """

    function, dims = staticmethod(F.fractional_max_pool3d), 3


class _LPPool(FunctionalModule):
    def __init__(
        self, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.configure(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)


class LPPool1d(_LPPool):
    """``(Σxᵖ)^(1/p)`` of each window of (N, C, L) or (C, L), p being ``norm_type``.

    >>> nn.LPPool1d(2, 2)(autograd.tensor([[3., 4.]]))
    tensor([[5.]])
    """

    function = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPool):
    """``(Σxᵖ)^(1/p)`` of each window of (N, C, H, W) or (C, H, W), p being ``norm_type``.

    p = 1 is the sum; the larger p, the nearer it is to the largest of positive values.

    >>> image = autograd.tensor([[[1., 2.], [3., 4.]]])
    >>> [round(nn.LPPool2d(p, 2)(image).item(), 2) for p in (1, 2, 20)]
    [10.0, 5.48, 4.0]
    """

    function = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPool):
    """``(Σxᵖ)^(1/p)`` of each window of (N, C, D, H, W) or (C, D, H, W), p being ``norm_type``.

    >>> nn.LPPool3d(2, (1, 1, 2))(autograd.tensor([[[[3., 4., 6., 8.]]]]))
    tensor([[[[ 5., 10.]]]])
    """

    function = staticmethod(F.lp_pool3d)


class _AdaptiveAvgPool(FunctionalModule):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.configure(output_size=output_size)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of ``output_size`` windows that cover (N, C, L) or (C, L).

    >>> nn.AdaptiveAvgPool1d(2)(autograd.tensor([[1., 2., 3., 5.]]))
    tensor([[1.5000, 4.0000]])
    """

    function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of windows that cover (N, C, H, W) or (C, H, W); output_size: an int or (height, width).

    >>> nn.AdaptiveAvgPool2d(1)(autograd.ones(1, 8, 7, 7)).shape
    autograd.Size([1, 8, 1, 1])
    """

    function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The means of windows that cover (N, C, D, H, W) or (C, D, H, W).

    output_size: an int or (depth, height, width), in which None keeps a size.

    >>> nn.AdaptiveAvgPool3d((None, 1, 1))(autograd.arange(8.).reshape(1, 2, 2, 2)).flatten()
    tensor([1.5000, 5.5000])
    """

    function = staticmethod(F.adaptive_avg_pool3d)


class _AdaptiveMaxPool(FunctionalModule):
    shown = ("output_size",)

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.configure(output_size=output_size, return_indices=return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest of each of ``output_size`` windows that cover (N, C, L) or (C, L).

    >>> nn.AdaptiveMaxPool1d(2)(autograd.tensor([[1., 2., 3., 5.]]))
    tensor([[2., 5.]])
    """

    function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest of each of the windows that cover (N, C, H, W) or (C, H, W).

    output_size: an int or (height, width), in which None keeps a size. return_indices: also where each was.

    >>> image = autograd.tensor([[[1., 2., 3.], [4., 9., 6.]]])
    >>> nn.AdaptiveMaxPool2d((1, 2))(image), nn.AdaptiveMaxPool2d(1, return_indices=True)(image)[1]
    (tensor([[[9., 9.]]]), tensor([[[4]]]))
    """

    function = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest of each of the windows that cover (N, C, D, H, W) or (C, D, H, W).

    output_size: an int or (depth, height, width), in which None keeps a size. return_indices: also where each was.

    >>> nn.AdaptiveMaxPool3d((2, 1, 1))(autograd.arange(8.).reshape(1, 2, 2, 2)).flatten()
    tensor([3., 7.])
    """

    function = staticmethod(F.adaptive_max_pool3d)
