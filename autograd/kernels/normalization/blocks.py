"""Rows are gone through in blocks: each is asked for before it is read, and summed on its own before it joins a total.

A block is summed in the dtype of its numbers, which is fast, and blocks in float64, which is exact.
"""

from __future__ import annotations

from ..compiling.jit import helper
from ..compiling.require import require, require_range

# How many numbers of a row are a block.
BLOCK = 1024
# How many rows are one where columns are summed.
FEW = 64
# Arrays of more numbers are asked for ahead of time: the caches may not have them.
CACHED = 1 << 15


@helper
def require_rows(rows, moments, weight, columns, start, stop):
    """Raise `Misfit` unless there are moments for so many rows, of which some are meant, and scales for ``columns``."""
    require(moments.shape == (3, rows) and weight.shape[1] == columns and (weight.shape[0] > 0 or start == stop))
    require_range(start, stop, rows)


@helper
def asked_ahead(x, length):
    """How many numbers of each block of a row of that length are asked for."""
    return min(length, BLOCK) if x.size > CACHED else 0


@helper
def move(part, total):
    """Add ``part`` to ``total`` and make it 0."""
    for i in range(part.size):
        total[i] += part[i]
        part[i] = 0
