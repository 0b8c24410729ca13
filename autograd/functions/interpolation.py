"""Images and signals in another size, and read at any places."""

from __future__ import annotations

import warnings
from typing import Any

from ..kernels import windows
from ..ops import OPS
from ..tensor import Tensor
from .registry import FUNCTIONS, function

# How many dimensions each mode interpolates, and how it does so along one.
SMOOTH = {"linear": (1, "linear"), "bilinear": (2, "linear"), "bicubic": (2, "cubic"), "trilinear": (3, "linear")}


@function("nn.functional.interpolate")
def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """``input`` (N, C, L), (N, C, H, W) or (N, C, D, H, W) in another size: ``size``, or ``scale_factor`` times its own.

    mode: "nearest" (its neighbour to the left of the place), "nearest-exact" (that whose center is nearest), "linear",
    "bilinear", "trilinear" for 1, 2 and 3 dimensions, "bicubic", or "area" for the means of `adaptive_avg_pool2d`.
    align_corners: whether the outermost centers stay where they are; otherwise the outermost borders do.
    recompute_scale_factor: whether to space the places by the sizes and not by ``scale_factor``. antialias: whether to
    average what lies between the places of a smaller image ("bilinear" and "bicubic").
    ValueError for settings that don't go together, NotImplementedError for a mode and a rank that don't.

    >>> nn.functional.interpolate(autograd.tensor([[[1., 3.]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    dims = input.ndim - 2
    smooth = SMOOTH.get(mode)
    if align_corners is not None and smooth is None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size")
    if antialias and not (mode in ("bilinear", "bicubic") and dims == 2):
        raise ValueError("Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor")
    if dims not in (1, 2, 3) or (smooth and smooth[0] != dims) or mode not in (*SMOOTH, "nearest", "nearest-exact", "area"):
        raise NotImplementedError(
            "Input Error: Only 3D, 4D and 5D input Tensors supported (got "
            f"{input.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact "
            f"(got {mode})"
        )
    given = size if scale_factor is None else scale_factor
    each = tuple(given) if isinstance(given, (tuple, list)) else (given,) * dims
    if len(each) != dims:
        raise ValueError(
            f"Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {list(input.shape[2:])} and {'output size' if size is not None else 'scale_factor'} of {given}"
        )
    if scale_factor is None:
        sizes, factors = tuple(map(int, each)), (None,) * dims
    else:
        sizes = tuple(int(n * float(factor)) for n, factor in zip(input.shape[2:], each))
        factors = (None,) * dims if recompute_scale_factor else tuple(map(float, each))
    if min(input.shape[1:]) < 1 or min(sizes) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {tuple(input.shape)} and output {sizes}"
        )
    if mode == "area":
        return FUNCTIONS[f"nn.functional.adaptive_avg_pool{dims}d"](input, sizes)
    along = smooth[1] if smooth else mode
    bands = [
        windows.interpolating(n, count, along, bool(align_corners), factor, antialias)
        for n, count, factor in zip(input.shape[2:], sizes, factors)
    ]
    return OPS["resample"].function(input, tuple(bands))


def _align_warning(name: str, align_corners: bool | None, stacklevel: int) -> bool:
    """What ``align_corners`` means where it was not said, with PyTorch's warning."""
    if align_corners is None:
        warnings.warn(f"Default {name} behavior is align_corners=False; say so to be sure", stacklevel=stacklevel + 1)
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
    from ..creation import linspace, ones

    aligned = _align_warning("grid_sample and affine_grid", align_corners, 3)
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
    mesh = FUNCTIONS["meshgrid"](*axes, indexing="ij")
    base = OPS["stack"].function([*mesh[::-1], ones(size[2:], dtype=theta.dtype)], -1)
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

    Also (N, C, D, H, W) at (N, D', H', W', 3). mode: "bilinear", "nearest" or, for images, "bicubic". padding_mode: what
    is outside: "zeros", "border" for the nearest inside, "reflection". align_corners: whether ±1 are the centers of the
    outermost pixels or their borders. ValueError for other modes, RuntimeError for other shapes.

    >>> image = autograd.tensor([[[[1., 2.], [3., 4.]]]])
    >>> nn.functional.grid_sample(image, autograd.tensor([[[[0., 0.], [-1., 1.]]]]), align_corners=True)
    tensor([[[[2.5000, 3.0000]]]])
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    aligned = _align_warning("grid_sample and affine_grid", align_corners, 3)
    dims = input.ndim - 2
    if dims not in (2, 3) or grid.ndim != input.ndim or grid.shape[0] != input.shape[0] or grid.shape[-1] != dims:
        raise RuntimeError(
            f"expected an input (N, C, H, W) with a grid (N, H', W', 2), or with one dimension and coordinate more, but "
            f"got {tuple(input.shape)} and {tuple(grid.shape)}"
        )
    if mode == "bicubic" and dims == 3:
        raise RuntimeError("bicubic interpolation only supports 4D input")
    if min(input.shape[1:]) < 1:
        raise RuntimeError(f"expected input to have non-empty spatial dimensions, but got {tuple(input.shape)}")
    sizes = input.shape[2:]
    # The last coordinate is the first dimension.
    places = []
    for axis, n in enumerate(sizes):
        u = grid[..., dims - 1 - axis]
        places.append((u + 1) * ((n - 1) / 2) if aligned else ((u + 1) * n - 1) / 2)
    if mode != "bicubic":
        places = [_bounded(at, n, padding_mode, aligned) for at, n in zip(places, sizes)]
    taps = [_taps(at, mode) for at in places]
    flat = input.flatten(2)
    total: Any = 0
    for corner in _product(taps):
        where, weight, inside = 0, 1, True
        for (tap, part), n in zip(corner, sizes):
            if mode == "bicubic":
                tap = _bounded(tap, n, padding_mode, aligned)
            inside = (tap >= 0) & (tap <= n - 1) & inside
            where = where * n + tap.nan_to_num(0.0).clamp(0, n - 1).long()
            weight = part * weight
        index = where.flatten(1).unsqueeze(1).expand(-1, input.shape[1], -1)
        seen = flat.gather(2, index).reshape(*input.shape[:2], *grid.shape[1:-1])
        seen = OPS["where"].function(inside.unsqueeze(1), seen, 0.0)
        total = seen * weight.unsqueeze(1) + total if isinstance(weight, Tensor) else seen + total
    return total


def _product(taps: list[Any]) -> Any:
    import itertools

    return itertools.product(*taps)


def _bounded(at: Tensor, size: int, padding_mode: str, aligned: bool) -> Tensor:
    """Where a place outside is moved to."""
    if padding_mode == "reflection":
        low, high = (0.0, size - 1.0) if aligned else (-0.5, size - 0.5)
        span = high - low
        if span == 0:
            return at * 0.0
        off = (at - low).abs()
        turns = (off.detach() / span).floor()
        extra = off - turns * span
        even = turns % 2 == 0
        at = OPS["where"].function(even, extra + low, span - extra + low)
    return at.clamp(0, size - 1) if padding_mode != "zeros" else at


def _taps(at: Tensor, mode: str) -> list[tuple[Tensor, Any]]:
    """The neighbours that a place is read from along one dimension, each with its weight."""
    if mode == "nearest":
        return [(at.detach().round(), 1)]
    base = at.detach().floor()
    t = at - base
    if mode == "bilinear":
        return [(base, 1 - t), (base + 1, t)]
    a = -0.75
    near = lambda x: ((a + 2) * x - (a + 3)) * x * x + 1
    far = lambda x: ((x - 5) * x + 8) * x * a - 4 * a
    return [(base - 1, far(t + 1)), (base, near(t)), (base + 1, near(1 - t)), (base + 2, far(2 - t))]
