"""The innermost loops of laying out a matrix in panels, of the columns that fill a vector."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import teacher
from ..compiling.machine import VECTOR


def copy_panel(matrix, i, spacing, panels, j, rows):
    """Write as many columns as a vector has lanes, in rows ``spacing`` apart, one row after the other."""
    lanes = VECTOR // panels.itemsize
    places = i + spacing * np.arange(rows)[:, None] + np.arange(lanes)
    panels[j : j + rows * lanes] = matrix[places].ravel()


def turn_squares(matrix, i, spacing, panels, j, squares):
    """Write as many rows as a vector has lanes, ``spacing`` apart, one column after the other: so many ``squares``."""
    lanes = VECTOR // panels.itemsize
    places = i + np.arange(squares * lanes)[:, None] + spacing * np.arange(lanes)
    panels[j : j + places.size] = matrix[places].ravel()


@teacher
def compile_panels():
    """Teach Numba what these are in a kernel."""
    from ..compiling.emitter import written

    def write_squares(emit, matrix, spacing, panels, squares):
        with emit.long_loop(squares) as loop:
            corner = emit.at(matrix, emit.times(loop.index, emit.lanes))
            rows = [emit.load(emit.at(corner, emit.times(spacing, r))) for r in range(emit.lanes)]
            square = emit.at(panels, emit.times(loop.index, emit.lanes * emit.lanes))
            for k, column in enumerate(emit.transposed(rows)):
                emit.store(column, emit.at(square, k * emit.lanes))

    @written(copy_panel)
    def _(emit, matrix, i, spacing, panels, j, rows):
        matrix, panels = emit.at(matrix, i), emit.at(panels, j)
        with emit.loop(rows) as loop:
            row = emit.load(emit.at(matrix, emit.builder.mul(loop.index, spacing)))
            emit.store(row, emit.at(panels, emit.times(loop.index, emit.lanes)))

    @written(turn_squares)
    def _(emit, matrix, i, spacing, panels, j, squares):
        emit.call("turn_squares", write_squares, emit.at(matrix, i), spacing, emit.at(panels, j), squares)
