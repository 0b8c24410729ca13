"""How an array is made of the rows that are normalized, and how these lie in memory."""

from __future__ import annotations

import functools
import math

import numpy as np

# Where segments that go across are shorter, those of all rows are gone through together.
NARROW = 100
# Groups of channels that are shorter are one segment each.
SHORT = 8


class Layout:
    """How an array is made of rows: (rows, length), (rows, segments, length), or across: (segments, rows, length)."""

    def __init__(self, shape, across=False):
        self.shape, self.across, self.length = shape, across, shape[-1]
        self.rows, self.segments = (shape[1], shape[0]) if across else (shape[0], math.prod(shape[1:-1]))
        self.lines, self.narrow = len(shape) == 2, across and self.length < NARROW

    def __repr__(self):
        return f"<{self.rows} rows of {self.segments} x {self.length}>"

    def view(self, x):
        """``x`` in the shape of this layout."""
        return np.ascontiguousarray(x).reshape(self.shape)


@functools.lru_cache(256)
def by_channel(shape):
    """A row for each channel of (N, C, ...), over the whole batch."""
    return Layout((*shape[:2], math.prod(shape[2:])), across=True)


@functools.lru_cache(256)
def by_group(shape, groups):
    """A row for each of ``groups`` groups of channels of each of (N, C, ...)."""
    n, channels = shape[:2]
    length = math.prod(shape[2:])
    if length < SHORT:
        return Layout((n * groups, channels // groups * length))
    return Layout((n * groups, channels // groups, length))


@functools.lru_cache(256)
def by_last(shape, dims):
    """A row for what the last ``dims`` dimensions hold."""
    return Layout((math.prod(shape[: len(shape) - dims]), math.prod(shape[len(shape) - dims :])))
