"""Signals, images and volumes in another size."""

from __future__ import annotations

import math
import operator
import warnings
from typing import Any

from ..engine.tensor import Tensor
from ..kernels import interpolation as kernels
from ..ops.pool import resample
from .pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from .registry import function

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
    """``input`` (N, C, L), (N, C, H, W) or (N, C, D, H, W) in another size: ``size``, or ``scale_factor`` times its.

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
    given = size if scale_factor is None else scale_factor
    each = tuple(given) if isinstance(given, (tuple, list)) else (given,) * dims
    if len(each) != dims:
        raise ValueError(
            f"Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {list(input.shape[2:])} and {'output size' if size is not None else 'scale_factor'} of {given}"
        )
    known = mode in ("nearest", "nearest-exact", "area") if smooth is None else smooth[0] == dims
    if dims not in (1, 2, 3) or not known:
        raise NotImplementedError(
            "Input Error: Only 3D, 4D and 5D input Tensors supported (got "
            f"{input.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact "
            f"(got {mode})"
        )
    if scale_factor is None:
        factors: tuple[Any, ...] = (None,) * dims
        sizes = tuple(map(operator.index, each))
    else:
        wanted = [n * float(factor) for n, factor in zip(input.shape[2:], each)]
        if not all(map(math.isfinite, wanted)):
            raise RuntimeError(f"scale_factor {given} of {tuple(input.shape)} cannot be converted to a size")
        sizes = tuple(map(int, wanted))
        factors = (None,) * dims if recompute_scale_factor else tuple([float(factor) for factor in each])
    if min(input.shape[1:]) < 1 or min(sizes) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {tuple(input.shape)} and output {sizes}"
        )
    if mode == "area":
        pool = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dims - 1]
        return pool(input, sizes)
    along = smooth[1] if smooth else mode
    bands = [
        kernels.interpolating(n, count, along, bool(align_corners), factor, antialias)
        for n, count, factor in zip(input.shape[2:], sizes, factors)
    ]
    return resample(input, tuple(bands))


def _warn(name: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", UserWarning, stacklevel=4
    )


@function("nn.functional.upsample")
def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """The old name of `interpolate`; it warns.

    >>> nn.functional.upsample(autograd.tensor([[[1., 3.]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


@function("nn.functional.upsample_nearest")
def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of `interpolate` to the nearest; it warns.

    >>> nn.functional.upsample_nearest(autograd.tensor([[[1., 3.]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor, "nearest")


@function("nn.functional.upsample_bilinear")
def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of `interpolate`, bilinear with the outermost pixels left where they are; it warns.

    >>> nn.functional.upsample_bilinear(autograd.tensor([[[[1., 3.]]]]), (1, 3))
    tensor([[[[1., 2., 3.]]]])
    """
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)
