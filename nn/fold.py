"""Windows of images as columns, and back."""

from __future__ import annotations

from autograd import Tensor

from . import functional as F
from .module import Module

Size = int | tuple[int, int]


class Unfold(Module):
    """The windows of an image as columns: (N, C, H, W) to (N, C·kh·kw, L); see `nn.functional.unfold`.

    >>> nn.Unfold(2)(autograd.ones(1, 3, 4, 4)).shape
    autograd.Size([1, 12, 9])
    """

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Columns added up to the image whose windows they are: (N, C·kh·kw, L) to (N, C, *output_size).

    See `nn.functional.fold`.

    >>> nn.Fold((4, 4), 2)(autograd.ones(1, 12, 9)).shape
    autograd.Size([1, 3, 4, 4])
    """

    def __init__(
        self, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        super().__init__()
        self.output_size, self.kernel_size = output_size, kernel_size
        self.dilation, self.padding, self.stride = dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )
