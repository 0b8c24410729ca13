"""All steps of one LSTM layer in one direction, forward and back, over rows as in `steps`.

The four gates of a row lie side by side: input, forget, cell, output.
"""

from __future__ import annotations

import numpy as np

from ..compiling.blas import gemm
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
from .tanh_and_sigmoid import add_sigmoid, add_tanh, tanh_of


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_numpy(x, w_ih, bias, h, c, w_hh, w_hr, bounds, reverse, capacity, room, gates, out, hidden, before, cells):
    size = c.shape[1]
    gates[:] = x @ w_ih.T + bias
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows], cells[rows] = h[:n], c[:n]
        z = gates[rows]
        z += h[:n] @ w_hh.T
        z[:, : 2 * size], z[:, 3 * size :] = sigmoid(z[:, : 2 * size]), sigmoid(z[:, 3 * size :])
        z[:, 2 * size : 3 * size] = np.tanh(z[:, 2 * size : 3 * size])
        i, f, g, o = np.split(z, 4, axis=1)
        c[:n] = f * c[:n] + i * g
        hidden[rows] = o * np.tanh(c[:n])
        if w_hr.size:
            out[rows] = hidden[rows] @ w_hr.T
        h[:n] = out[rows]


@kernel(twin=forward_numpy)
def forward(x, w_ih, bias, h, c, w_hh, w_hr, bounds, reverse, capacity, room, gates, out, hidden, before, cells):
    """``out``, the h of all steps; ``h`` and ``c`` go from the first to the last.

    w_hr: the projection, or nothing, and then ``hidden`` is ``out``. capacity: the rows of a block. room: for what the
    weights are laid out in. For the way back: gates, hidden, and of each step the h and the c that it began with,
    before and cells.
    """
    steps, size, output = bounds.size - 1, c.shape[1], h.shape[1]
    require_layer(x, w_ih, bias, w_hh, bounds, h.shape[0], 4 * size, output)
    require(c.shape[0] == h.shape[0] and gates.shape == (x.shape[0], 4 * size))
    require(out.shape == before.shape == (x.shape[0], output) and hidden.shape == cells.shape == (x.shape[0], size))
    require(w_hr.shape == (output, size) or (w_hr.size == 0 and output == size))
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
        multiply_rows(before, start, end, for_h, gates, start, False)
        for r in range(start, end):
            z, cell, was, made = gates[r], c[r - start], cells[r], hidden[r]
            add_sigmoid(z[: 2 * size], bias[: 2 * size])
            add_tanh(z[2 * size : 3 * size], bias[2 * size : 3 * size])
            add_sigmoid(z[3 * size :], bias[3 * size :])
            i, f, g, o = z[:size], z[size : 2 * size], z[2 * size : 3 * size], z[3 * size :]
            copy_row(cell, was)
            for k in range(size):
                cell[k] = f[k] * was[k] + i[k] * g[k]
            tanh_of(cell, made)
            for k in range(size):
                made[k] *= o[k]
        if w_hr.size:
            gemm(hidden[start:end], w_hr, out[start:end], 0.0, False, True)
        for r in range(start, end):
            copy_row(out[r], h[r - start])


def backward_numpy(
    g, dh, dc, gates, cells, x, before, hidden, w_ih, w_hh, w_hr, bounds, reverse, block, row, room, dhidden, dx,
    dw_ih, dw_hh, dw_hr, dbias,
):  # fmt: skip
    every = np.empty_like(gates)
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        dh[:n] += g[rows]
        d = dh[:n]
        if w_hr.size:
            dw_hr += dh[:n].T @ hidden[rows]
            d = dh[:n] @ w_hr
        i, f, u, o = np.split(gates[rows], 4, axis=1)
        tanh = np.tanh(f * cells[rows] + i * u)
        dc[:n] += d * o * (1 - tanh * tanh)
        of_gates = (
            dc[:n] * u * i * (1 - i),
            dc[:n] * cells[rows] * f * (1 - f),
            dc[:n] * i * (1 - u * u),
            d * tanh * o * (1 - o),
        )
        every[rows] = np.concatenate(of_gates, axis=1)
        dc[:n] *= f
        dh[:n] = every[rows] @ w_hh
    add_slopes_numpy(every, every, x, before, w_ih, dx, dw_ih, dw_hh)
    dbias += every.sum(axis=0)


