"""Numbers made whole, and what division leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calls import Value
from .registry import row


@row("trunc")
def trunc(g: Any, out: Value, x: Value) -> str:
    if x.dtype.kind != "f":
        return g.node("Identity", x)
    return g.node("Mul", g.node("Sign", x), g.node("Floor", g.node("Abs", x)))


@row("frac")
def frac(g: Any, out: Value, x: Value) -> str:
    return g.node("Sub", x, trunc(g, out, x))


@row("round", fits=lambda x, decimals: decimals == 0)
def round(g: Any, out: Value, x: Value, decimals: int) -> str:
    return g.node("Round" if x.dtype.kind == "f" else "Identity", x)


@row("floor_divide")
def floor_divide(g: Any, out: Value, x: Any, y: Any) -> str:
    # Of integers, division in ONNX rounds towards zero.
    exact = out.dtype if out.dtype.kind == "f" else np.dtype(np.float64)
    made = g.node("Floor", g.node("Div", g.operand(x, exact), g.operand(y, exact)))
    return g.cast(made, exact, out.dtype)


@row("remainder")
def remainder(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y = g.operand(x, out.dtype), g.operand(y, out.dtype)
    if out.dtype.kind != "f":
        return g.node("Mod", x, y)
    return g.node("Sub", x, g.node("Mul", y, g.node("Floor", g.node("Div", x, y))))


@row("fmod")
def fmod(g: Any, out: Value, x: Any, y: Any) -> str:
    return g.node("Mod", g.operand(x, out.dtype), g.operand(y, out.dtype), fmod=1)
