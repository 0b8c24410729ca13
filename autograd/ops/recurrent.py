"""Recurrent layers, one direction of one layer an op: x (T, B, input), or sequences of several lengths packed.

Packed, x is (rows, input): the rows of the first step, then of the second, and so on, ``sizes`` of them; the sequences
are in the order of their lengths, the longest first. Without, ``sizes`` is None. With ``reverse`` each sequence is read
from its end. The results are the h of all steps, in the form of x, and the states after the last. States are (B, size),
or (1, B, size) as the networks have them.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..kernels.compiling.memory import aligned
from ..kernels.recurrent import elman, gru, lstm
from ..kernels.recurrent import steps as blocks
from .activation import relu
from .joining import cat, stack
from .matmul import linear
from .op import op
from .pointwise import sigmoid
from .shape import reshape
from .trigonometry import tanh


class Steps(NamedTuple):
    """The input of a layer as the kernels take it: step t are the rows ``bounds[t]:bounds[t + 1]``."""

    rows: Any
    bounds: Any
    batch: int

    def space(self, *sizes):
        """Arrays with a row for each row of the input."""
        return aligned(self.rows.dtype, *[(len(self.rows), size) for size in sizes])

    def block(self, columns):
        """Arrays for as many rows as the kernels treat at once, and for one."""
        return aligned(self.rows.dtype, (self.capacity(columns), columns), (columns,))

    def capacity(self, columns):
        """How many rows the kernels treat at once."""
        return blocks.rows_of_block(self.batch, len(self.rows), columns)

    def chosen(self, kernel):
        """The kernel, or for float64 its NumPy twin, which for checks is fast enough: it need not be compiled."""
        return kernel if self.rows.dtype.char == "f" else kernel.twin

    def slope_of_rows(self, needed):
        """An array for the gradient of the input; without elements if it isn't asked for."""
        return np.empty((len(self.rows) if needed else 0, self.rows.shape[1]), self.rows.dtype)

    def room_forward(self, w_ih, w_hh):
        """An array that the kernels lay out the weights in."""
        size = blocks.room_forward(w_ih.shape[1], w_hh.shape[1], len(w_ih), self.rows.itemsize)
        return aligned(self.rows.dtype, (size,))[0]

    def room_back(self, w_ih, w_hh, columns):
        """The same for the way back, with so many columns of gradients in a block."""
        size = blocks.room_back(w_ih.shape[1], w_hh.shape[1], len(w_ih), self.capacity(columns), self.rows.itemsize)
        return aligned(self.rows.dtype, (size,))[0]


def steps_of(x, sizes):
    """``x`` by rows; RuntimeError unless it has the dimensions that ``sizes`` calls for."""
    if x.ndim != (3 if sizes is None else 2):
        raise RuntimeError(f"input must have {3 if sizes is None else 2} dimensions, got {x.ndim}")
    rows = by_rows(x).reshape(math.prod(x.shape[:-1]), x.shape[-1])
    if sizes is None:
        bounds, batch = np.arange(x.shape[0] + 1) * x.shape[1], x.shape[1]
    else:
        bounds, batch = np.cumsum((0, *sizes)), sizes[0] if len(sizes) else 0
    if len(bounds) < 2:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    if sizes is not None and (bounds[-1] != len(rows) or any(later > size for size, later in pairwise(sizes))):
        raise RuntimeError(f"the sizes of the steps must not grow, and add up to the {len(rows)} rows of the input")
    return Steps(rows, bounds, batch)


def refuse_misfits(steps, gates, w_ih, w_hh, b_ih, b_hh, states, w_hr=None):
    """RuntimeError where sizes don't agree: a weight has as many rows as there are ``gates``, times the hidden size."""
    size = states[-1].shape[-1]
    output = size if w_hr is None else w_hr.shape[0]
    expected = [
        ("weight_ih", w_ih, (gates * size, steps.rows.shape[1])),
        ("weight_hh", w_hh, (gates * size, output)),
        ("bias_ih", b_ih, (gates * size,)),
        ("bias_hh", b_hh, (gates * size,)),
        ("weight_hr", w_hr, (output, size)),
        ("hidden state", states[0], (1, steps.batch, output)[3 - max(states[0].ndim, 2) :]),
        ("cell state", states[-1], (1, steps.batch, size)[3 - max(states[-1].ndim, 2) :]),
    ]
    for name, given, shape in expected:
        if given is not None and given.shape != shape:
            raise RuntimeError(f"expected {name} of shape {shape}, got {given.shape}")


