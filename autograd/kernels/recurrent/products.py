"""Matrix products of a few rows by a matrix that many are multiplied by: it is laid out once for all of them.

A library for matrix products lays out both factors at every call, which takes longer than to multiply the rows of a
step. Here ``b`` lies in panels: a vector of columns, from the first row to the last, then the next vector of columns.
"""

from __future__ import annotations

from ..compiling.jit import helper
from ..compiling.machine import VECTOR
from .panels import copy_panel, turn_squares
from .tiles import ROWS, SUMS, WIDEST, add_tile


@helper
def room_for(depth, columns, itemsize):
    """How many numbers there must be room for to lay out a matrix, and a tile of sums of less than a vector."""
    lanes = VECTOR // itemsize
    return (-(-columns // lanes) * depth + ROWS) * lanes


@helper(apart=True)
def lay_out(matrix, panels):
    """Write ``matrix`` to ``panels``, zeros beyond the last column."""
    lanes = VECTOR // panels.itemsize
    depth, columns = matrix.shape
    whole = columns // lanes * lanes
    for first in range(0, whole, lanes):
        copy_panel(matrix.reshape(-1), first, columns, panels, first * depth, depth)
    if whole < columns:
        for k in range(depth):
            row, vector = matrix[k], panels[whole * depth + k * lanes : whole * depth + (k + 1) * lanes]
            for lane in range(lanes):
                vector[lane] = row[whole + lane] if whole + lane < columns else 0


@helper(apart=True)
def lay_out_turned(matrix, panels):
    """Write the transposed of ``matrix`` to ``panels``, zeros beyond the last column."""
    lanes = VECTOR // panels.itemsize
    columns, depth = matrix.shape
    whole, squares = columns // lanes * lanes, depth // lanes
    for first in range(0, columns, lanes):
        panel = panels[first * depth : (first + lanes) * depth]
        done = 0
        if first < whole:
            turn_squares(matrix.reshape(-1), first * depth, depth, panel, 0, squares)
            done = squares * lanes
        for k in range(done, depth):
            for lane in range(lanes):
                panel[k * lanes + lane] = matrix[first + lane, k] if first + lane < columns else 0


@helper(apart=True)
def multiply(a, i, row, step, rows, panels, depth, c, k, columns, fresh):
    """``c = a @ b``, or added to ``c`` unless ``fresh``. a: ``rows`` of them, as `add_tile` reads it. b: in panels."""
    lanes = VECTOR // c.itemsize
    panel, whole, count = depth * lanes, columns // lanes, -(-rows // ROWS)
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
                a, i + first * row, row, step, panels, v * panel, panel, depth, c, k + first * columns + v * lanes,
                columns, fresh, rows * (t + 1) // count - first, most,
            )  # fmt: skip
        v += most
    rest = columns - whole * lanes
    if rest:
        corner = panels[(whole + 1) * panel :]
        for t in range(count):
            first, last = rows * t // count, rows * (t + 1) // count
            add_tile(
                a, i + first * row, row, step, panels, v * panel, panel, depth, corner, 0, lanes, True, last - first, 1
            )
            for r in range(first, last):
                line = c[k + r * columns + whole * lanes : k + (r + 1) * columns]
                for lane in range(rest):
                    line[lane] = corner[(r - first) * lanes + lane] + (0 if fresh else line[lane])
