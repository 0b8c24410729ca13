"""Where the windows of a pooling lie along one dimension.

A pooling of any number of dimensions has `Windows` for each; a box is the product of its sides.
"""

from __future__ import annotations

import functools

import numpy as np


class Windows:
    """Windows along a dimension of ``size``: the i-th sees ``first[i]``, ``first[i] + dilation``, ... ``last[i]``.

    Those that see padding only, whose last would be before their first, are marked in ``empty``, which is None without
    any. At even distances the i-th begins at ``i·stride - padding`` and has ``taps`` places; otherwise stride is 0.
    """

    def __init__(self, size, first, last, dilation=1, stride=0, padding=0, taps=0):
        self.stride, self.padding, self.taps = stride, padding, taps
        nothing = last < first
        self.empty = nothing if nothing.any() else None
        self.size, self.dilation = size, dilation
        self.first, self.last = np.where(nothing, 0, first), np.where(nothing, 0, last)

    def __len__(self):
        return len(self.first)

    def __repr__(self):
        return f"<{len(self)} windows over {self.size}>"


def out_size(size, kernel_size, stride, padding, dilation, ceil_mode):
    """How many windows fit along one dimension; with ``ceil_mode``, a last one may hang over, but must start inside."""
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    places = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (places - 1) * stride >= size + padding:
        places -= 1
    return places


@functools.lru_cache(256)
def sliding(size, kernel_size, stride, padding, dilation, ceil_mode):
    """Windows of one size at even distances."""
    count = out_size(size, kernel_size, stride, padding, dilation, ceil_mode)
    # Distances that there are none of may be anything; the kernels make room for them.
    stride, dilation = stride if count > 1 else 1, dilation if kernel_size > 1 else 1
    first = np.arange(count) * stride - padding
    last = first + (kernel_size - 1) * dilation
    first = np.where(first < 0, first % dilation, first)
    last = np.where(last >= size, last - ((last - size) // dilation + 1) * dilation, last)
    return Windows(size, first, last, dilation, stride, padding, kernel_size)


@functools.lru_cache(256)
def adaptive(size, count):
    """``count`` windows that cover a dimension, as alike as they can be."""
    i = np.arange(count)
    return Windows(size, i * size // count, -(-(i + 1) * size // count) - 1)
