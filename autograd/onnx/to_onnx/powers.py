"""Powers, exponentials and logarithms."""

from __future__ import annotations

import math
from typing import Any

from ..calls import Value
from .registry import row


@row("pow")
def pow(g: Any, out: Value, x: Any, exponent: Any) -> str:
    return g.node("Pow", g.operand(x, out.dtype), g.operand(exponent, out.dtype))


@row("square")
def square(g: Any, out: Value, x: Value) -> str:
    return g.node("Mul", x, x)


@row("rsqrt")
def rsqrt(g: Any, out: Value, x: Value) -> str:
    return g.node("Reciprocal", g.node("Sqrt", g.operand(x, out.dtype)))


@row("exp2")
def exp2(g: Any, out: Value, x: Value) -> str:
    return g.node("Pow", g.number(2, out.dtype), g.operand(x, out.dtype))


@row("expm1")
def expm1(g: Any, out: Value, x: Value) -> str:
    # 2·tanh(x/2)/(1 - tanh(x/2)) doesn't lose the digits of a small x.
    t = g.node("Tanh", g.node("Mul", g.operand(x, out.dtype), g.number(0.5, out.dtype)))
    small = g.node("Div", g.node("Mul", g.number(2, out.dtype), t), g.node("Sub", g.number(1, out.dtype), t))
    large = g.node("Sub", g.node("Exp", g.operand(x, out.dtype)), g.number(1, out.dtype))
    near = g.node("Less", g.node("Abs", t), g.number(0.25, out.dtype))
    return g.node("Where", near, small, large)


@row("log1p")
def log1p(g: Any, out: Value, x: Any) -> str:
    # log(u)·x/(u - 1) for u = 1 + x makes up for the digits of x that are lost in u (Higham, 2002).
    x = x if isinstance(x, str) else g.operand(x, out.dtype)
    one = g.number(1, out.dtype)
    u = g.node("Add", x, one)
    rest = g.node("Sub", u, one)
    lost = g.node("Equal", rest, g.number(0, out.dtype))
    ratio = g.node("Div", x, g.node("Where", lost, one, rest))
    endless = g.node("IsInf", u)
    scaled = g.node("Mul", g.node("Log", u), g.node("Where", endless, one, ratio))
    return g.node("Where", lost, x, scaled)


@row("xlogy")
def xlogy(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y, zero = g.operand(x, out.dtype), g.operand(y, out.dtype), g.number(0, out.dtype)
    # 0 where x is, but for a y that is NaN.
    nothing = g.node("And", g.node("Equal", x, zero), g.node("Not", g.node("IsNaN", y)))
    return g.node("Where", nothing, zero, g.node("Mul", x, g.node("Log", y)))


@row("entr")
def entr(g: Any, out: Value, x: Value) -> str:
    x, zero = g.operand(x, out.dtype), g.number(0, out.dtype)
    made = g.node("Neg", g.node("Mul", x, g.node("Log", x)))
    made = g.node("Where", g.node("Equal", x, zero), zero, made)
    return g.node("Where", g.node("Less", x, zero), g.number(-math.inf, out.dtype), made)


@row("logit")
def logit(g: Any, out: Value, x: Value, eps: float | None) -> str:
    one, made = g.number(1, out.dtype), g.operand(x, out.dtype)
    if eps is not None:
        made = g.node("Clip", made, g.number(eps, out.dtype), g.number(1 - eps, out.dtype))
    return g.node("Log", g.node("Div", made, g.node("Sub", one, made)))


@row("log2")
def log2(g: Any, out: Value, x: Value) -> str:
    return g.node("Div", g.node("Log", g.operand(x, out.dtype)), g.number(math.log(2), out.dtype))


@row("log10")
def log10(g: Any, out: Value, x: Value) -> str:
    return g.node("Div", g.node("Log", g.operand(x, out.dtype)), g.number(math.log(10), out.dtype))


@row("logaddexp")
def logaddexp(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y = (one if isinstance(one, str) else g.operand(one, out.dtype) for one in (x, y))
    apart = g.node("Neg", g.node("Abs", g.node("Sub", x, y)))
    # Of equal infinities the difference is NaN.
    apart = g.node("Where", g.node("Equal", x, y), g.number(0, out.dtype), apart)
    return g.node("Add", g.node("Max", x, y), log1p(g, out, g.node("Exp", apart)))


@row("logaddexp2")
def logaddexp2(g: Any, out: Value, x: Any, y: Any) -> str:
    base = g.number(math.log(2), out.dtype)
    made = logaddexp(g, out, *[g.node("Mul", g.operand(one, out.dtype), base) for one in (x, y)])
    return g.node("Div", made, base)


@row("xlog1py")
def xlog1py(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y, zero = g.operand(x, out.dtype), g.operand(y, out.dtype), g.number(0, out.dtype)
    nothing = g.node("And", g.node("Equal", x, zero), g.node("Not", g.node("IsNaN", y)))
    return g.node("Where", nothing, zero, g.node("Mul", x, log1p(g, out, y)))
