"""What the kernels of recurrent layers share: rows by steps, in blocks that stay in the cache, and products of blocks.

A row is one step of one sequence. Those of step t are ``bounds[t]:bounds[t + 1]``, the longest sequence first, so that
those that go on are the first rows of the next step.
"""

from __future__ import annotations

from ..compiling.jit import helper
from ..compiling.require import require
from ..products.laid_out import lay_out, lay_out_turned, multiply, room_for

# Numbers in a block: half a megabyte of float32, so that it is still in the cache when it is read again.
BLOCK = 131072


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
    require(x.dtype == w_ih.dtype == w_hh.dtype == bias.dtype)
    require(w_ih.shape == (columns, x.shape[1]) and w_hh.shape == (columns, output) and bias.size == columns)


@helper
def require_slopes(x, w_ih, w_hh, batch, block, row, dx, dw_ih, dw_hh, dbias):
    """Raise `Misfit` unless there is space for the rows of a step, and for each gradient that is asked for."""
    require(block.shape[0] >= batch and row.size == dbias.size == block.shape[1])
    require(dx.size == 0 or dx.shape == x.shape)
    require(dw_ih.size == 0 or dw_ih.shape == w_ih.shape)
    require(dw_hh.size == 0 or dw_hh.shape == w_hh.shape)


@helper
def room_forward(features, output, columns, itemsize):
    """How many numbers there must be room for to lay out the weights of a layer for `multiply`."""
    return room_for(features, columns, itemsize) + room_for(output, columns, itemsize)


@helper
def room_back(features, output, columns, capacity, itemsize):
    """The same for the way back, where the rows of a block are laid out, too."""
    weights = room_for(columns, features, itemsize) + room_for(columns, output, itemsize)
    return weights + room_for(capacity, max(features, output), itemsize)


@helper
def weights_forward(w_ih, w_hh, room):
    """The weights laid out for products by their transposed: those for x, and those for h."""
    columns = len(w_ih)
    x_size = room_for(w_ih.shape[1], columns, room.itemsize)
    require(room.size >= room_forward(w_ih.shape[1], w_hh.shape[1], columns, room.itemsize))
    for_x, for_h = room[:x_size], room[x_size:]
    lay_out_turned(w_ih, for_x)
    lay_out_turned(w_hh, for_h)
    return for_x, for_h


@helper
def weights_back(w_ih, w_hh, capacity, needed, room):
    """The weights laid out for products: those for x, if they are ``needed``, and for h; and room for a block."""
    columns, features, output = len(w_ih), w_ih.shape[1], w_hh.shape[1]
    require(room.size >= room_back(features, output, columns, capacity, room.itemsize))
    for_x = room[: room_for(columns, features, room.itemsize)]
    for_h = room[for_x.size :][: room_for(columns, output, room.itemsize)]
    if needed:
        lay_out(w_ih, for_x)
    lay_out(w_hh, for_h)
    return for_x, for_h, room[for_x.size + for_h.size :]


@helper
def multiply_rows(a, first, last, panels, c, to, fresh):
    """The product of some rows of ``a`` to as many rows of ``c`` from ``to`` on; added to them unless ``fresh``."""
    depth, columns = a.shape[1], c.shape[1]
    multiply(
        a.reshape(-1), first * depth, depth, 1, last - first, panels, depth, c.reshape(-1), to * columns, columns, fresh
    )


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


def add_slopes_numpy(d_ih, d_hh, x, before, w_ih, dx, dw_ih, dw_hh):
    if dx.size:
        dx[:] = d_ih @ w_ih
    if dw_ih.size:
        dw_ih += d_ih.T @ x
    if dw_hh.size:
        dw_hh += d_hh.T @ before


@helper
def add_slopes(d, columns, of_x, of_h, x, before, low, high, for_x, room, dx, dw_ih, dw_hh):
    """Back through ``x @ w_ihᵀ`` and ``before @ w_hhᵀ`` of a block: ``dx``, and what it adds to the weights' gradients.

    Those without elements aren't asked for. ``d`` has the gradients of the block's products: ``columns`` of them from
    ``of_x`` on are those of x, and as many from ``of_h`` on those of ``before``.
    """
    rows, wide, flat = high - low, d.shape[1], d.reshape(-1)
    features, output = x.shape[1], before.shape[1]
    if dx.size:
        multiply(flat, of_x, wide, 1, rows, for_x, columns, dx.reshape(-1), low * features, features, True)
    if dw_ih.size:
        lay_out(x[low:high], room)
        multiply(flat, of_x, 1, wide, columns, room, rows, dw_ih.reshape(-1), 0, features, False)
    if dw_hh.size:
        lay_out(before[low:high], room)
        multiply(flat, of_h, 1, wide, columns, room, rows, dw_hh.reshape(-1), 0, output, False)


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
