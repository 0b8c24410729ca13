"""The averages of windows along one dimension, as banded matrices."""

from __future__ import annotations

import functools

import numpy as np

from ..banded_matrices import evenly
from .windows import adaptive, out_size


@functools.lru_cache(256)
def averages(size, kernel_size, stride, padding, ceil_mode, count_include_pad, divide):
    """The means of sliding windows along one dimension, or their sums unless ``divide``."""
    # Of one window only, a stride may have more bits than NumPy's integers.
    windows = out_size(size, kernel_size, stride, padding, 1, ceil_mode)
    start = np.arange(windows) * (stride if windows > 1 else 0) - padding
    end = np.minimum(start + kernel_size, size + padding)
    starts, ends = np.clip(start, 0, size), np.clip(end, 0, size)
    count = end - start if count_include_pad else ends - starts
    return evenly(size, starts, ends, 1 / np.maximum(count, 1) if divide else 1.0)


@functools.lru_cache(256)
def adaptive_averages(size, count):
    """The means of `adaptive` windows."""
    windows = adaptive(size, count)
    return evenly(size, windows.first, windows.last + 1, 1 / (windows.last - windows.first + 1))
