"""Rows are summed in blocks: each in the dtype of its numbers, which is fast, and blocks in float64, which is exact."""

from __future__ import annotations

from ..compiling.jit import helper
from ..compiling.require import require, require_range

# How many numbers of a row are a block.
BLOCK = 1024
# How many rows are one where columns are summed.
FEW = 64


@helper
def require_rows(rows, moments, weight, columns, start, stop):
    """Raise `Misfit` unless there are moments for so many rows, of which some are meant, and scales for ``columns``."""
    require(moments.shape == (3, rows) and weight.shape[1] == columns and (weight.shape[0] > 0 or start == stop))
    require_range(start, stop, rows)


@helper
def is_far(mean, variance):
    """Whether numbers lie so far from 0, for their spread, that the sum of a block of them is not exact enough.

    Then their mean is as exact as its dtype allows only with the mean of what they differ from it by.
    """
    return mean * mean > 100 * variance


@helper
def move(part, total):
    """Add ``part`` to ``total`` and make it 0."""
    for i in range(part.size):
        total[i] += part[i]
        part[i] = 0


@helper
def total_of(x, at, length, shift):
    """The sum of ``x[at : at + length]`` minus ``shift``."""
    total, end = 0.0, at + length
    for first in range(at, end, BLOCK):
        block = x[first : min(first + BLOCK, end)]
        part = x.dtype.type(0)
        for i in range(block.size):
            part += block[i] - shift
        total += part
    return total
