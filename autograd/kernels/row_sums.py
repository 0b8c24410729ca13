"""Rows of a matrix added up by the place that each belongs to, as in the way back of an embedding."""

from __future__ import annotations

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.require import require

# How many rows are summed in their own dtype; these sums are in float64.
BLOCK = 16


def sums_of_rows_numpy(x, index, out):
    order = np.argsort(index, kind="stable")
    x, index = x[order], index[order]
    while True:
        begins = np.diff(index, prepend=-1) != 0
        firsts = np.flatnonzero(begins)
        if len(firsts) == len(index):
            break
        # Rows for the same place are summed in blocks, then the sums of these, until there is one.
        since = np.arange(len(index)) - firsts[np.cumsum(begins) - 1]
        starts = np.flatnonzero(since % BLOCK == 0)
        x, index = np.add.reduceat(x, starts), index[starts]
    out[index] = x


@helper
def grouped(index, places):
    """The numbers 0, 1, ..., those of one ``index``, which is less than ``places``, side by side and rising."""
    # How many there are of each; from its first on, less than 0, where the next of them goes.
    counts, order = np.zeros(places, np.int64), np.empty(index.size, np.int64)
    for i in range(index.size):
        require(0 <= index[i] < places)
        counts[index[i]] += 1
    end = 0
    for i in range(index.size):
        count = counts[index[i]]
        at = end if count > 0 else -count - 1
        end += max(count, 0)
        order[at] = i
        counts[index[i]] = -at - 2
    return order


@kernel(twin=sums_of_rows_numpy)
def sums_of_rows(x, index, out):
    """Write to ``out[t]`` the sum of those ``x[i]`` of which ``index[i]`` is t, and nothing where there are none."""
    count, size = x.shape
    require(index.size == count and out.shape[1] == size)
    order = grouped(index, out.shape[0])
    total = np.empty(size, np.float64)
    first = 0
    while first < count:
        place = index[order[first]]
        last = first + 1
        while last < count and index[order[last]] == place:
            last += 1
        made = out[place]
        total[:] = 0
        for begin in range(first, last, BLOCK):
            line = x[order[begin]]
            for c in range(size):
                made[c] = line[c]
            for i in range(begin + 1, min(begin + BLOCK, last)):
                line = x[order[i]]
                for c in range(size):
                    made[c] += line[c]
            if last - first > BLOCK:
                for c in range(size):
                    total[c] += made[c]
        if last - first > BLOCK:
            for c in range(size):
                made[c] = total[c]
        first = last
