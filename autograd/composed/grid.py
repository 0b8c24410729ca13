"""Images read at any places: a grid of coordinates, and what is there."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

from ..creation.filled import ones
from ..creation.ranges import linspace
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.joining import stack
from ..ops.pointwise import zero
from .joining import meshgrid
from .registry import function


def alignment(align_corners: bool | None) -> bool:
    """``align_corners``, or False with PyTorch's warning where it was not given."""
    if align_corners is None:
        warnings.warn(
            "grid_sample and affine_grid have align_corners=False by default; say so to be sure", stacklevel=4
        )
    return bool(align_corners)


@function("nn.functional.affine_grid")
def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    """The places to read an image at for each pixel of a turned, scaled or moved one: of (N, 2, 3), (N, H, W, 2).

    Each is ``theta @ (x, y, 1)``, x and y from -1 to 1 over the ``size`` (N, C, H, W); also with (N, 3, 4) for
    (N, C, D, H, W). align_corners: whether ±1 are the centers of the outermost pixels or their borders.
    RuntimeError or ValueError for other shapes.

    >>> nn.functional.affine_grid(autograd.tensor([[[1., 0, 0], [0, 1, 0]]]), (1, 1, 2, 2), align_corners=True)[0, 0]
    tensor([[-1., -1.],
            [ 1., -1.]])
    """
    aligned = alignment(align_corners)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    size = tuple(map(int, size))
    dims = len(size) - 2
    if dims not in (2, 3):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}"
        )
    if theta.ndim != 3 or theta.shape[1:] != (dims, dims + 1) or theta.shape[0] != size[0]:
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. Got "
            f"{tuple(theta.shape)}"
        )
    if min(size) < 1:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    axes = []
    for n in size[2:]:
        line = linspace(-1, 1, n, dtype=theta.dtype) if n > 1 else 0 * ones(1, dtype=theta.dtype)
        axes.append(line if aligned else line * (n - 1) / n)
    mesh = meshgrid(*axes, indexing="ij")
    base = stack([*mesh[::-1], ones(size[2:], dtype=theta.dtype)], -1)
    out = base.reshape(1, -1, dims + 1) @ theta.mT
    return out.reshape(size[0], *size[2:], dims)


@function("nn.functional.grid_sample")
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """``input`` (N, C, H, W) read at the places of ``grid`` (N, H', W', 2), which are (x, y) from -1 to 1.

    Also (N, C, D, H, W) at (N, D', H', W', 3). mode: "bilinear", "nearest" or, for images, "bicubic". padding_mode:
    what is outside: "zeros", "border" for the nearest inside, "reflection"; NaN is outside for the first, and -1 for
    the others. align_corners: whether ±1 are the centers of the outermost pixels or their borders. ValueError for other
    modes, RuntimeError for other shapes.

    >>> image = autograd.tensor([[[[1., 2.], [3., 4.]]]])
    >>> nn.functional.grid_sample(image, autograd.tensor([[[[0., 0.], [-1., 1.]]]]), align_corners=True)
    tensor([[[[2.5000, 3.0000]]]])
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    aligned = alignment(align_corners)
    dims = input.ndim - 2
    if dims not in (2, 3) or grid.ndim != input.ndim or grid.shape[0] != input.shape[0] or grid.shape[-1] != dims:
        raise RuntimeError(
            f"expected an input (N, C, H, W) with a grid (N, H', W', 2), or with one dimension and coordinate more, "
            f"but got {tuple(input.shape)} and {tuple(grid.shape)}"
        )
    if mode == "bicubic" and dims == 3:
        raise RuntimeError("bicubic interpolation only supports 4D input")
    if min(input.shape[1:]) < 1:
        raise RuntimeError(f"expected input to have non-empty spatial dimensions, but got {tuple(input.shape)}")
    sizes = input.shape[2:]
    # Coordinates are (x, y, z), dimensions (D, H, W): the last coordinate is for the first dimension.
    places = []
    for axis, n in enumerate(sizes):
        u = grid[..., dims - 1 - axis]
        places.append((u + 1) * ((n - 1) / 2) if aligned else ((u + 1) * n - 1) / 2)
    if mode != "bicubic":
        places = [_bounded(at, n, padding_mode, aligned) for at, n in zip(places, sizes)]
    taps = [_taps(at, mode) for at in places]
    flat = input.flatten(2)
    total: Any = 0
    for corner in itertools.product(*taps):
        place: Any = 0
        weight: Any = 1
        inside: Any = True
        for (tap, part), n in zip(corner, sizes):
            if mode == "bicubic":
                tap = _bounded(tap, n, padding_mode, aligned)
            inside = (tap >= 0) & (tap <= n - 1) & inside
            place = place * n + tap.nan_to_num(0.0).clamp(0, n - 1).long()
            weight = part * weight
        index = place.flatten(1).unsqueeze(1).expand(-1, input.shape[1], -1)
        seen = flat.gather(2, index).reshape(*input.shape[:2], *grid.shape[1:-1])
        seen = where(inside.unsqueeze(1), seen, 0.0)
        total = seen * weight.unsqueeze(1) + total
    return total


def _bounded(at: Tensor, size: int, padding_mode: str, aligned: bool) -> Tensor:
    """Where a place outside is moved to; NaN is moved to the beginning."""
    if padding_mode == "reflection":
        at = where(at.isfinite(), at, 0.0)
        low, high = (0.0, size - 1.0) if aligned else (-0.5, size - 0.5)
        span = high - low
        if span == 0:
            return at * 0.0
        off = (at - low).abs()
        turns = (off.detach() / span).floor()
        extra = off - turns * span
        even = turns % 2 == 0
        at = where(even, extra + low, span - extra + low)
    if padding_mode == "zeros":
        return at
    # A place on the border has a slope of 0, as those beyond it have.
    return where((at > 0) & (at < size - 1), at, at.detach().nan_to_num(0.0).clamp(0, size - 1))


def _taps(at: Tensor, mode: str) -> list[tuple[Tensor, Any]]:
    """The neighbours that a place is read from along one dimension, each with its weight."""
    if mode == "nearest":
        return [(at.detach().round(), zero(at) + 1)]
    base = at.detach().floor()
    t = at - base
    if mode == "bilinear":
        return [(base, 1 - t), (base + 1, t)]
    # The weights of cubic interpolation are polynomials of the distance.
    near, far = _cubic_near, _cubic_far
    return [(base - 1, far(t + 1)), (base, near(t)), (base + 1, near(1 - t)), (base + 2, far(2 - t))]


def _cubic_near(x: Tensor) -> Tensor:
    """Keys' cubic with slope -0.75 at 1, for x up to 1."""
    return (x * 1.25 - 2.25) * x * x + 1


def _cubic_far(x: Tensor) -> Tensor:
    """The same from 1 to 2."""
    return (((x - 5) * x + 8) * x - 4) * -0.75
