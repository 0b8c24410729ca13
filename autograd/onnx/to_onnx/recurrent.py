"""Recurrent layers: one direction of one layer a node."""

from __future__ import annotations

from typing import Any

from ..calls import Value
from .registry import row

# Which of our gates, by their places in the weights, ONNX has first, second and so on.
LSTM_GATES = (0, 3, 1, 2)  # i, f, g, o become i, o, f, c
GRU_GATES = (1, 0, 2)  # r, z, n become z, r, h
RNN_GATES = (0,)


def is_even(*arguments: Any) -> bool:
    """Whether all sequences have one length: the sizes of the steps are the last argument but one."""
    return arguments[-2] is None


def gates_in_order(g: Any, weight: Any, gates: tuple[int, ...]) -> Any:
    """A weight or bias with its gates as ONNX has them, in a dimension of directions of its own."""
    if len(gates) > 1:
        size = weight.array.shape[0] // len(gates)
        parts = g.node("Split", weight, g.ints(*[size] * len(gates)), axis=0, outputs=len(gates))
        weight = g.node("Concat", *[parts[gate] for gate in gates], axis=0)
    return g.node("Unsqueeze", weight, g.ints(0))


def biases(g: Any, b_ih: Any, b_hh: Any, gates: tuple[int, ...]) -> Any:
    if b_ih is None:
        return None
    return g.node("Concat", gates_in_order(g, b_ih, gates), gates_in_order(g, b_hh, gates), axis=1)


def state(g: Any, value: Value) -> Any:
    """The state before the first step, (1, B, size); None for zeros, which it is without."""
    if value.is_constant and not any(one.array.any() for one in (value, *value.others)):
        return None
    return value if value.ndim == 3 else g.node("Unsqueeze", value, g.ints(0))


def layer(
    g: Any,
    kind: str,
    gates: tuple[int, ...],
    out: Value,
    x: Value,
    states: list[Value],
    weights: tuple[Any, ...],
    reverse: bool,
    **how: Any,
) -> tuple[str, ...]:
    """The node of a layer: what it gives has a dimension of directions more than ours."""
    w_ih, w_hh, b_ih, b_hh = weights
    made = g.node(
        kind, x, gates_in_order(g, w_ih, gates), gates_in_order(g, w_hh, gates), biases(g, b_ih, b_hh, gates), None,
        *[state(g, one) for one in states], outputs=1 + len(states), hidden_size=states[-1].array.shape[-1],
        direction="reverse" if reverse else "forward", **how,
    )  # fmt: skip
    steps = g.node("Squeeze", made[0], g.ints(1))
    return steps, *[
        last if one.ndim == 3 else g.node("Squeeze", last, g.ints(0)) for one, last in zip(states, made[1:])
    ]


@row("lstm_layer", fits=lambda *arguments: is_even(*arguments) and arguments[7] is None)
def lstm_layer(g: Any, out: Value, x: Value, h: Value, c: Value, *rest: Any) -> tuple[str, ...]:
    *weights, _, _, reverse = rest
    return layer(g, "LSTM", LSTM_GATES, out, x, [h, c], tuple(weights), reverse)


@row("gru_layer", fits=is_even)
def gru_layer(g: Any, out: Value, x: Value, h: Value, *rest: Any) -> tuple[str, ...]:
    *weights, _, reverse = rest
    return layer(g, "GRU", GRU_GATES, out, x, [h], tuple(weights), reverse, linear_before_reset=1)


@row("rnn_layer", fits=is_even)
def rnn_layer(g: Any, out: Value, x: Value, h: Value, *rest: Any) -> tuple[str, ...]:
    *weights, rectified, _, reverse = rest
    return layer(
        g, "RNN", RNN_GATES, out, x, [h], tuple(weights), reverse, activations=["Relu" if rectified else "Tanh"]
    )
