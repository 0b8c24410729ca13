"""Images in another size: interpolated, or with channels made pixels."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .functional_module import FunctionalModule


class Upsample(FunctionalModule):
    """The input in another size; see `nn.functional.interpolate`.

    >>> nn.Upsample(scale_factor=2)(autograd.tensor([[[1., 2.]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    function = staticmethod(F.interpolate)

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        many = isinstance(scale_factor, (tuple, list))
        scale = tuple(map(float, scale_factor)) if many else float(scale_factor) if scale_factor else None
        self.configure(size=size, scale_factor=scale, mode=mode, align_corners=align_corners)
        self.configure(recompute_scale_factor=recompute_scale_factor)

    def extra_repr(self) -> str:
        given = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{given}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images (N, C, H, W) to their nearest pixels.

    >>> nn.UpsamplingNearest2d(scale_factor=2)(autograd.tensor([[[[1., 2.]]]]))
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images (N, C, H, W), bilinear, with the outermost pixels left where they are.

    >>> nn.UpsamplingBilinear2d(size=(1, 5))(autograd.tensor([[[[1., 2.]]]]))
    tensor([[[[1.0000, 1.2500, 1.5000, 1.7500, 2.0000]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class PixelShuffle(FunctionalModule):
    """(N, C·r², H, W) as (N, C, H·r, W·r) for r = ``upscale_factor``; see `nn.functional.pixel_shuffle`.

    >>> nn.PixelShuffle(2)(autograd.ones(1, 8, 3, 3)).shape
    autograd.Size([1, 2, 6, 6])
    """

    function = staticmethod(F.pixel_shuffle)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.configure(upscale_factor=upscale_factor)


class PixelUnshuffle(FunctionalModule):
    """(N, C, H·r, W·r) as (N, C·r², H, W) for r = ``downscale_factor``: the inverse of `PixelShuffle`.

    >>> nn.PixelUnshuffle(2)(autograd.arange(8.).reshape(1, 1, 2, 4)).squeeze()
    tensor([[0., 2.],
            [1., 3.],
            [4., 6.],
            [5., 7.]])
    """

    function = staticmethod(F.pixel_unshuffle)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.configure(downscale_factor=downscale_factor)


class ChannelShuffle(FunctionalModule):
    """The channels of (N, C, ...) mixed over ``groups`` groups; see `nn.functional.channel_shuffle`.

    Between grouped convolutions it lets each group see the others.

    >>> nn.ChannelShuffle(2)(autograd.arange(6.).reshape(1, 6, 1)).flatten()
    tensor([0., 3., 1., 4., 2., 5.])
    """

    function = staticmethod(F.channel_shuffle)

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.configure(groups=groups)
