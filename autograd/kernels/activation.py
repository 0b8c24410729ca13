"""Activations whose NumPy form passes over memory more than once."""

from __future__ import annotations

import numpy as np

from .jit import kernel


def relu(x):
    """``max(0, x)``; NaN stays NaN."""
    out = np.empty(x.shape, x.dtype)
    cut(np.ascontiguousarray(x).reshape(-1), out.reshape(-1))
    return out


def cut_numpy(x, out):
    np.maximum(x, 0, out=out)


@kernel(twin=cut_numpy)
def cut(x, out):
    """``out = max(0, x)``, written so that NaN compares False and stays."""
    for i in range(x.size):
        value = x[i]
        out[i] = x.dtype.type(0) if value <= 0 else value


def relu_slope(g, out):
    """0 where ``out`` is 0, else ``g``; so at NaN too."""
    made = np.empty(g.shape, g.dtype)
    gate(np.ascontiguousarray(g).reshape(-1), np.ascontiguousarray(out).reshape(-1), made.reshape(-1))
    return made


def gate_numpy(g, out, made):
    made[:] = np.where(out <= 0, 0, g)


@kernel(twin=gate_numpy)
def gate(g, out, made):
    """``made = 0`` where ``out`` ≤ 0, else ``g``."""
    for i in range(g.size):
        made[i] = g.dtype.type(0) if out[i] <= 0 else g[i]
