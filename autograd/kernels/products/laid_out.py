"""Matrix products of a few rows by a matrix that many are multiplied by: it is laid out once for all of them.

A library for matrix products lays out both factors at every call, which takes longer than to multiply the rows of a
step. Here ``b`` lies in panels: a vector of columns, from the first row to the last, then the next vector of columns.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper
from ..compiling.machine import VECTOR
from ..compiling.memory import LINE
from .panels import copy_panel, turn_squares
from .tiles import ROWS, SUMS, WIDEST, add_tile


@helper
def room_for(depth, columns, itemsize):
    """How many numbers there must be room for to lay out a matrix, and a tile of sums of less than a vector."""
    lanes = VECTOR // itemsize
    return (-(-columns // lanes) * depth + ROWS) * lanes


@helper
def room_at_line(size, x):
    """New room for so many numbers like those of ``x``, from the beginning of a cache line on."""
    room = np.empty(size + LINE // x.itemsize, x.dtype)
    first = -room.ctypes.data % LINE // x.itemsize
    return room[first : first + size]


@helper
def lay_out(matrix, panels):
    """Write ``matrix`` to ``panels``."""
    depth, columns = matrix.shape
    lay_out_part(matrix.reshape(-1), 0, columns, 1, depth, columns, panels)


@helper
def lay_out_turned(matrix, panels):
    """Write the transposed of ``matrix`` to ``panels``."""
    columns, depth = matrix.shape
    lay_out_part(matrix.reshape(-1), 0, 1, depth, depth, columns, panels)


@helper(apart=True)
def lay_out_part(matrix, start, down, across, depth, columns, panels):
    """Write ``columns`` of a matrix to ``panels``, each as wide as a vector, the last with zeros at its end.

    The number in row k and column c is the one at ``start + k·down + c·across``.
    """
    lanes = VECTOR // panels.itemsize
    whole = columns // lanes
    for v in range(-(-columns // lanes)):
        first, done = start + v * lanes * across, 0
        if v < whole and across == 1:
            copy_panel(matrix, first, down, panels, v * depth * lanes, depth)
            continue
        if v < whole and down == 1:
            turn_squares(matrix, first, across, panels, v * depth * lanes, depth // lanes)
            done = depth // lanes * lanes
        panel, few = panels[v * depth * lanes : (v + 1) * depth * lanes], min(lanes, columns - v * lanes)
        for k in range(done, depth):
            for lane in range(lanes):
                panel[k * lanes + lane] = matrix[first + k * down + lane * across] if lane < few else 0


@helper
def multiply(a, i, row, step, rows, panels, depth, c, k, columns, fresh):
    """``c = a @ b``, or added to ``c`` unless ``fresh``. a: ``rows`` of them, as `add_tile` reads it. b: in panels."""
    multiply_part(
        a, i, row, step, panels, 0, depth * (VECTOR // c.itemsize), depth, c, k, columns, fresh, rows, columns
    )


@helper(apart=True)
def multiply_part(a, i, row, step, b, j, apart, depth, c, k, spacing, fresh, rows, columns):
    """``c = a @ b``, or added to ``c`` unless ``fresh``: what `add_tile` does, for any number of rows and columns.

    The last of the room that ``b`` is laid out in is for a tile of sums of less than a vector.
    """
    lanes = VECTOR // c.itemsize
    whole, count = columns // lanes, -(-rows // ROWS)
    tallest = -(-rows // max(count, 1))
    most = WIDEST
    while most * tallest > SUMS:
        most //= 2
    v = 0
    while v < whole:
        while v + most > whole:
            most //= 2
        for t in range(count):
            first = rows * t // count
            add_tile(
                a, i + first * row, row, step, b, j + v * apart, apart, depth, c, k + first * spacing + v * lanes,
                spacing, fresh, rows * (t + 1) // count - first, most,
            )  # fmt: skip
        v += most
    rest = columns - whole * lanes
    if rest:
        corner = b[b.size - ROWS * lanes :]
        for t in range(count):
            first, last = rows * t // count, rows * (t + 1) // count
            add_tile(
                a, i + first * row, row, step, b, j + v * apart, apart, depth, corner, 0, lanes, True, last - first, 1
            )
            for r in range(first, last):
                line = c[k + r * spacing + whole * lanes : k + r * spacing + columns]
                for lane in range(rest):
                    line[lane] = corner[(r - first) * lanes + lane] + (0 if fresh else line[lane])
