"""Products of matrices of middling size, in tiles of sums that the registers hold.

A library for matrix products lays out both factors before it multiplies. Here the first is read where it lies, one
number at a time, whichever way it is turned, and of the second a few columns at a time are laid out in panels, which
stay in the cache until all rows have met them. Each sum adds up in the order of k, whatever the shape and however many
threads there are.
"""

from __future__ import annotations

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.machine import MACHINE, VECTOR
from .compiling.memory import LINE
from .compiling.require import require
from .compiling.threads import divided
from .recurrent.panels import copy_panel, turn_squares
from .recurrent.tiles import ROWS, SUMS, WIDEST, add_tile

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


@helper
def lay_out(b, start, down, across, depth, columns, panels):
    """Write ``columns`` of a matrix to ``panels``, each as wide as a vector, the last with zeros at its end."""
    lanes = VECTOR // panels.itemsize
    whole = columns // lanes
    for v in range(-(-columns // lanes)):
        first, done = start + v * lanes * across, 0
        if v < whole and across == 1:
            copy_panel(b, first, down, panels, v * depth * lanes, depth)
            continue
        if v < whole and down == 1:
            turn_squares(b, first, across, panels, v * depth * lanes, depth // lanes)
            done = depth // lanes * lanes
        panel, few = panels[v * depth * lanes : (v + 1) * depth * lanes], min(lanes, columns - v * lanes)
        for k in range(done, depth):
            for lane in range(lanes):
                panel[k * lanes + lane] = b[first + k * down + lane * across] if lane < few else 0


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
    count = -(-rows // ROWS)
    widest = WIDEST
    while widest * -(-rows // count) > SUMS:
        widest //= 2
    room = np.empty(widest * min(depth, DEPTH) * lanes + 2 * LINE // out.itemsize, out.dtype)
    panels = room[-room.ctypes.data % LINE // out.itemsize :]
    corner = np.empty(ROWS * lanes, out.dtype)
    if bias.size:
        for r in range(rows):
            line = out[r]
            for z in range(columns):
                line[z] = bias[z]
    for k in range(0, depth, DEPTH):
        deep = min(DEPTH, depth - k)
        fresh = k == 0 and bias.size == 0
        v, vectors = 0, widest
        while v * lanes < columns:
            left = columns - v * lanes
            while vectors > 1 and vectors * lanes > left:
                vectors //= 2
            wide = min(vectors * lanes, left)
            lay_out(b, k * down + v * lanes * across, down, across, deep, wide, panels)
            whole = wide == vectors * lanes
            for t in range(count):
                first, last = rows * t // count, rows * (t + 1) // count
                to, at, spacing = (c, first * columns + v * lanes, columns) if whole else (corner, 0, lanes)
                add_tile(
                    a, first * row + k * step, row, step, panels, 0, deep * lanes, deep, to, at, spacing,
                    fresh or not whole, last - first, vectors,
                )  # fmt: skip
                if not whole:
                    for r in range(first, last):
                        line = out[r, v * lanes :]
                        for lane in range(wide):
                            line[lane] = corner[(r - first) * lanes + lane] + (0 if fresh else line[lane])
            v += vectors
