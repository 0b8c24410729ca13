"""All steps of one GRU layer in one direction, forward and back.

Rows are sequences, as in `lstm`. The three gates of a row lie side by side: reset, update, new.
"""

from __future__ import annotations

import numpy as np

from .blas import gemm
from .jit import kernel
from .squashing import add_sigmoid, add_tanh


def forward_numpy(gates, bias, h, w_hh, turned, b_hh, bounds, reverse, out, before, offered, recurrent):
    size = h.shape[1]
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows] = h[:n]
        z, of_state = gates[rows], h[:n] @ (w_hh.T if turned else w_hh) + b_hh
        z += bias
        z[:, : 2 * size] = 1 / (1 + np.exp(-z[:, : 2 * size] - of_state[:, : 2 * size]))
        offered[rows] = of_state[:, 2 * size :]
        z[:, 2 * size :] = np.tanh(z[:, 2 * size :] + z[:, :size] * offered[rows])
        update, new = z[:, size : 2 * size], z[:, 2 * size :]
        h[:n] = out[rows] = (h[:n] - new) * update + new


@kernel(twin=forward_numpy)
def forward(gates, bias, h, w_hh, turned, b_hh, bounds, reverse, out, before, offered, recurrent):
    """From ``gates = x @ w_ihᵀ``, which become the gates: ``out``, and ``h`` from the first to the last.

    w_hh: transposed unless ``turned``, which is to transpose it in the products. before: of each step the h that it
    began with. offered: its share in the new gate, before the reset gate took its part. recurrent: space for a step's
    products.
    """
    steps, size = bounds.size - 1, h.shape[1]
    for step in range(steps):
        t = steps - 1 - step if reverse else step
        start, end = bounds[t], bounds[t + 1]
        for r in range(start, end):
            was, state = before[r], h[r - start]
            for k in range(size):
                was[k] = state[k]
        gemm(before[start:end], w_hh, recurrent[: end - start], 0.0, False, turned)
        for r in range(start, end):
            z, product, offer, state, made = gates[r], recurrent[r - start], offered[r], h[r - start], out[r]
            reset, update, new = z[:size], z[size : 2 * size], z[2 * size :]
            for k in range(3 * size):
                product[k] += b_hh[k]
            for k in range(2 * size):
                z[k] += product[k]
            add_sigmoid(z[: 2 * size], bias[: 2 * size])
            share = product[2 * size :]
            for k in range(size):
                offer[k] = share[k]
            for k in range(size):
                new[k] += reset[k] * share[k]
            add_tanh(new, bias[2 * size :])
            for k in range(size):
                made[k] = (state[k] - new[k]) * update[k] + new[k]
            for k in range(size):
                state[k] = made[k]


def backward_numpy(g, dh, gates, before, offered, w_nrz, bounds, reverse, dgates):
    size = dh.shape[1]
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        reset, update, new = np.split(gates[rows], 3, axis=1)
        d = dh[:n] + g[rows]
        dnew = d * (1 - update) * (1 - new * new)
        dreset = dnew * offered[rows] * reset * (1 - reset)
        dupdate = d * (before[rows] - new) * update * (1 - update)
        dgates[rows] = np.concatenate((dnew * reset, dreset, dupdate, dnew), axis=1)
        dh[:n] = d * update + dgates[rows, : 3 * size] @ w_nrz


@kernel(twin=backward_numpy)
def backward(g, dh, gates, before, offered, w_nrz, bounds, reverse, dgates):
    """The gradients before σ and tanh, in the order: what h has in the new gate, reset, update, what x has in the new.

    So the first three are those of ``h @ w_hhᵀ`` with its gates in the order new, reset, update, as in ``w_nrz``, and
    the last three those of ``x @ w_ihᵀ``. ``dh`` goes from the gradient of the last h to that of the first.
    """
    steps, size = bounds.size - 1, dh.shape[1]
    one = gates.dtype.type(1)
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        for r in range(start, end):
            z, dz, d, was, offer, arrived = gates[r], dgates[r], dh[r - start], before[r], offered[r], g[r]
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
        gemm(dgates[start:end, : 3 * size], w_nrz, dh[: end - start], 1.0)
