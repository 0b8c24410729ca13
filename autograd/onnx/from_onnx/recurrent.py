"""Recurrent layers: a node has both directions, an op of ours one."""

from __future__ import annotations

from typing import Any

import autograd

from ...composed.recurrent import LAYERS
from ...engine.tensor import Tensor
from .registry import How, node

# Of our gates in order, where ONNX has them.
GATES = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


@node("LSTM", "GRU", "RNN")
def layer(
    how: How,
    x: Tensor,
    w: Tensor,
    r: Tensor,
    b: Tensor | None = None,
    lengths: Tensor | None = None,
    h: Tensor | None = None,
    c: Tensor | None = None,
    peepholes: Tensor | None = None,
) -> Any:
    """All directions of a layer: h of all steps (T, directions, B, size), the last h, of an LSTM the last c."""
    name, directions = _checked(how, x, lengths, peepholes)
    gates = GATES[how.kind]
    hidden = r.shape[-1]
    if how.get("layout"):
        x = x.transpose(0, 1)
        h, c = (one if one is None else one.transpose(0, 1) for one in (h, c))
    made, lasts = [], []
    for position, reverse in enumerate(directions):
        zeros = autograd.zeros(1, x.shape[1], hidden, dtype=x.dtype)
        given = (h, c) if how.kind == "LSTM" else (h,)
        states = [zeros if one is None else one[position : position + 1] for one in given]
        weights: list[Any] = [in_order(one[position], gates) for one in (w, r)]
        if b is None:
            weights += [None, None]
        else:
            weights += [in_order(one, gates) for one in b[position].chunk(2)]
        if how.kind == "LSTM":
            weights.append(None)
        out, *last = LAYERS[name](x, states, weights, None, reverse)
        made.append(out)
        lasts.append(last)
    steps, *ends = [autograd.stack(made, 1), *(autograd.cat(list(parts)) for parts in zip(*lasts))]
    if how.get("layout"):
        steps, ends = steps.permute(2, 0, 1, 3), [one.transpose(0, 1) for one in ends]
    return (steps, *ends)


def in_order(weight: Tensor, gates: tuple[int, ...]) -> Tensor:
    """The rows of a weight or bias, gate by gate as our layers have them."""
    parts = weight.chunk(len(gates))
    return autograd.cat([parts[gate] for gate in gates]) if len(gates) > 1 else weight


def _checked(how: How, x: Tensor, lengths: Tensor | None, peepholes: Tensor | None) -> tuple[str, tuple[bool, ...]]:
    """Which layer of ours it is, and which of its directions are in reverse; NotImplementedError for others."""
    directions = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}[
        how.get("direction", "forward")
    ]
    activations = [one.decode() for one in how.get("activations", [])] or ACTIVATIONS[how.kind] * len(directions)
    relu = activations == ["Relu"] * len(directions)
    usual = activations == ACTIVATIONS[how.kind] * len(directions)
    steps = x.shape[1 if how.get("layout") else 0]
    short = lengths is not None and any(length != steps for length in lengths.tolist())
    odd = {
        "activations": not (usual or (how.kind == "RNN" and relu)),
        "clip": how.get("clip") is not None,
        "input_forget": bool(how.get("input_forget")),
        "peepholes": peepholes is not None,
        "sequences of several lengths": short,
        "linear_before_reset=0": how.kind == "GRU" and not how.get("linear_before_reset"),
    }
    if any(odd.values()):
        raise NotImplementedError(f"{how.kind} with {', '.join(name for name, there in odd.items() if there)}")
    return {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn_relu" if relu else "rnn_tanh"}[how.kind], directions
