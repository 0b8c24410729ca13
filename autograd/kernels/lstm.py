"""All steps of one LSTM layer in one direction, forward and back.

Rows are sequences: the sequences of a step are the rows ``bounds[t]:bounds[t + 1]``, the longest first, so that those
that go on are the first rows of the next step. The four gates of a row lie side by side: input, forget, cell, output.
"""

from __future__ import annotations

import numpy as np

from .blas import gemm
from .jit import kernel
from .squashing import add_sigmoid, add_tanh, tanh_of


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_numpy(gates, bias, h, c, w_hh, turned, w_hr, bounds, reverse, out, hidden, before, cells, squashed):
    size = c.shape[1]
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows], cells[rows] = h[:n], c[:n]
        z = gates[rows]
        z += h[:n] @ (w_hh.T if turned else w_hh) + bias
        z[:, : 2 * size], z[:, 3 * size :] = sigmoid(z[:, : 2 * size]), sigmoid(z[:, 3 * size :])
        z[:, 2 * size : 3 * size] = np.tanh(z[:, 2 * size : 3 * size])
        i, f, g, o = np.split(z, 4, axis=1)
        c[:n] = f * c[:n] + i * g
        squashed[rows] = np.tanh(c[:n])
        hidden[rows] = o * squashed[rows]
        if w_hr.size:
            out[rows] = hidden[rows] @ w_hr.T
        h[:n] = out[rows]


@kernel(twin=forward_numpy)
def forward(gates, bias, h, c, w_hh, turned, w_hr, bounds, reverse, out, hidden, before, cells, squashed):
    """From ``gates = x @ w_ihᵀ``, which become the gates: ``out``, and ``h`` and ``c`` from the first to the last.

    w_hh: transposed unless ``turned``, which is to transpose it in the products. w_hr: the projection, or nothing, and
    then ``hidden`` is ``out``. before, cells, squashed: of each step the h and the c that it began with, and tanh of
    the c that it ended with.
    """
    steps, size = bounds.size - 1, c.shape[1]
    for step in range(steps):
        t = steps - 1 - step if reverse else step
        start, end = bounds[t], bounds[t + 1]
        for r in range(start, end):
            was, state = before[r], h[r - start]
            for k in range(was.size):
                was[k] = state[k]
        gemm(before[start:end], w_hh, gates[start:end], 1.0, False, turned)
        for r in range(start, end):
            z, cell, was, squash, made = gates[r], c[r - start], cells[r], squashed[r], hidden[r]
            add_sigmoid(z[: 2 * size], bias[: 2 * size])
            add_tanh(z[2 * size : 3 * size], bias[2 * size : 3 * size])
            add_sigmoid(z[3 * size :], bias[3 * size :])
            i, f, g, o = z[:size], z[size : 2 * size], z[2 * size : 3 * size], z[3 * size :]
            for k in range(size):
                was[k] = cell[k]
            for k in range(size):
                cell[k] = f[k] * was[k] + i[k] * g[k]
            tanh_of(cell, squash)
            for k in range(size):
                made[k] = o[k] * squash[k]
        if w_hr.size:
            gemm(hidden[start:end], w_hr, out[start:end], 0.0, False, True)
        for r in range(start, end):
            made, state = out[r], h[r - start]
            for k in range(made.size):
                state[k] = made[k]


def backward_numpy(g, dh, dc, gates, cells, squashed, w_hh, w_hr, bounds, reverse, dgates, dout, dhidden):
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        dh[:n] += g[rows]
        if w_hr.size:
            dout[rows] = dh[:n]
        d = dh[:n] @ w_hr if w_hr.size else dh[:n]
        (i, f, u, o), tanh = np.split(gates[rows], 4, axis=1), squashed[rows]
        dc[:n] += d * o * (1 - tanh * tanh)
        of_gates = (
            dc[:n] * u * i * (1 - i),
            dc[:n] * cells[rows] * f * (1 - f),
            dc[:n] * i * (1 - u * u),
            d * tanh * o * (1 - o),
        )
        dgates[rows] = np.concatenate(of_gates, axis=1)
        dc[:n] *= f
        dh[:n] = dgates[rows] @ w_hh


@kernel(twin=backward_numpy)
def backward(g, dh, dc, gates, cells, squashed, w_hh, w_hr, bounds, reverse, dgates, dout, dhidden):
    """The gradient of the gates before their σ and tanh; ``dh`` and ``dc`` go from the last to those of the first.

    g: the gradient of ``out``; dout: the same with what came back through the later steps, where there is a projection.
    dhidden: space for a step's gradients before the projection.
    """
    steps, size = bounds.size - 1, dc.shape[1]
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        n = end - start
        for r in range(start, end):
            state, arrived = dh[r - start], g[r]
            for k in range(state.size):
                state[k] += arrived[k]
        if w_hr.size:
            dout[start:end] = dh[:n]
            gemm(dh[:n], w_hr, dhidden[:n])
        for r in range(start, end):
            d = dhidden[r - start] if w_hr.size else dh[r - start]
            z, dz, dcell, was, squash = gates[r], dgates[r], dc[r - start], cells[r], squashed[r]
            i, f, u, o = z[:size], z[size : 2 * size], z[2 * size : 3 * size], z[3 * size :]
            di, df, du, do = dz[:size], dz[size : 2 * size], dz[2 * size : 3 * size], dz[3 * size :]
            one = z.dtype.type(1)
            for k in range(size):
                do[k] = d[k] * squash[k] * o[k] * (one - o[k])
            for k in range(size):
                dcell[k] += d[k] * o[k] * (one - squash[k] * squash[k])
            for k in range(size):
                di[k] = dcell[k] * u[k] * i[k] * (one - i[k])
            for k in range(size):
                df[k] = dcell[k] * was[k] * f[k] * (one - f[k])
            for k in range(size):
                du[k] = dcell[k] * i[k] * (one - u[k] * u[k])
            for k in range(size):
                dcell[k] *= f[k]
        gemm(dgates[start:end], w_hh, dh[:n])
