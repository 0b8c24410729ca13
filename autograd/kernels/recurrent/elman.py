"""All steps of one layer of a plain recurrent network (Elman, 1990) in one direction, forward and back.

Rows are as in `steps`.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import kernel
from ..compiling.require import require
from .steps import (
    add_slopes,
    add_slopes_numpy,
    add_sums,
    block_from,
    copy_row,
    multiply_rows,
    require_layer,
    require_slopes,
    weights_back,
    weights_forward,
)
from .tanh_and_sigmoid import add_tanh


def forward_numpy(x, w_ih, bias, h, w_hh, rectified, bounds, reverse, capacity, room, out, before):
    out[:] = x @ w_ih.T + bias
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows] = h[:n]
        z = out[rows] + h[:n] @ w_hh.T
        h[:n] = out[rows] = np.maximum(z, 0) if rectified else np.tanh(z)


@kernel(twin=forward_numpy)
def forward(x, w_ih, bias, h, w_hh, rectified, bounds, reverse, capacity, room, out, before):
    """``out``, the h of all steps; ``h`` goes from the first to the last.

    rectified: ReLU in place of tanh.
    capacity: the rows of a block. room: for what the weights are laid out in. before: of each step the h that it began
    with.
    """
    steps, size = bounds.size - 1, h.shape[1]
    require_layer(x, w_ih, bias, w_hh, bounds, h.shape[0], size, size)
    require(out.shape == before.shape == (x.shape[0], size))
    for_x, for_h = weights_forward(w_ih, w_hh, room)
    low, high = 0, 0
    for step in range(steps):
        t = steps - 1 - step if reverse else step
        start, end = bounds[t], bounds[t + 1]
        if not low <= start < high:
            low, high = block_from(bounds, t, reverse, capacity)
            multiply_rows(x, low, high, for_x, out, low, True)
        for r in range(start, end):
            copy_row(h[r - start], before[r])
        multiply_rows(before, start, end, for_h, out, start, False)
        for r in range(start, end):
            z = out[r]
            if rectified:
                for k in range(size):
                    value = z[k] + bias[k]
                    z[k] = z.dtype.type(0) if value <= 0 else value
            else:
                add_tanh(z, bias)
            copy_row(z, h[r - start])


def backward_numpy(
    g, dh, out, x, before, w_ih, w_hh, rectified, bounds, reverse, block, row, room, dx, dw_ih, dw_hh, dbias
):
    every = np.empty_like(out)
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n, y = bounds[t + 1] - bounds[t], out[rows]
        d = dh[:n] + g[rows]
        every[rows] = np.where(y <= 0, 0, d) if rectified else d * (1 - y * y)
        dh[:n] = every[rows] @ w_hh
    add_slopes_numpy(every, every, x, before, w_ih, dx, dw_ih, dw_hh)
    dbias += every.sum(axis=0)


@kernel(twin=backward_numpy)
def backward(g, dh, out, x, before, w_ih, w_hh, rectified, bounds, reverse, block, row, room, dx, dw_ih, dw_hh, dbias):
    """The gradients of x and of the weights, those without elements left out; what the sums get is added.

    g: the gradient of ``out``. ``dh`` goes from the gradient of the last h to that of the first. block, row: space for
    the gradients of a block before the tanh, and of a row of them.
    """
    steps, size = bounds.size - 1, dh.shape[1]
    require_layer(x, w_ih, dbias, w_hh, bounds, dh.shape[0], size, size)
    require_slopes(x, w_ih, w_hh, dh.shape[0], block, row, dx, dw_ih, dw_hh, dbias)
    require(g.shape == out.shape == before.shape == (x.shape[0], size))
    for_x, for_h, room = weights_back(w_ih, w_hh, len(block), dx.size > 0, room)
    zero, one = out.dtype.type(0), out.dtype.type(1)
    low, high = 0, 0
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        if not low <= start < high:
            low, high = block_from(bounds, t, not reverse, block.shape[0])
        for r in range(start, end):
            arrived, later, y, dz = g[r], dh[r - start], out[r], block[r - low]
            if rectified:
                for k in range(size):
                    dz[k] = zero if y[k] <= 0 else arrived[k] + later[k]
            else:
                for k in range(size):
                    dz[k] = (arrived[k] + later[k]) * (one - y[k] * y[k])
        multiply_rows(block, start - low, end - low, for_h, dh, 0, True)
        if (end == high) if reverse else (start == low):
            add_slopes(block, size, 0, 0, x, before, low, high, for_x, room, dx, dw_ih, dw_hh)
            add_sums(block[: high - low], dbias, row)
