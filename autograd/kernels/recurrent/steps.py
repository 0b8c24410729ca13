"""What the kernels of recurrent layers share: rows by steps, in blocks that stay in the cache, and products of blocks.

A row is one step of one sequence. Those of step t are ``bounds[t]:bounds[t + 1]``, the longest sequence first, so that
those that go on are the first rows of the next step.
"""

from __future__ import annotations

from ..compiling.blas import gemm
from ..compiling.jit import helper
from ..compiling.require import require

# Numbers in a block: half a megabyte of float32, so that it is still in the cache when it is read again.
BLOCK = 131072
# Up to so many multiplications OpenBLAS multiplies straight from where the operands lie; beyond, it copies them first,
# at each step. Measured: 1.1 to 4 times as fast in pieces of this size.
PIECE = 600_000
WIDTH = 16


def rows_of_block(batch, rows, columns):
    """How many of the ``rows`` are in a block: at least a step's, of which the first has the most, ``batch``."""
    return max(batch, min(BLOCK // max(columns, 1), rows))


@helper
def require_steps(bounds, rows, batch):
    """Raise `Misfit` unless ``bounds`` divides so many rows into steps, none of more than ``batch``."""
    require(bounds.size > 0 and bounds[0] == 0 and bounds[bounds.size - 1] == rows)
    for t in range(bounds.size - 1):
        require(0 <= bounds[t + 1] - bounds[t] <= batch)


@helper
def require_layer(x, w_ih, bias, w_hh, bounds, batch, columns, output):
    """Raise `Misfit` unless these are for a layer with so many ``columns`` of gates and features of its ``output``."""
    require_steps(bounds, x.shape[0], batch)
    require(w_ih.shape == (columns, x.shape[1]) and w_hh.size == columns * output and bias.size == columns)


@helper
def require_slopes(x, w_ih, w_hh, batch, block, row, dx, dw_ih, dw_hh, dbias):
    """Raise `Misfit` unless there is space for the rows of a step, and for each gradient that is asked for."""
    require(block.shape[0] >= batch and row.size == dbias.size == block.shape[1])
    require(dx.size == 0 or dx.shape == x.shape)
    require(dw_ih.size == 0 or dw_ih.shape == w_ih.shape)
    require(dw_hh.size == 0 or dw_hh.shape == w_hh.shape)


@helper
def block_from(bounds, t, backwards, capacity):
    """Of the block of steps that begins with ``t`` and runs that way: its first row, and one beyond its last."""
    first = last = t
    if backwards:
        while first > 0 and bounds[last + 1] - bounds[first - 1] <= capacity:
            first -= 1
    else:
        while last < bounds.size - 2 and bounds[last + 2] - bounds[first] <= capacity:
            last += 1
    return bounds[first], bounds[last + 1]


@helper
def copy_row(x, out):
    """``out = x``."""
    for k in range(x.size):
        out[k] = x[k]


@helper
def step_product(h, w, c, beta, turned):
    """``c = h @ w + beta·c`` of a step, or where ``turned``, ``c = h @ wᵀ + beta·c``."""
    if turned:
        gemm(h, w, c, beta, False, True)
    else:
        product(h, w, c, beta)


@helper
def product(a, b, c, beta):
    """``c = a @ b + beta·c`` in pieces: of the depth or, where those would be thin, of the columns."""
    rows, depth, columns = a.shape[0], a.shape[1], b.shape[1]
    deep = PIECE // max(rows * columns, 1) // WIDTH * WIDTH
    wide = PIECE // max(rows * depth, 1) // WIDTH * WIDTH
    if rows * depth * columns <= PIECE or max(deep, wide) < 2 * WIDTH:
        gemm(a, b, c, beta)
    elif deep >= 2 * WIDTH:
        for k in range(0, depth, deep):
            gemm(a[:, k : k + deep], b[k : k + deep], c, beta if k == 0 else 1.0)
    else:
        for k in range(0, columns, wide):
            gemm(a, b[:, k : k + wide], c[:, k : k + wide], beta)


@helper
def add_slopes(d_ih, d_hh, x, before, w_ih, dx, dw_ih, dw_hh):
    """Back through ``x @ w_ihᵀ`` and ``before @ w_hhᵀ`` of a block: ``dx``, and what it adds to the weights' gradients.

    Those without elements aren't asked for.
    """
    if dx.size:
        gemm(d_ih, w_ih, dx)
    if dw_ih.size:
        gemm(d_ih, x, dw_ih, 1.0, True, False)
    if dw_hh.size:
        gemm(d_hh, before, dw_hh, 1.0, True, False)


@helper
def add_sums(d, dbias, partial):
    """Add the sums of the columns of ``d`` to ``dbias``; by way of ``partial``, which is more exact than row by row."""
    for k in range(partial.size):
        partial[k] = 0
    for r in range(d.shape[0]):
        row = d[r]
        for k in range(partial.size):
            partial[k] += row[k]
    for k in range(partial.size):
        dbias[k] += partial[k]
