"""All steps of one layer of a plain recurrent network (Elman, 1990) in one direction, forward and back.

Rows are sequences, as in `lstm`.
"""

from __future__ import annotations

import numpy as np

from .blas import gemm
from .jit import kernel
from .squashing import add_tanh


def forward_numpy(out, bias, h, w_hh, turned, rectified, bounds, reverse, before):
    steps = range(len(bounds) - 1)
    for t in reversed(steps) if reverse else steps:
        rows = slice(bounds[t], bounds[t + 1])
        n = bounds[t + 1] - bounds[t]
        before[rows] = h[:n]
        z = out[rows] + h[:n] @ (w_hh.T if turned else w_hh) + bias
        h[:n] = out[rows] = np.maximum(z, 0) if rectified else np.tanh(z)


@kernel(twin=forward_numpy)
def forward(out, bias, h, w_hh, turned, rectified, bounds, reverse, before):
    """From ``out = x @ w_ihᵀ``, which becomes the result, and ``h``, which goes from the first to the last.

    w_hh: transposed unless ``turned``, which is to transpose it in the products. rectified: ReLU in place of tanh.
    before: of each step the h that it began with.
    """
    steps, size = bounds.size - 1, h.shape[1]
    for step in range(steps):
        t = steps - 1 - step if reverse else step
        start, end = bounds[t], bounds[t + 1]
        for r in range(start, end):
            was, state = before[r], h[r - start]
            for k in range(size):
                was[k] = state[k]
        gemm(before[start:end], w_hh, out[start:end], 1.0, False, turned)
        for r in range(start, end):
            z, state = out[r], h[r - start]
            if rectified:
                for k in range(size):
                    value = z[k] + bias[k]
                    z[k] = z.dtype.type(0) if value <= 0 else value
            else:
                add_tanh(z, bias)
            for k in range(size):
                state[k] = z[k]


def backward_numpy(g, dh, out, w_hh, rectified, bounds, reverse, dz):
    steps = range(len(bounds) - 1)
    for t in steps if reverse else reversed(steps):
        rows = slice(bounds[t], bounds[t + 1])
        n, y = bounds[t + 1] - bounds[t], out[rows]
        d = dh[:n] + g[rows]
        dz[rows] = np.where(y <= 0, 0, d) if rectified else d * (1 - y * y)
        dh[:n] = dz[rows] @ w_hh


@kernel(twin=backward_numpy)
def backward(g, dh, out, w_hh, rectified, bounds, reverse, dz):
    """``dz``, the gradient before the tanh; ``dh`` goes from that of the last h to that of the first.

    g: the gradient of ``out``.
    """
    steps, size = bounds.size - 1, dh.shape[1]
    one = out.dtype.type(1)
    for step in range(steps):
        t = step if reverse else steps - 1 - step
        start, end = bounds[t], bounds[t + 1]
        for r in range(start, end):
            arrived, later, y, made = g[r], dh[r - start], out[r], dz[r]
            if rectified:
                for k in range(size):
                    made[k] = out.dtype.type(0) if y[k] <= 0 else arrived[k] + later[k]
            else:
                for k in range(size):
                    made[k] = (arrived[k] + later[k]) * (one - y[k] * y[k])
        gemm(dz[start:end], w_hh, dh[: end - start])
