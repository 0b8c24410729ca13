"""Channels of images made pixels, and back."""

from __future__ import annotations

from ..engine.tensor import Tensor
from .registry import function


def _image(name: str, x: Tensor, factor: int, what: str) -> tuple[int, ...]:
    """The sizes in front of (C, H, W)."""
    if x.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {x.ndim} dimension(s)"
        )
    if factor < 1:
        raise RuntimeError(f"{name} expects a positive {what}, but got {factor}")
    return x.shape[:-3]


@function("pixel_shuffle", "nn.functional.pixel_shuffle")
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., C·r², H, W) as (..., C, H·r, W·r) for r = ``upscale_factor``: r² channels make the r×r pixels of one place.

    >>> nn.functional.pixel_shuffle(autograd.arange(4).reshape(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    r = upscale_factor
    batch = _image("pixel_shuffle", input, r, "upscale_factor")
    channels, height, width = input.shape[-3:]
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    split = input.reshape(*batch, channels // (r * r), r, r, height, width)
    n = len(batch)
    mixed = split.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return mixed.reshape(*batch, channels // (r * r), height * r, width * r)


@function("pixel_unshuffle", "nn.functional.pixel_unshuffle")
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., C, H·r, W·r) as (..., C·r², H, W) for r = ``downscale_factor``: the inverse of `pixel_shuffle`.

    >>> nn.functional.pixel_unshuffle(autograd.arange(4).reshape(1, 2, 2), 2).flatten()
    tensor([0, 1, 2, 3])
    """
    r = downscale_factor
    batch = _image("pixel_unshuffle", input, r, "downscale_factor")
    channels, height, width = input.shape[-3:]
    if height % r or width % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but {height}×{width} is "
            f"not divisible by {r}"
        )
    split = input.reshape(*batch, channels, height // r, r, width // r, r)
    n = len(batch)
    mixed = split.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return mixed.reshape(*batch, channels * r * r, height // r, width // r)


@function("channel_shuffle", "nn.functional.channel_shuffle", "nn.functional.native_channel_shuffle")
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of (N, C, ...) in another order: the first of each of ``groups`` groups, the second of each, ...

    >>> nn.functional.channel_shuffle(autograd.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups < 1:
        raise RuntimeError(f"channel_shuffle: Number of groups to divide channels in must be positive, not {groups}")
    if input.shape[1] % groups:
        raise RuntimeError(
            f"channel_shuffle: Number of channels must be divisible by groups. Got {input.shape[1]} channels and "
            f"{groups} groups."
        )
    return input.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)