def filled(bias, size, dtype):
    """``bias``, or zeros for None."""
    return np.zeros(size, dtype) if bias is None else by_rows(bias)


def by_rows(x):
    """``x`` itself where it lies row by row, else a copy, by a ufunc, which a replay can make."""
    return x if x.flags.c_contiguous else np.positive(x, out=np.empty_like(x, order="C"))


def copied(state):
    """A copy of ``state`` as a matrix by rows."""
    return state.copy().reshape(state.shape[-2:])


def arrived(g, shape, dtype):
    """The upstream gradient of a result as a matrix of ``shape`` by rows, zeros for None."""
    return np.zeros(shape, dtype) if g is None else by_rows(g).reshape(shape)


def as_input(dx, x):
    """The gradient ``dx`` of the rows in the shape of the input; as it is, without elements, if it wasn't asked for."""
    return dx.reshape(x.shape) if dx.size == x.size else dx


def room_for(weight, needed):
    """Zeros to add the gradient of ``weight`` to; without elements if it isn't asked for."""
    return np.zeros(weight.shape if needed else (0, 0), weight.dtype)


def unrolled(cell, x, states, sizes, reverse):
    """A layer in terms of other ops: ``cell(x, *states)``, which gives the next states, step by step."""
    if sizes is None:
        inputs = [x[t] for t in range(len(x))]
    else:
        inputs = [x[start:end] for start, end in pairwise(np.cumsum((0, *sizes)).tolist())]
    shapes = [state.shape for state in states]
    states = [reshape(state, state.shape[-2:]) for state in states]
    made = [None] * len(inputs)
    for t in reversed(range(len(inputs))) if reverse else range(len(inputs)):
        n, batch = len(inputs[t]), len(states[0])
        new = cell(inputs[t], *[state if n == batch else state[:n] for state in states])
        made[t] = new[0]
        states = new if n == batch else [cat([one, state[n:]]) for one, state in zip(new, states)]
    lasts = [reshape(state, shape) for state, shape in zip(states, shapes)]
    return (stack(made) if sizes is None else cat(made), *lasts)


def rnn_unrolled(x, h, w_ih, w_hh, b_ih, b_hh, rectified, sizes, reverse):
    """The plain recurrent layer in terms of other ops."""

    def cell(x, h):
        z = linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)
        h = relu(z) if rectified else tanh(z)
        return (h,)

    return unrolled(cell, x, (h,), sizes, reverse)


@op(
    symbol="RNN",
    derivative="∂L/∂z(t) = (∂L/∂out(t) + ∂L/∂z(t+1) @ W_hh)·(1 - out(t)²)",
    level="internal",
    several=True,
    residual=True,
    reference=rnn_unrolled,
)
def rnn_layer(x, h, w_ih, w_hh, b_ih, b_hh, rectified, sizes, reverse):
    """``h(t) = tanh(W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh)`` (Elman, 1990), ReLU for tanh if ``rectified``."""
    steps = steps_of(x, sizes)
    refuse_misfits(steps, 1, w_ih, w_hh, b_ih, b_hh, (h,))
    size = h.shape[-1]
    bias = filled(b_ih, size, x.dtype) + filled(b_hh, size, x.dtype)
    (out,), (before,), last = steps.space(size), steps.space(size), copied(h)
    steps.chosen(elman.forward)(
        steps.rows, by_rows(w_ih), bias, last, by_rows(w_hh), rectified, steps.bounds,
        reverse, steps.capacity(size), steps.room_forward(w_ih, w_hh), out, before,
    )  # fmt: skip
    return (out.reshape(*x.shape[:-1], size), last.reshape(h.shape)), (steps, before)


