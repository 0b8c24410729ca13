"""Activations that ONNX has, softmax among them. The others go through their references."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calls import Value
from .registry import row


@row("relu6")
def relu6(g: Any, out: Value, x: Value) -> str:
    return g.node("Clip", x, g.number(0, x.dtype), g.number(6, x.dtype))


@row("hardtanh")
def hardtanh(g: Any, out: Value, x: Value, min_val: float, max_val: float) -> str:
    return g.node("Clip", x, g.number(min_val, x.dtype), g.number(max_val, x.dtype))


@row("leaky_relu")
def leaky_relu(g: Any, out: Value, x: Value, negative_slope: float) -> str:
    return g.node("LeakyRelu", x, alpha=float(negative_slope))


@row("elu")
def elu(g: Any, out: Value, x: Value, alpha: float) -> str:
    return g.node("Elu", x, alpha=float(alpha))


@row("selu")
def selu(g: Any, out: Value, x: Value) -> str:
    return g.node("Selu", x, alpha=1.6732632423543772, gamma=1.0507009873554805)


@row("gelu", opset=20)
def gelu(g: Any, out: Value, x: Value, approximate: str) -> str:
    return g.node("Gelu", x, approximate=approximate)


@row("mish", opset=18)
def mish(g: Any, out: Value, x: Value) -> str:
    return g.node("Mish", x)


@row("hardsigmoid")
def hardsigmoid(g: Any, out: Value, x: Value) -> str:
    return g.node("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@row("softplus", fits=lambda x, beta, threshold: beta > 0)
def softplus(g: Any, out: Value, x: Value, beta: float, threshold: float) -> str:
    scaled = x if beta == 1 else g.node("Mul", x, g.number(beta, x.dtype))
    bent = g.node("Softplus", scaled)
    bent = bent if beta == 1 else g.node("Div", bent, g.number(beta, x.dtype))
    return g.node("Where", g.node("Greater", scaled, g.number(threshold, x.dtype)), x, bent)


@row("threshold")
def threshold(g: Any, out: Value, x: Value, threshold: float, value: float) -> str:
    return g.node("Where", g.node("Greater", x, g.number(threshold, x.dtype)), x, g.number(value, x.dtype))


@row("hardshrink")
def hardshrink(g: Any, out: Value, x: Value, lambd: float) -> str:
    return g.node("Where", g.node("Greater", g.node("Abs", x), g.number(lambd, x.dtype)), x, g.number(0, x.dtype))


@row("softshrink")
def softshrink(g: Any, out: Value, x: Value, lambd: float) -> str:
    return g.node("Shrink", x, lambd=float(lambd), bias=float(lambd))


@row("rectified")
def rectified(g: Any, out: Value, x: Value, w: Value) -> str:
    return g.node("Where", g.node("Greater", x, g.number(0, x.dtype)), x, g.node("Mul", x, w))


def along(kind: str) -> Any:
    """The row of a softmax; a number, which ONNX takes none of, is made a line of one."""

    def add(g: Any, out: Value, x: Value, dim: int) -> str:
        given = g.operand(x, out.dtype)
        if x.ndim:
            return g.node(kind, given, axis=dim)
        return g.reshape(g.node(kind, g.reshape(given, [1]), axis=0), [])

    return add


row("softmax")(along("Softmax"))
row("log_softmax")(along("LogSoftmax"))


@row("dropout")
def dropout(g: Any, out: Value, x: Value, noise: Any) -> str:
    raise g.refuse("what is dropped is drawn anew by each call; call dropout with training=self.training")


@row("one_hot")
def one_hot(g: Any, out: Value, x: Value, num_classes: int) -> str:
    classes = g.constant(np.arange(out.array.shape[-1]))
    hot = g.node("Equal", g.node("Unsqueeze", g.operand(x, np.int64), g.ints(-1)), classes)
    return g.cast(hot, bool, out.dtype)
