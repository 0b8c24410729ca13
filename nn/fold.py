"""Windows of images as columns, and back."""

from __future__ import annotations

from . import functional as F
from .functional_module import FunctionalModule

Size = int | tuple[int, int]


class Unfold(FunctionalModule):
    """The windows of an image as columns: (N, C, H, W) to (N, C·kh·kw, L); see `nn.functional.unfold`.

    >>> nn.Unfold(2)(autograd.ones(1, 3, 4, 4)).shape
    autograd.Size([1, 12, 9])
    """

    function = staticmethod(F.unfold)

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> None:
        super().__init__()
        self.configure(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)


class Fold(FunctionalModule):
    """Columns added up to the image whose windows they are: (N, C·kh·kw, L) to (N, C, *output_size).

    See `nn.functional.fold`.

    >>> nn.Fold((4, 4), 2)(autograd.ones(1, 12, 9)).shape
    autograd.Size([1, 3, 4, 4])
    """

    function = staticmethod(F.fold)

    def __init__(
        self, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        super().__init__()
        self.configure(output_size=output_size, kernel_size=kernel_size)
        self.configure(dilation=dilation, padding=padding, stride=stride)