def rnn_slope(g, out, x, h, w_ih, w_hh, b_ih, b_hh, rectified, sizes, reverse, residual, needs):
    """The gradients of all that have one."""
    steps, before = residual
    dh, dx = copied(arrived(g[1], h.shape, x.dtype)), steps.slope_of_rows(needs[0])
    dbias = np.zeros_like(before, shape=before.shape[1:])
    dw_ih, dw_hh = room_for(w_ih, needs[2]), room_for(w_hh, needs[3])
    steps.chosen(elman.backward)(
        arrived(g[0], before.shape, x.dtype), dh, out[0].reshape(before.shape), steps.rows, before,
        by_rows(w_ih), by_rows(w_hh), rectified, steps.bounds, reverse,
        *steps.block(h.shape[-1]), steps.room_back(w_ih, w_hh, h.shape[-1]), dx, dw_ih, dw_hh, dbias,
    )  # fmt: skip
    return as_input(dx, x), dh.reshape(h.shape), dw_ih, dw_hh, dbias, dbias.copy()


rnn_layer.fused(rnn_slope, arity=6, selective=True)


def lstm_unrolled(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse):
    """The LSTM layer in terms of other ops."""
    size = c.shape[-1]

    def cell(x, h, c):
        z = linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)
        i, f, o = (sigmoid(z[:, k * size : (k + 1) * size]) for k in (0, 1, 3))
        g = tanh(z[:, 2 * size : 3 * size])
        c = f * c + i * g
        h = o * tanh(c)
        if w_hr is not None:
            h = linear(h, w_hr)
        return h, c

    return unrolled(cell, x, (h, c), sizes, reverse)


@op(
    symbol="LSTM",
    derivative="∂L/∂c(t) = ∂L/∂c(t+1)·f(t+1) + ∂L/∂h(t)·o(t)·(1 - tanh²c(t))",
    level="internal",
    several=True,
    residual=True,
    reference=lstm_unrolled,
)
def lstm_layer(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse):
    """``c(t) = f·c(t-1) + i·g`` and ``h(t) = o·tanh(c(t))`` (Hochreiter and Schmidhuber, 1997), projected by ``w_hr``.

    The gates i, f and o are σ of ``W_ih·x(t) + b_ih + W_hh·h(t-1) + b_hh``, g is tanh of it: its quarters i, f, g, o.
    """
    steps = steps_of(x, sizes)
    refuse_misfits(steps, 4, w_ih, w_hh, b_ih, b_hh, (h, c), w_hr)
    size, output = c.shape[-1], h.shape[-1]
    bias = filled(b_ih, 4 * size, x.dtype) + filled(b_hh, 4 * size, x.dtype)
    last, cell, (hidden,) = copied(h), copied(c), steps.space(size)
    gates, before, cells = steps.space(4 * size, output, size)
    out = hidden if w_hr is None else steps.space(output)[0]
    steps.chosen(lstm.forward)(
        steps.rows, by_rows(w_ih), bias, last, cell, by_rows(w_hh),
        projection(w_hr, x.dtype), steps.bounds, reverse, steps.capacity(4 * size), steps.room_forward(w_ih, w_hh),
        gates, out, hidden, before, cells,
    )  # fmt: skip
    results = out.reshape(*x.shape[:-1], output), last.reshape(h.shape), cell.reshape(c.shape)
    return results, (steps, gates, hidden, before, cells)


def projection(w_hr, dtype):
    """``w_hr`` as the kernels take it: nothing for None."""
    return np.empty((0, 0), dtype) if w_hr is None else by_rows(w_hr)


def lstm_slope(g, out, x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse, residual, needs):
    """The gradients of all that have one."""
    steps, gates, hidden, before, cells = residual
    dh, dc = copied(arrived(g[1], h.shape, x.dtype)), copied(arrived(g[2], c.shape, x.dtype))
    dx, dbias = steps.slope_of_rows(needs[0]), np.zeros_like(gates, shape=gates.shape[1:])
    dw_ih, dw_hh = room_for(w_ih, needs[3]), room_for(w_hh, needs[4])
    weight = projection(w_hr, x.dtype)
    dw_hr = np.zeros_like(weight)
    steps.chosen(lstm.backward)(
        arrived(g[0], before.shape, x.dtype), dh, dc, gates, cells, steps.rows, before, hidden,
        by_rows(w_ih), by_rows(w_hh), weight, steps.bounds, reverse,
        *steps.block(gates.shape[1]), steps.room_back(w_ih, w_hh, gates.shape[1]),
        np.empty((steps.batch, weight.shape[1]), x.dtype), dx, dw_ih, dw_hh, dw_hr, dbias,
    )  # fmt: skip
    dx, dh, dc = as_input(dx, x), dh.reshape(h.shape), dc.reshape(c.shape)
    return dx, dh, dc, dw_ih, dw_hh, dbias, dbias.copy(), dw_hr


