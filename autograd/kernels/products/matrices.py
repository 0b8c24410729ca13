"""Products of matrices of middling size, in tiles of sums that the registers hold.

A library for matrix products lays out both factors before it multiplies. Here the first is read where it lies, one
number at a time, whichever way it is turned, and of the second a few columns at a time are laid out in panels, which
stay in the cache until all rows have met them. Each sum adds up in the order of k, whatever the shape and however many
threads there are.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import kernel
from ..compiling.machine import MACHINE, VECTOR
from ..compiling.require import require
from ..compiling.threads import divided
from .laid_out import lay_out_part, multiply_part, room_at_line, room_for
from .tiles import ROWS, SUMS, WIDEST

# How many products a sum adds up before it is written: so many rows of panels stay in the cache.
DEPTH = 256
# Measured: with fewer registers, BLAS is as fast.
MANY_REGISTERS = MACHINE.registers >= 32 and VECTOR >= 32
# Of fewer products BLAS takes no longer than the call, and of more as many as it takes to lay out both factors. Of
# fewer rows the panels aren't read often enough, and fewer columns don't fill vectors.
LEAST, MOST = 1 << 21, 1 << 28
LEAST_ROWS, LEAST_VECTORS = 16, 2
# About how many products a core adds up in a nanosecond.
PRODUCTS = 50


def product(x, y, bias=None):
    """``x @ y + bias`` of matrices, if they are such as `multiplied` is faster for; None if not."""
    (rows, depth), columns = x.shape, y.shape[1]
    if not (MANY_REGISTERS and LEAST <= rows * depth * columns <= MOST and rows >= LEAST_ROWS):
        return None
    if columns * x.itemsize < LEAST_VECTORS * VECTOR or x.dtype.char not in "fd" or x.dtype != y.dtype:
        return None
    a, b = laid(x), laid(y)
    if a is None or b is None or not (bias is None or (bias.dtype == x.dtype and bias.flags.carray)):
        return None
    out = np.empty((rows, columns), x.dtype)
    (numbers, row, step), (others, down, across) = a, b
    given = numbers[:0] if bias is None else bias
    how = row, step, depth, others, down, across, given
    work = lambda start, stop: multiplied(numbers[start * row :], *how, out[start:stop])
    divided(rows, work, rows * depth * columns / PRODUCTS)
    return out


def laid(x):
    """The numbers of a matrix in one row, and how far apart there are its rows and its columns; None if it has gaps."""
    if x.flags.carray:
        return x.reshape(-1), x.shape[1], 1
    turned = x.T
    # NumPy says of any aligned matrix that has gaps that it is an `farray`.
    return (turned.reshape(-1), 1, x.shape[0]) if turned.flags.carray else None


def multiplied_numpy(a, row, step, depth, b, down, across, bias, out):
    rows, columns = out.shape
    x = a[row * np.arange(rows)[:, None] + step * np.arange(depth)]
    y = b[down * np.arange(depth)[:, None] + across * np.arange(columns)]
    np.matmul(x, y, out=out)
    if bias.size:
        out += bias


@kernel(twin=multiplied_numpy)
def multiplied(a, row, step, depth, b, down, across, bias, out):
    """``out = a @ b + bias``, without a bias if that is empty.

    ``a[r, k]`` is the number at ``r·row + k·step``, ``b[k, c]`` the one at ``k·down + c·across``.
    """
    rows, columns = out.shape
    require(min(rows, columns, depth, row, step, down, across) > 0)
    require((rows - 1) * row + (depth - 1) * step < a.size)
    require((depth - 1) * down + (columns - 1) * across < b.size)
    require(bias.size == 0 or bias.size == columns)
    lanes, c = VECTOR // out.itemsize, out.reshape(-1)
    wide = WIDEST
    while wide * min(rows, ROWS) > SUMS:
        wide //= 2
    wide *= lanes
    panels = room_at_line(room_for(min(depth, DEPTH), wide, out.itemsize), out)
    if bias.size:
        for r in range(rows):
            line = out[r]
            for z in range(columns):
                line[z] = bias[z]
    for k in range(0, depth, DEPTH):
        deep = min(DEPTH, depth - k)
        for z in range(0, columns, wide):
            some = min(wide, columns - z)
            lay_out_part(b, k * down + z * across, down, across, deep, some, panels)
            multiply_part(
                a, k * step, row, step, panels, 0, deep * lanes, deep, c, z, columns, k == 0 and bias.size == 0, rows,
                some,
            )  # fmt: skip
