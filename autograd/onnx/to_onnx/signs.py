"""What numbers are: infinite, missing, positive or negative."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..calls import Value
from .elementwise import floats, of_two
from .registry import row


def infinite(positive: bool) -> Any:
    """The row of whether elements are infinite, of one sign."""
    return lambda g, out, x: g.node(
        "IsInf", floats(g, x), detect_positive=int(positive), detect_negative=int(not positive)
    )


row("isposinf")(infinite(True))
row("isneginf")(infinite(False))


def present(kind: str) -> Any:
    """The row of the larger or smaller of two, where NaN counts as missing."""

    def add(g: Any, out: Value, x: Any, y: Any) -> str:
        if out.dtype.kind != "f":
            return of_two(kind)(g, out, x, y)
        x, y = g.operand(x, out.dtype), g.operand(y, out.dtype)
        either = g.node("Where", g.node("IsNaN", y), x, g.node(kind, x, y))
        return g.node("Where", g.node("IsNaN", x), y, either)

    return add


row("fmax")(present("Max"))
row("fmin")(present("Min"))


@row("isfinite")
def isfinite(g: Any, out: Value, x: Value) -> str:
    numbers = floats(g, x)
    return g.node("Not", g.node("Or", g.node("IsNaN", numbers), g.node("IsInf", numbers)))


@row("nan_to_num")
def nan_to_num(g: Any, out: Value, x: Value, nan: Any, posinf: Any, neginf: Any) -> str:
    if out.dtype.kind != "f":
        return g.node("Identity", x)
    ends = np.finfo(out.dtype)
    made = g.node("Where", g.node("IsNaN", x), g.number(nan or 0.0, out.dtype), x)
    for value, default, positive in ((posinf, ends.max, 1), (neginf, ends.min, 0)):
        there = g.node("IsInf", x, detect_positive=positive, detect_negative=1 - positive)
        made = g.node("Where", there, g.number(default if value is None else value, out.dtype), made)
    return made


@row("atan2")
def atan2(g: Any, out: Value, x: Any, y: Any) -> Any:
    # Of the slope in the right half, half a turn further in the left, and a quarter turn where there is no slope.
    x, y = g.operand(x, out.dtype), g.operand(y, out.dtype)
    zero, half = g.number(0, out.dtype), g.number(math.pi, out.dtype)
    angle = g.node("Atan", g.node("Div", x, y))
    turn = g.node("Where", g.node("Less", x, zero), g.node("Neg", half), half)
    angle = g.node("Where", g.node("Less", y, zero), g.node("Add", angle, turn), angle)
    quarter = g.node("Mul", g.node("Sign", x), g.number(math.pi / 2, out.dtype))
    return g.node("Where", g.node("Equal", y, zero), quarter, angle)


def negative(g: Any, x: str, dtype: Any) -> str:
    """Whether floats are negative, as -0, of which the reciprocal is -inf, is too."""
    zero = g.number(0, dtype)
    below = g.node("And", g.node("Equal", x, zero), g.node("Less", g.node("Reciprocal", x), zero))
    return str(g.node("Or", g.node("Less", x, zero), below))


@row("signbit")
def signbit(g: Any, out: Value, x: Value) -> str:
    if x.dtype.kind == "f":
        return negative(g, g.name(x), x.dtype)
    numbers = g.operand(x, np.int64)
    return g.node("Less", numbers, g.number(0, np.int64))


@row("copysign")
def copysign(g: Any, out: Value, x: Any, y: Any) -> str:
    size = g.node("Abs", g.operand(x, out.dtype))
    return g.node("Where", negative(g, g.operand(y, out.dtype), out.dtype), g.node("Neg", size), size)


@row("isreal")
def isreal(g: Any, out: Value, x: Value) -> str:
    return g.node("Expand", g.constant(np.array(True)), g.node("Shape", x))


@row("isclose")
def isclose(g: Any, out: Value, x: Value, y: Value, rtol: float, atol: float, equal_nan: bool) -> str:
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    one, other = g.operand(x, dtype), g.operand(y, dtype)
    apart = g.node("Abs", g.node("Sub", one, other))
    allowed = g.node("Mul", g.number(rtol, dtype), g.node("Abs", other))
    near = g.node("LessOrEqual", apart, g.node("Add", g.number(atol, dtype), allowed))
    # What is infinite is close to itself only.
    near = g.node("And", near, g.node("Not", g.node("IsInf", apart)))
    near = g.node("Or", near, g.node("Equal", one, other))
    return g.node("Or", near, g.node("And", *[g.node("IsNaN", end) for end in (one, other)])) if equal_nan else near


@row("heaviside")
def heaviside(g: Any, out: Value, x: Any, values: Any) -> str:
    given, zero = g.operand(x, out.dtype), g.number(0, out.dtype)
    step = g.cast(g.node("Greater", given, zero), bool, out.dtype)
    return g.node("Where", g.node("Equal", given, zero), g.operand(values, out.dtype), step)