lstm_layer.fused(lstm_slope, arity=8, selective=True)


def gru_unrolled(x, h, w_ih, w_hh, b_ih, b_hh, sizes, reverse):
    """The GRU layer in terms of other ops."""
    size = h.shape[-1]

    def cell(x, h):
        of_input, of_state = linear(x, w_ih, b_ih), linear(h, w_hh, b_hh)
        r, z = (sigmoid(of_input[:, part] + of_state[:, part]) for part in (slice(size), slice(size, 2 * size)))
        n = tanh(of_input[:, 2 * size :] + r * of_state[:, 2 * size :])
        h = (h - n) * z + n
        return (h,)

    return unrolled(cell, x, (h,), sizes, reverse)


@op(
    symbol="GRU",
    derivative="∂L/∂h(t-1) = ∂L/∂h(t)·z + what comes back through r, z and n",
    level="internal",
    several=True,
    residual=True,
    reference=gru_unrolled,
)
def gru_layer(x, h, w_ih, w_hh, b_ih, b_hh, sizes, reverse):
    """``h(t) = (1 - z)·n + z·h(t-1)`` (Cho et al., 2014).

    Of ``W_ih·x(t) + b_ih`` and ``W_hh·h(t-1) + b_hh``, in thirds r, z, n: r and z are σ of the sum, n is tanh of the
    first plus r times the second.
    """
    steps = steps_of(x, sizes)
    refuse_misfits(steps, 3, w_ih, w_hh, b_ih, b_hh, (h,))
    size = h.shape[-1]
    last, (out,), (recurrent,) = copied(h), steps.space(size), aligned(x.dtype, (steps.batch, 3 * size))
    gates, before, offered = steps.space(3 * size, size, size)
    steps.chosen(gru.forward)(
        steps.rows, by_rows(w_ih), filled(b_ih, 3 * size, x.dtype), last, by_rows(w_hh),
        filled(b_hh, 3 * size, x.dtype), steps.bounds, reverse, steps.capacity(3 * size),
        steps.room_forward(w_ih, w_hh), gates, out, before, offered, recurrent,
    )  # fmt: skip
    return (out.reshape(*x.shape[:-1], size), last.reshape(h.shape)), (steps, gates, before, offered)


def gru_slope(g, out, x, h, w_ih, w_hh, b_ih, b_hh, sizes, reverse, residual, needs):
    """The gradients of all that have one. Of what h goes through, the kernel has the new gate first."""
    steps, gates, before, offered = residual
    size = h.shape[-1]
    dh, dx = copied(arrived(g[1], h.shape, x.dtype)), steps.slope_of_rows(needs[0])
    dw_ih, dbias = room_for(w_ih, needs[2]), np.zeros_like(x, shape=4 * size)
    dw_nrz = np.zeros_like(w_hh, order="C") if needs[3] else room_for(w_hh, False)
    steps.chosen(gru.backward)(
        arrived(g[0], before.shape, x.dtype), dh, gates, offered, steps.rows, before, by_rows(w_ih),
        turned(w_hh, size), steps.bounds, reverse, *steps.block(4 * size),
        steps.room_back(w_ih, w_hh, 4 * size), dx, dw_ih, dw_nrz, dbias,
    )  # fmt: skip
    dw_hh, db_hh = turned(dw_nrz, 2 * size), turned(dbias[: 3 * size], 2 * size)
    return as_input(dx, x), dh.reshape(h.shape), dw_ih, dw_hh, dbias[size:], db_hh


def turned(x, by):
    """``x`` with its last ``by`` rows put before the others: `numpy.roll` in two copies, which a replay can make."""
    made = np.empty_like(x, order="C")
    np.positive(x[-by:], out=made[:by])
    np.positive(x[:-by], out=made[by:])
    return made


gru_layer.fused(gru_slope, arity=6, selective=True)
