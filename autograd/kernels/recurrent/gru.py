"""All steps of one GRU layer in one direction, forward and back, over rows as in `steps`.

The three gates of a row lie side by side: reset, update, new.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import kernel
from ..compiling.require import require
from ..products.laid_out import multiply
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
from .tanh_and_sigmoid import add_sigmoid, add_tanh


def forward_numpy(
    x, w_ih, b_ih, h, w_hh, b_hh, bounds, reverse, capacity, room, gates, out, before, offered, recurrent
):
    size = h.shape[1]
    gates[:] = x @ w_ih.T + b_ih
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows] = h[:n]
        z, of_state = gates[rows], h[:n] @ w_hh.T + b_hh
        z[:, : 2 * size] = 1 / (1 + np.exp(-z[:, : 2 * size] - of_state[:, : 2 * size]))
        offered[rows] = of_state[:, 2 * size :]
        z[:, 2 * size :] = np.tanh(z[:, 2 * size :] + z[:, :size] * offered[rows])
        update, new = z[:, size : 2 * size], z[:, 2 * size :]
        h[:n] = out[rows] = (h[:n] - new) * update + new


@kernel(twin=forward_numpy)
def forward(x, w_ih, b_ih, h, w_hh, b_hh, bounds, reverse, capacity, room, gates, out, before, offered, recurrent):
    """``out``, the h of all steps; ``h`` goes from the first to the last.

    capacity: the rows of a block. room: for what the weights are laid out in. For the way back: gates, before (of each
    step the h that it began with) and offered (its share in the new gate, before the reset gate took its part).
    recurrent: space for a step's products.
    """
    steps, size = bounds.size - 1, h.shape[1]
    require_layer(x, w_ih, b_ih, w_hh, bounds, h.shape[0], 3 * size, size)
    require(out.shape == before.shape == offered.shape == (x.shape[0], size) and gates.shape == (x.shape[0], 3 * size))
    require(b_hh.size == 3 * size and recurrent.shape == (h.shape[0], 3 * size))
    for_x, for_h = weights_forward(w_ih, w_hh, room)
    low, high = 0, 0
    for step in range(steps):
        t = steps - 1 - step if reverse else step
        start, end = bounds[t], bounds[t + 1]
        if not low <= start < high:
            low, high = block_from(bounds, t, reverse, capacity)
            multiply_rows(x, low, high, for_x, gates, low, True)
        for r in range(start, end):
            copy_row(h[r - start], before[r])
        multiply_rows(before, start, end, for_h, recurrent, 0, True)
        for r in range(start, end):
            z, of_state, offer, was, made = gates[r], recurrent[r - start], offered[r], before[r], out[r]
            reset, update, new, share = z[:size], z[size : 2 * size], z[2 * size :], of_state[2 * size :]
            for k in range(3 * size):
                of_state[k] += b_hh[k]
            for k in range(2 * size):
                z[k] += of_state[k]
            add_sigmoid(z[: 2 * size], b_ih[: 2 * size])
            copy_row(share, offer)
            for k in range(size):
                new[k] += reset[k] * share[k]
            add_tanh(new, b_ih[2 * size :])
            for k in range(size):
                made[k] = (was[k] - new[k]) * update[k] + new[k]
            copy_row(made, h[r - start])


def backward_numpy(
    g, dh, gates, offered, x, before, w_ih, w_nrz, bounds, reverse, block, row, room, dx, dw_ih, dw_nrz, dbias
):
    size = dh.shape[1]
    every = np.empty((len(x), 4 * size), x.dtype)
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        reset, update, new = np.split(gates[rows], 3, axis=1)
        d = dh[:n] + g[rows]
        dnew = d * (1 - update) * (1 - new * new)
        dreset = dnew * offered[rows] * reset * (1 - reset)
        dupdate = d * (before[rows] - new) * update * (1 - update)
        every[rows] = np.concatenate((dnew * reset, dreset, dupdate, dnew), axis=1)
        dh[:n] = d * update + every[rows, : 3 * size] @ w_nrz
    add_slopes_numpy(every[:, size:], every[:, : 3 * size], x, before, w_ih, dx, dw_ih, dw_nrz)
    dbias += every.sum(axis=0)


@kernel(twin=backward_numpy)
def backward(
    g, dh, gates, offered, x, before, w_ih, w_nrz, bounds, reverse, block, row, room, dx, dw_ih, dw_nrz, dbias
):
    """The gradients of x and of the weights, those without elements left out; what the sums get is added.

    g: the gradient of ``out``. ``dh`` goes from the gradient of the last h to that of the first. block, row: space for
    the gradients of a block before σ and tanh, and of a row of them: of what h has in the new gate, of the reset gate,
    the update gate, and what x has in the new gate. So the first three are those of ``h @ w_hhᵀ``, with the rows of
    w_hh in the order new, reset, update, as in ``w_nrz``, and the last three those of ``x @ w_ihᵀ``.
    """
    steps, size = bounds.size - 1, dh.shape[1]
    require_layer(x, w_ih, dbias[size:], w_nrz, bounds, dh.shape[0], 3 * size, size)
    require_slopes(x, w_ih, w_nrz, dh.shape[0], block, row, dx, dw_ih, dw_nrz, dbias)
    require(g.shape == before.shape == offered.shape == (x.shape[0], size) and gates.shape == (x.shape[0], 3 * size))
    for_x, for_h, room = weights_back(w_ih, w_nrz, len(block), dx.size > 0, room)
    one = gates.dtype.type(1)
    low, high = 0, 0
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        if not low <= start < high:
            low, high = block_from(bounds, t, not reverse, block.shape[0])
        for r in range(start, end):
            z, dz, d, was, offer, arrived = gates[r], block[r - low], dh[r - start], before[r], offered[r], g[r]
            reset, update, new = z[:size], z[size : 2 * size], z[2 * size :]
            doffer, dreset, dupdate, dnew = dz[:size], dz[size : 2 * size], dz[2 * size : 3 * size], dz[3 * size :]
            for k in range(size):
                d[k] += arrived[k]
            for k in range(size):
                dnew[k] = d[k] * (one - update[k]) * (one - new[k] * new[k])
            for k in range(size):
                doffer[k] = dnew[k] * reset[k]
            for k in range(size):
                dreset[k] = doffer[k] * offer[k] * (one - reset[k])
            for k in range(size):
                dupdate[k] = d[k] * (was[k] - new[k]) * update[k] * (one - update[k])
            for k in range(size):
                d[k] *= update[k]
        multiply(
            block.reshape(-1), (start - low) * 4 * size, 4 * size, 1, end - start, for_h, 3 * size, dh.reshape(-1), 0,
            size, False,
        )  # fmt: skip
        if (end == high) if reverse else (start == low):
            add_slopes(block, 3 * size, size, 0, x, before, low, high, for_x, room, dx, dw_ih, dw_nrz)
            add_sums(block[: high - low], dbias, row)