@kernel(twin=backward_numpy)
def backward(
    g, dh, dc, gates, cells, x, before, hidden, w_ih, w_hh, w_hr, bounds, reverse, block, row, room, dhidden, dx,
    dw_ih, dw_hh, dw_hr, dbias,
):  # fmt: skip
    """The gradients of x and of the weights, those without elements left out; what the sums get is added.

    g: the gradient of ``out``. ``dh`` and ``dc`` go from the gradients of the last h and c to those of the first.
    block, row, dhidden: space for the gradients of a block of gates, of a row of them, of a step's ``hidden``.
    """
    steps, size, output = bounds.size - 1, dc.shape[1], dh.shape[1]
    require_layer(x, w_ih, dbias, w_hh, bounds, dh.shape[0], 4 * size, output)
    require_slopes(x, w_ih, w_hh, dh.shape[0], block, row, dx, dw_ih, dw_hh, dbias)
    require(dc.shape[0] == dh.shape[0] and gates.shape == (x.shape[0], 4 * size))
    require(g.shape == before.shape == (x.shape[0], output) and hidden.shape == cells.shape == (x.shape[0], size))
    require(dw_hr.shape == w_hr.shape and dhidden.shape == (dh.shape[0], w_hr.shape[1]))
    require(w_hr.shape == (output, size) or (w_hr.size == 0 and output == size))
    for_x, for_h, room = weights_back(w_ih, w_hh, len(block), dx.size > 0, room)
    one = gates.dtype.type(1)
    low, high = 0, 0
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        n = end - start
        if not low <= start < high:
            low, high = block_from(bounds, t, not reverse, block.shape[0])
        for r in range(start, end):
            state, arrived = dh[r - start], g[r]
            for k in range(state.size):
                state[k] += arrived[k]
        if w_hr.size:
            gemm(dh[:n], hidden[start:end], dw_hr, 1.0, True, False)
            gemm(dh[:n], w_hr, dhidden[:n])
        tanh = row[:size]
        for r in range(start, end):
            d = dhidden[r - start] if w_hr.size else dh[r - start]
            z, dz, dcell, was = gates[r], block[r - low], dc[r - start], cells[r]
            i, f, u, o = z[:size], z[size : 2 * size], z[2 * size : 3 * size], z[3 * size :]
            di, df, du, do = dz[:size], dz[size : 2 * size], dz[2 * size : 3 * size], dz[3 * size :]
            for k in range(size):
                di[k] = f[k] * was[k] + i[k] * u[k]
            tanh_of(di, tanh)
            for k in range(size):
                do[k] = d[k] * tanh[k] * o[k] * (one - o[k])
            for k in range(size):
                dcell[k] += d[k] * o[k] * (one - tanh[k] * tanh[k])
            for k in range(size):
                di[k] = dcell[k] * u[k] * i[k] * (one - i[k])
            for k in range(size):
                df[k] = dcell[k] * was[k] * f[k] * (one - f[k])
            for k in range(size):
                du[k] = dcell[k] * i[k] * (one - u[k] * u[k])
            for k in range(size):
                dcell[k] *= f[k]
        multiply_rows(block, start - low, end - low, for_h, dh, 0, True)
        if (end == high) if reverse else (start == low):
            add_slopes(block, 4 * size, 0, 0, x, before, low, high, for_x, room, dx, dw_ih, dw_hh)
            add_sums(block[: high - low], dbias, row)
