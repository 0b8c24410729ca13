"""Pooling by windows that lie at random, so that the result has almost any size (Graham, 2014)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..creation.data import from_numpy
from ..creation.random import rand
from ..engine.tensor import Tensor
from ..ops import pool
from .pooling import Sizes, check_rank, in_dimensions, sized


def first_elements(samples: np.ndarray[Any, Any], size: int, window: int, count: int) -> np.ndarray[Any, Any]:
    """Where each of ``count`` windows begins along a dimension, for each random number: (..., count).

    They are as far apart as fits, rounded from a random place on; the last ends where the dimension does.
    """
    if count < 1 or window < 1 or count + window - 1 > size:
        raise RuntimeError(f"{count} windows of {window} elements do not fit at different places of {size} elements")
    step = samples.dtype.type(size - window) / samples.dtype.type(max(count - 1, 1))
    shift = samples[..., None]
    firsts = ((np.arange(count) + shift) * step).astype(np.int64) - (shift * step).astype(np.int64)
    firsts[..., -1] = size - window
    return firsts


def largest(
    dims: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, random_samples: Tensor | None
) -> tuple[Tensor, Tensor]:
    """The largest of each window, and where it is in the flattened last dimensions."""
    sizes = tuple(input.shape[-dims:])
    if output_size is not None:
        counts = sized("output_size", output_size, dims)
    elif output_ratio is None:
        raise ValueError("requires specifying either an output_size or an output_ratio")
    else:
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * dims
        if len(ratios) != dims:
            raise ValueError(f"requires output_ratio to be a number or to have {dims} of them, not {ratios}")
        counts = tuple(int(size * ratio) for size, ratio in zip(sizes, ratios))
    windows = sized("kernel_size", kernel_size, dims)
    check_rank(input.shape, dims)
    lead = input.shape[:-dims] if input.ndim == dims + 2 else (1, *input.shape[:-dims])
    samples = rand(*lead, dims, dtype=input.dtype) if random_samples is None else random_samples
    if samples.ndim != 3 or samples.shape[0] < lead[0] or samples.shape[1:] != (lead[1], dims):
        raise RuntimeError(f"expected _random_samples of shape {(*lead, dims)}, not {tuple(samples.shape)}")
    # As in PyTorch, of the random numbers for an image the first is for its width.
    order = (1, 0) if dims == 2 else range(dims)
    # (N, C, windows in the first dimension, ..., elements of a window in the first dimension, ...)
    places: Any = 0
    for i, (size, window, count, sample) in enumerate(zip(sizes, windows, counts, order)):
        firsts = first_elements(samples.array[: lead[0], :, sample], size, window, count)
        shape = [*lead, *(1,) * (2 * dims)]
        shape[2 + i], shape[2 + dims + i] = count, window
        places = places * size + (firsts[..., None] + np.arange(window)).reshape(shape)
    places = places.reshape(*lead, math.prod(counts), math.prod(windows))
    values = np.take_along_axis(input.array.reshape(*lead, -1), places.reshape(*lead, -1), -1).reshape(places.shape)
    found = np.take_along_axis(places, values.argmax(-1)[..., None], -1).reshape(*input.shape[:-dims], *counts)
    return pool.pick_from_boxes(input, found, dims), from_numpy(found)


def _fractional_max_pool(dims: int) -> Callable[..., Any]:
    def fractional_max_pool(
        input: Tensor,
        kernel_size: Sizes,
        output_size: Sizes | None = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> Any:
        """The largest value of each window; the windows lie at random, in each channel at places of its own.

        input (N, C, {sizes}) or (C, {sizes}). kernel_size: of a window, an int or {dims}. output_size: how many windows
        there are in each dimension, or output_ratio: how many for each element, between 0 and 1. return_indices:
        whether to give also where the largest are, in the flattened {sizes}. _random_samples: (N, C, {d}), the random
        numbers in [0, 1) to place the windows by. ValueError for neither size nor ratio, RuntimeError where the
        windows don't fit.

        >>> nn.functional.fractional_max_pool{d}d(autograd.ones({ones}), 2, output_ratio=0.75).shape[-1]
        3
        """
        found = largest(dims, input, kernel_size, output_size, output_ratio, _random_samples)
        return found if return_indices else found[0]

    return fractional_max_pool


def _with_indices(dims: int) -> Callable[..., Any]:
    def fractional_max_pool_with_indices(
        input: Tensor,
        kernel_size: Sizes,
        output_size: Sizes | None = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> Any:
        """`fractional_max_pool{d}d`, which gives also where the largest are, whatever ``return_indices`` says.

        >>> nn.functional.fractional_max_pool{d}d_with_indices(autograd.ones({ones}), 2, 3)[1].shape[-1]
        3
        """
        return largest(dims, input, kernel_size, output_size, output_ratio, _random_samples)

    return fractional_max_pool_with_indices


fractional_max_pool2d = in_dimensions(2, _fractional_max_pool, "nn.functional.fractional_max_pool2d")
fractional_max_pool3d = in_dimensions(3, _fractional_max_pool, "nn.functional.fractional_max_pool3d")
fractional_max_pool2d_with_indices = in_dimensions(2, _with_indices, "nn.functional.fractional_max_pool2d_with_indices")
fractional_max_pool3d_with_indices = in_dimensions(3, _with_indices, "nn.functional.fractional_max_pool3d_with_indices")
