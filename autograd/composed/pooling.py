"""Pooling over one, two and three dimensions: windows that slide, or that adapt to a size."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..kernels.pooling import averages, windows
from ..ops import pool
from .registry import explaining, public
from .sizes import integers

Sizes = int | tuple[int, ...]


def sized(what: str, value: Any, dims: int) -> tuple[int, ...]:
    """One number for each dimension: ``value`` itself for each if it is one number."""
    if type(value) is int:
        return (value,) * dims
    given = integers(what, value)
    if len(given) not in (1, dims):
        raise RuntimeError(f"{what} must be an int or have {dims} of them, but it is {given}")
    return given * (dims // len(given))


def check_rank(shape: tuple[int, ...], dims: int) -> None:
    """Raise RuntimeError unless ``shape`` has ``dims`` dimensions after the channels, in a batch or not, not empty."""
    batched = len(shape) == dims + 2
    if len(shape) not in (dims + 1, dims + 2) or 0 in shape[batched:]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got {tuple(shape)}"
        )


def geometry(
    input: Tensor, dims: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[tuple[int, ...], ...]:
    """The arguments of `windows.sliding` for each dimension, if they make a pooling; RuntimeError if not."""
    size = sized("kernel_size", kernel_size, dims)
    given = stride is not None and not (isinstance(stride, (tuple, list)) and len(stride) == 0)
    step = sized("stride", stride, dims) if given else size
    pad, apart = sized("padding", padding, dims), sized("dilation", dilation, dims)
    return sides_of(input.shape, size, step, pad, apart, bool(ceil_mode))


@functools.lru_cache(256)
def sides_of(
    shape: tuple[int, ...],
    size: tuple[int, ...],
    step: tuple[int, ...],
    pad: tuple[int, ...],
    apart: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[tuple[int, ...], ...]:
    """What `geometry` gives for an input of ``shape``, with a number for each dimension of everything."""
    dims = len(size)
    if min(size) < 1 or min(step) < 1 or min(apart) < 1:
        raise RuntimeError(f"kernel size {size}, stride {step} and dilation {apart} must be greater than zero")
    if any(p < 0 or 2 * p > k for p, k in zip(pad, size)):
        raise RuntimeError(f"pad should be at most half of kernel size, but got padding {pad} for {size}")
    check_rank(shape, dims)
    sides = tuple((n, *side, ceil_mode) for n, *side in zip(shape[-dims:], size, step, pad, apart))
    found = [windows.out_size(*side) for side in sides]  # type: ignore[no-untyped-call]
    if min(found) < 1:
        raise RuntimeError(
            f"Given input size {tuple(shape[-dims - 1 :])}, calculated output size {tuple(found)}: "
            "output size is too small"
        )
    return sides


def largest(input: Tensor, sides: tuple[windows.Windows, ...], return_indices: bool) -> Any:
    """The largest of each window, and where it is if that is asked for."""
    if not return_indices:
        return pool.max_pool(input, sides)
    places = pool.max_places(input, sides)
    return pool.pick_from_boxes(input, places.array, len(sides)), places


def in_dimensions(dims: int, make: Callable[[int], Callable[..., Any]], *names: str) -> Callable[..., Any]:
    """The function ``make(dims)``, public under the names; its text has the sizes of ``dims`` dimensions."""
    made = make(dims)
    short = names[0].rpartition(".")[2]
    made.__name__ = made.__qualname__ = short
    made.__doc__ = (made.__doc__ or "").format(
        d=dims,
        sizes=("L", "H, W", "D, H, W")[dims - 1],
        dims=("a tuple of one", "(height, width)", "(depth, height, width)")[dims - 1],
        ones=", ".join(["1"] + ["4"] * dims),
    )
    return public(*names)(explaining(short, made))


def _max_pool(dims: int) -> Callable[..., Any]:
    def max_pool(
        input: Tensor,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        """The largest value of each window; the gradient goes to the first of the largest.

        input (N, C, {sizes}) or (C, {sizes}); sizes are an int or {dims}; stride: as the window if not given;
        padding: with -inf, at most half a window; dilation: elements between taps; ceil_mode: let a last window hang
        over the edge; return_indices: whether to give also where the largest are, in the flattened {sizes}.
        RuntimeError for an output without elements, too much padding or another rank.

        >>> nn.functional.max_pool{d}d(autograd.ones({ones}), 2).shape[-1]
        2
        """
        sides = geometry(input, dims, kernel_size, stride, padding, dilation, ceil_mode)
        return largest(input, tuple([windows.sliding(*side) for side in sides]), return_indices)

    return max_pool


def _max_pool_with_indices(dims: int) -> Callable[..., Any]:
    def max_pool_with_indices(
        input: Tensor,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        """`max_pool{d}d`, which gives also where the largest are, whatever ``return_indices`` says.

        >>> nn.functional.max_pool{d}d_with_indices(autograd.ones({ones}), 2)[1].shape[-1]
        2
        """
        max_pool = (max_pool1d, max_pool2d, max_pool3d)[dims - 1]
        return max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, True)

    return max_pool_with_indices


def _avg_pool(dims: int) -> Callable[..., Any]:
    def avg_pool(
        input: Tensor,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Tensor:
        """The mean of each window.

        input (N, C, {sizes}) or (C, {sizes}); sizes are an int or {dims}; stride: as the window if not given;
        padding: with zeros, at most half a window, which count towards the mean unless ``count_include_pad`` is False;
        ceil_mode: let a last window hang over the edge; divisor_override: what the sums are divided by instead.
        RuntimeError for an output without elements, too much padding or another rank.

        >>> nn.functional.avg_pool{d}d(autograd.ones({ones}), 2).shape[-1]
        2
        """
        sides = geometry(input, dims, kernel_size, stride, padding, 1, ceil_mode)
        if divisor_override is not None and not divisor_override:
            raise RuntimeError("divisor must be not zero")
        mean = divisor_override is None
        bands = tuple(
            [averages.averages(n, k, s, p, ceil, bool(count_include_pad), mean) for n, k, s, p, _, ceil in sides]
        )
        out = pool.avg_pool(input, bands)
        return out if mean else out / divisor_override

    if dims > 1:
        return avg_pool

    def avg_pool1d(
        input: Tensor,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> Tensor:
        return avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad)

    avg_pool1d.__doc__ = (avg_pool.__doc__ or "").replace(
        "; divisor_override: what the sums are divided by instead", ""
    )
    return avg_pool1d


def _lp_pool(dims: int) -> Callable[..., Any]:
    def lp_pool(
        input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> Tensor:
        """``(Σxᵖ)^(1/p)`` over each window, p being ``norm_type``: the sum for 1, the largest for inf.

        input (N, C, {sizes}) or (C, {sizes}); sizes are an int or {dims}. See `avg_pool{d}d`, which this is made of.

        >>> nn.functional.lp_pool{d}d(autograd.ones({ones}), 1, 2).shape[-1]
        2
        """
        if norm_type == 0:
            raise ZeroDivisionError(f"lp_pool{dims}d: norm_type must not be 0")
        size = sized("kernel_size", kernel_size, dims)
        avg_pool = (avg_pool1d, avg_pool2d, avg_pool3d)[dims - 1]
        mean = avg_pool(input**norm_type, size, stride, 0, ceil_mode)
        return ((mean.sign() * mean.abs().relu()) * math.prod(size)) ** (1.0 / norm_type)

    return lp_pool


def adaptive_sides(input: Tensor, output_size: Any, dims: int) -> tuple[tuple[int, int], ...]:
    """The size of each dimension, and how many windows an adaptive pooling has there: where None, as many."""
    if type(output_size) is int:
        return sides_to(input.shape, (output_size,) * dims, dims)
    given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * dims
    counts = iter(integers("output_size", [count for count in given if count is not None]))
    return sides_to(input.shape, tuple(None if count is None else next(counts) for count in given), dims)


@functools.lru_cache(256)
def sides_to(shape: tuple[int, ...], given: tuple[int | None, ...], dims: int) -> tuple[tuple[int, int], ...]:
    """What `adaptive_sides` gives for an input of ``shape``."""
    check_rank(shape, dims)
    if dims > 1 and len(given) >= len(shape):
        raise ValueError(f"Input dimension should be at least {len(given) + 1} for an output_size of {given}")
    given *= dims if len(given) == 1 else 1
    if len(given) != dims:
        raise RuntimeError(f"output_size must be an int or have {dims} of them, but it is {given}")
    sides = tuple((size, size if count is None else count) for size, count in zip(shape[-dims:], given))
    found = tuple(count for _, count in sides)
    if min(found) < 0:
        raise RuntimeError(f"elements of output_size must be greater than or equal to 0 but received {found}")
    return sides


def _adaptive_avg_pool(dims: int) -> Callable[..., Any]:
    def adaptive_avg_pool(input: Tensor, output_size: Any) -> Tensor:
        """The means of as many windows as ``output_size`` says, which cover the input and are as alike as they can be.

        input (N, C, {sizes}) or (C, {sizes}); output_size: an int or {dims}, None for the size as it is.
        RuntimeError for another rank.

        >>> nn.functional.adaptive_avg_pool{d}d(autograd.ones({ones}), 2).shape[-1]
        2
        """
        sides = adaptive_sides(input, output_size, dims)
        return pool.avg_pool(input, tuple([averages.adaptive_averages(*side) for side in sides]))

    return adaptive_avg_pool


def _adaptive_max_pool(dims: int) -> Callable[..., Any]:
    def adaptive_max_pool(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
        """The largest of each of as many windows as ``output_size`` says: as `adaptive_avg_pool{d}d`.

        input (N, C, {sizes}) or (C, {sizes}); return_indices: whether to give also where they are, in the flattened
        {sizes}.

        >>> nn.functional.adaptive_max_pool{d}d(autograd.ones({ones}), 2).shape[-1]
        2
        """
        sides = adaptive_sides(input, output_size, dims)
        return largest(input, tuple([windows.adaptive(*side) for side in sides]), return_indices)

    return adaptive_max_pool


def _adaptive_max_pool_with_indices(dims: int) -> Callable[..., Any]:
    def adaptive_max_pool_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
        """`adaptive_max_pool{d}d`, which gives also where the largest are, whatever ``return_indices`` says.

        >>> nn.functional.adaptive_max_pool{d}d_with_indices(autograd.ones({ones}), 2)[1].shape[-1]
        2
        """
        return (adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d)[dims - 1](input, output_size, True)

    return adaptive_max_pool_with_indices


def _max_unpool(dims: int) -> Callable[..., Any]:
    def max_unpool(
        input: Tensor,
        indices: Tensor,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        output_size: Any = None,
    ) -> Tensor:
        """Zeros with the elements of ``input`` where they were the largest: undoes `max_pool{d}d` as far as can be.

        indices: what the pooling gave with ``return_indices``; output_size: the sizes of the result, if not the least
        that the pooling can have been of. ValueError for sizes that it can't have been of.

        >>> top, where = nn.functional.max_pool{d}d(autograd.ones({ones}), 2, return_indices=True)
        >>> nn.functional.max_unpool{d}d(top, where, 2).shape[-1]
        4
        """
        size = sized("kernel_size", kernel_size, dims)
        step, pad = size if stride is None else sized("stride", stride, dims), sized("padding", padding, dims)
        least = [(n - 1) * s - 2 * p + k for n, k, s, p in zip(input.shape[-dims:], size, step, pad)]
        if output_size is None:
            wanted = tuple(least)
        else:
            wanted = tuple(output_size)[-dims:]
            if len(output_size) not in (dims, dims + 2) or any(
                not n - s < w < n + s for n, s, w in zip(least, step, wanted)
            ):
                raise ValueError(f'invalid output_size "{tuple(output_size)}" (must be between {least} ± {step})')
        if indices.array.dtype != np.int64:
            raise RuntimeError(f"elements in indices should be of int64, but got {indices.dtype}")
        if indices.shape != input.shape:
            raise RuntimeError(
                f"Expected shape of indices to be same as that of the input tensor {tuple(input.shape)} but got "
                f"{tuple(indices.shape)}"
            )
        check_rank(input.shape, dims)
        lead, count = input.shape[:-dims], math.prod(wanted)
        flat, places = input.flatten(-dims), indices.flatten(-dims)
        if places.numel() and not 0 <= int(places.min()) <= int(places.max()) < count:
            raise RuntimeError(f"found an invalid max index for an output of sizes {wanted}")
        return flat.new_zeros((*lead, count)).scatter(-1, places, flat).reshape(*lead, *wanted)

    return max_unpool


max_pool1d = in_dimensions(1, _max_pool, "max_pool1d", "nn.functional.max_pool1d")
max_pool2d = in_dimensions(2, _max_pool, "max_pool2d", "nn.functional.max_pool2d")
max_pool3d = in_dimensions(3, _max_pool, "max_pool3d", "nn.functional.max_pool3d")
avg_pool1d = in_dimensions(1, _avg_pool, "avg_pool1d", "nn.functional.avg_pool1d")
avg_pool2d = in_dimensions(2, _avg_pool, "nn.functional.avg_pool2d")
avg_pool3d = in_dimensions(3, _avg_pool, "nn.functional.avg_pool3d")
lp_pool1d = in_dimensions(1, _lp_pool, "nn.functional.lp_pool1d")
lp_pool2d = in_dimensions(2, _lp_pool, "nn.functional.lp_pool2d")
lp_pool3d = in_dimensions(3, _lp_pool, "nn.functional.lp_pool3d")
adaptive_avg_pool1d = in_dimensions(1, _adaptive_avg_pool, "adaptive_avg_pool1d", "nn.functional.adaptive_avg_pool1d")
adaptive_avg_pool2d = in_dimensions(2, _adaptive_avg_pool, "nn.functional.adaptive_avg_pool2d")
adaptive_avg_pool3d = in_dimensions(3, _adaptive_avg_pool, "nn.functional.adaptive_avg_pool3d")
adaptive_max_pool1d = in_dimensions(1, _adaptive_max_pool, "adaptive_max_pool1d", "nn.functional.adaptive_max_pool1d")
adaptive_max_pool2d = in_dimensions(2, _adaptive_max_pool, "nn.functional.adaptive_max_pool2d")
adaptive_max_pool3d = in_dimensions(3, _adaptive_max_pool, "nn.functional.adaptive_max_pool3d")
max_unpool1d = in_dimensions(1, _max_unpool, "nn.functional.max_unpool1d")
max_unpool2d = in_dimensions(2, _max_unpool, "nn.functional.max_unpool2d")
max_unpool3d = in_dimensions(3, _max_unpool, "nn.functional.max_unpool3d")
max_pool1d_with_indices = in_dimensions(1, _max_pool_with_indices, "nn.functional.max_pool1d_with_indices")
max_pool2d_with_indices = in_dimensions(2, _max_pool_with_indices, "nn.functional.max_pool2d_with_indices")
max_pool3d_with_indices = in_dimensions(3, _max_pool_with_indices, "nn.functional.max_pool3d_with_indices")
adaptive_max_pool1d_with_indices = in_dimensions(
    1, _adaptive_max_pool_with_indices, "nn.functional.adaptive_max_pool1d_with_indices"
)
adaptive_max_pool2d_with_indices = in_dimensions(
    2, _adaptive_max_pool_with_indices, "nn.functional.adaptive_max_pool2d_with_indices"
)
adaptive_max_pool3d_with_indices = in_dimensions(
    3, _adaptive_max_pool_with_indices, "nn.functional.adaptive_max_pool3d_with_indices"
)
