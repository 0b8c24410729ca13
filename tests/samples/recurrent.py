"""Rows of recurrent networks: the reference reads one sequence after the other, step by step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import INF, NAN, floats, integers, real
from .pointwise import sigmoid
from .rows import fails, not_in_torch, row, smooth, value


def rnn_step(act: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda x, states, w_ih, w_hh, b_ih=0.0, b_hh=0.0: (act(w_ih @ x + b_ih + w_hh @ states[0] + b_hh),)


def gru_step(x, states, w_ih, w_hh, b_ih=0.0, b_hh=0.0):
    (h,) = states
    (xr, xz, xn), (hr, hz, hn) = np.split(w_ih @ x + b_ih, 3), np.split(w_hh @ h + b_hh, 3)
    z, n = sigmoid(xz + hz), np.tanh(xn + sigmoid(xr + hr) * hn)
    return ((1 - z) * n + z * h,)


def lstm_step(x, states, w_ih, w_hh, *more):
    biases, w_hr = (more[:2], more[2:]) if len(more) > 1 else ((0.0, 0.0), more)
    i, f, g, o = np.split(w_ih @ x + biases[0] + w_hh @ states[0] + biases[1], 4)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return w_hr[0] @ h if w_hr else h, c


STEPS = {
    "rnn_tanh": rnn_step(np.tanh),
    "rnn_relu": rnn_step(lambda x: np.maximum(x, 0)),
    "gru": gru_step,
    "lstm": lstm_step,
}


def network_of(step: Callable[..., Any]) -> Callable[..., Any]:
    """The reference of a network with this step, on the arguments of `autograd.lstm`."""

    def one_sequence(x, states, params, layers, directions):
        """(T, size) and for each state (layers·directions, size): the outputs, and the last states."""
        count, lasts = len(params) // (layers * directions), []
        for layer in range(layers):
            made = []
            for way in range(directions):
                k = layer * directions + way
                now, outs = tuple(state[k] for state in states), []
                for vector in x[::-1] if way else x:
                    now = step(vector, now, *params[k * count : (k + 1) * count])
                    outs.append(now[0])
                made.append(outs[::-1] if way else outs)
                lasts.append(now)
            x = np.concatenate(made, axis=1)
        return x, [np.stack(parts) for parts in zip(*lasts)]

    def network(input, *args):
        packed = not isinstance(args[1], list)
        sizes, hx, params, _, layers, _, _, bidirectional, *rest = args if packed else (None, *args)
        states = hx if isinstance(hx, tuple) else (hx,)
        if packed:
            starts = np.concatenate(([0], np.cumsum(sizes)))
            places = [[starts[t] + b for t in range(len(sizes)) if b < sizes[t]] for b in range(sizes[0])]
            sequences = [input[place] for place in places]
        else:
            sequences = list(input if rest[0] else input.swapaxes(0, 1))
        done = [
            one_sequence(x, [state[:, b] for state in states], params, layers, 1 + bidirectional)
            for b, x in enumerate(sequences)
        ]
        lasts = [np.stack(parts, axis=1) for parts in zip(*[states for _, states in done])]
        if packed:
            out = np.zeros((len(input), done[0][0].shape[1]), input.dtype)
            for place, (x, _) in zip(places, done):
                out[place] = x
        else:
            out = np.stack([x for x, _ in done], axis=0 if rest[0] else 1)
        return out, *lasts

    return network


def weights_of(
    gates: int, input: int, hidden: int, layers: int = 1, directions: int = 1, bias: bool = True, proj: int = 0
):
    """The parameters of a network, as PyTorch's flat list."""
    params = []
    for k in range(layers * directions):
        features = input if k < directions else (proj or hidden) * directions
        shapes = [(gates * hidden, features), (gates * hidden, proj or hidden)]
        shapes += [(gates * hidden,)] * 2 if bias else []
        shapes += [(proj, hidden)] if proj else []
        params += [real(*shape, low=-0.9, high=0.9, seed=7 * k + i) for i, shape in enumerate(shapes)]
    return params


for name, gates in (("rnn_tanh", 1), ("rnn_relu", 1), ("gru", 3), ("lstm", 4)):
    states = lambda *shape, pair=name == "lstm": (real(*shape), real(*shape, seed=1)) if pair else real(*shape)
    w, sequence, x = weights_of(gates, 2, 2), real(3, 2, 2), real(5, 2)
    row(
        name, network_of(STEPS[name]),
        smooth(sequence, states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        smooth(sequence, states(1, 3, 2), weights_of(gates, 2, 2, bias=False), False, 1, 0.0, True, False, True),
        smooth(sequence, states(4, 2, 2), weights_of(gates, 2, 2, 2, 2), True, 2, 0.0, True, True, False),
        smooth(x, integers(3, 1, 1), states(1, 3, 2), w, True, 1, 0.0, True, False),
        smooth(x, integers(3, 2), states(2, 3, 2), weights_of(gates, 2, 2, 1, 2), True, 1, 0.0, False, True),
        smooth(real(7, 1, 1), states(1, 1, 1), weights_of(gates, 1, 1), True, 1, 0.0, True, False, False),
        value(floats([[NAN, 1]], [[1, 2]]), states(1, 1, 2), w, True, 1, 0.0, True, False, False),
        value(floats([[INF, 1]], [[1, 2]]), states(1, 1, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "weight_ih", real(3, 2, 3), states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "state of shape", sequence, states(1, 3, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "larger than 0", real(0, 2, 2), states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        # PyTorch reads beyond the end.
        not_in_torch(
            fails(RuntimeError, "must not grow", x, integers(2, 3), states(1, 2, 2), w, True, 1, 0.0, True, False)
        ),
        *([smooth(sequence, (real(2, 2, 1), real(2, 2, 2)), weights_of(4, 2, 2, 1, 2, proj=1), True, 1, 0.0, True, True,
                  False)] if name == "lstm" else []),
    )  # fmt: skip
    state = (real(3, 2), real(3, 2, seed=1)) if name == "lstm" else real(3, 2)
    one = lambda x, hx, *params, step=STEPS[name]: (lambda made: made if len(made) > 1 else made[0])(
        tuple(map(np.stack, zip(*[step(*at, *params) for at in zip(x, zip(*hx if isinstance(hx, tuple) else (hx,)))])))
    )
    row(
        f"{name}_cell", one,
        smooth(real(3, 2, seed=2), state, *w),
        smooth(real(3, 2, seed=2), state, *weights_of(gates, 2, 2, bias=False)),
        fails(RuntimeError, "weight_ih", real(3, 3), state, *w),
    )  # fmt: skip
