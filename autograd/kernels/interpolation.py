"""Interpolation along one dimension, as banded matrices: the weights of the neighbours of each new element."""

from __future__ import annotations

import functools

import numpy as np

from .banded_matrices import from_taps


@functools.lru_cache(256)
def interpolating(size, count, mode, align_corners, scale_factor, antialias):
    """The weights with which ``count`` elements are read between ``size``; mode: nearest, nearest-exact, linear, cubic.

    scale_factor: what the size was multiplied by, where the result shall be spaced by that and not by the sizes.
    """
    i = np.arange(count)
    if mode.startswith("nearest"):
        # In float32, as PyTorch computes it: for some scales that is another neighbour.
        scale = np.float32(source_scale(size, count, False, scale_factor))
        at = (i + np.float32(0.5 if mode == "nearest-exact" else 0.0)).astype(np.float32) * scale
        tap = np.minimum(np.floor(at).astype(np.int64), size - 1)
        return from_taps(size, tap[:, None], np.ones((count, 1)))
    scale = source_scale(size, count, align_corners, scale_factor)
    if antialias:
        return smoothing(size, i, mode, align_corners, scale)
    at = i * scale if align_corners else (i + 0.5) * scale - 0.5
    if mode == "linear":
        at = np.maximum(at, 0)
    base = np.floor(at)
    offsets = np.arange(2) if mode == "linear" else np.arange(-1, 3)
    taps = base[:, None] + offsets
    curve = triangle if mode == "linear" else cubic(-0.75)
    return from_taps(size, taps.astype(np.int64), curve(at[:, None] - taps))


def smoothing(size, i, mode, align_corners, scale):
    """As `interpolating`, with a curve as wide as the distance of the places, so that nothing between is skipped."""
    wide = max(scale, 1.0)
    reach = (1 if mode == "linear" else 2) * wide
    center = i * scale + 0.5 if align_corners else (i + 0.5) * scale
    first = np.maximum((center - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((center + reach + 0.5).astype(np.int64), size) - 1
    taps = first[:, None] + np.arange(max((last - first + 1).max(initial=1), 1))
    curve = triangle if mode == "linear" else cubic(-0.5)
    weights = np.where(taps <= last[:, None], curve((taps + 0.5 - center[:, None]) / wide), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    return from_taps(size, np.minimum(taps, last[:, None]), weights / np.where(total == 0, 1, total))


def source_scale(size, count, align_corners, scale_factor):
    """How far apart the places are that two neighbouring elements of the result are read at."""
    if align_corners:
        return (size - 1) / (count - 1) if count > 1 else 0.0
    return 1 / scale_factor if scale_factor else size / count


def triangle(x):
    """Linear interpolation: 1 at 0, 0 from 1 on."""
    return np.maximum(1 - np.abs(x), 0)


def cubic(a):
    """Keys' cubic with the slope ``a`` at 1 (1981)."""

    def curve(x):
        x = np.abs(x)
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = (((x - 5) * x + 8) * x - 4) * a
        return np.where(x < 1, near, np.where(x < 2, far, 0))

    return curve
