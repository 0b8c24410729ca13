"""Ops that work element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..calls import Value
from .registry import row

ONE_TO_ONE = {
    "abs": "Abs",
    "acos": "Acos",
    "acosh": "Acosh",
    "asin": "Asin",
    "asinh": "Asinh",
    "atan": "Atan",
    "atanh": "Atanh",
    "ceil": "Ceil",
    "clone": "Identity",
    "contiguous": "Identity",
    "cos": "Cos",
    "cosh": "Cosh",
    "erf": "Erf",
    "exp": "Exp",
    "flatly": "Identity",
    "floor": "Floor",
    "hardswish": "HardSwish",
    "identity": "Identity",
    "isnan": "IsNaN",
    "isinf": "IsInf",
    "log": "Log",
    "logical_not": "Not",
    "neg": "Neg",
    "positive": "Identity",
    "reciprocal": "Reciprocal",
    "sigmoid": "Sigmoid",
    "sign": "Sign",
    "sin": "Sin",
    "sinh": "Sinh",
    "sqrt": "Sqrt",
    "tan": "Tan",
    "tanh": "Tanh",
}
# Integers are what these make of them.
ROUNDING = ("ceil", "floor", "round", "trunc")
OF_TWO = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "maximum": "Max", "minimum": "Min"}
COMPARISONS = {"eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual"}
LOGICAL = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}
BITWISE = {"bitwise_and": "BitwiseAnd", "bitwise_or": "BitwiseOr", "bitwise_xor": "BitwiseXor"}


def one_to_one(kind: str, given: Any) -> Any:
    """The row of an op that is a node: of integers, where the result is of floats, these are made floats first."""

    def add(g: Any, out: Value, x: Value) -> str:
        if given in ROUNDING and x.dtype.kind != "f":
            return g.node("Identity", x)
        if given in ("isnan", "isinf"):
            return g.node(kind, floats(g, x))
        return g.node(kind, g.operand(x, bool if given == "logical_not" else out.dtype))

    return add


def floats(g: Any, x: Value) -> str:
    """``x`` as floats, for nodes that take no integers."""
    return str(g.operand(x, x.dtype if x.dtype.kind == "f" else np.float32))


def of_two(kind: str) -> Any:
    """The row of an op on two operands that have the dtype of the result. Of bools the larger is whether one holds."""

    def add(g: Any, out: Value, x: Any, y: Any) -> str:
        name = {"Max": "Or", "Min": "And", "Mul": "And", "Add": "Or"}.get(kind, kind) if out.dtype.kind == "b" else kind
        return g.node(name, g.operand(x, out.dtype), g.operand(y, out.dtype))

    return add


def common(x: Any, y: Any) -> np.dtype[Any]:
    """The dtype in which two operands, one of which may be a number, are compared."""
    arrays = [one.array if isinstance(one, Value) else one for one in (x, y)]
    return np.result_type(*arrays)


def compared(kind: str) -> Any:
    """The row of a comparison. Bools are compared as numbers."""

    def add(g: Any, out: Value, x: Any, y: Any) -> str:
        dtype = common(x, y)
        dtype = np.dtype(np.int32) if dtype.kind == "b" else dtype
        return g.node(kind, g.operand(x, dtype), g.operand(y, dtype))

    return add


def logical(kind: str) -> Any:
    return lambda g, out, x, y: g.node(kind, g.operand(x, bool), g.operand(y, bool))


def bitwise(kind: str) -> Any:
    """Of bools it is logical."""

    def add(g: Any, out: Value, x: Any, y: Any) -> str:
        name = kind.removeprefix("Bitwise") if out.dtype == bool else kind
        return g.node(name, g.operand(x, out.dtype), g.operand(y, out.dtype))

    return add


for _name, _kind in ONE_TO_ONE.items():
    row(_name)(one_to_one(_kind, _name))
for _name, _kind in OF_TWO.items():
    row(_name)(of_two(_kind))
for _name, _kind in COMPARISONS.items():
    row(_name)(compared(_kind))
for _name, _kind in LOGICAL.items():
    row(_name)(logical(_kind))
for _name, _kind in BITWISE.items():
    row(_name, opset=18)(bitwise(_kind))


@row("relu")
def relu(g: Any, out: Value, x: Value) -> str:
    return g.node("Relu", x) if x.dtype.kind == "f" else g.node("Max", x, g.number(0, x.dtype))


@row("ne")
def ne(g: Any, out: Value, x: Any, y: Any) -> str:
    return g.node("Not", compared("Equal")(g, out, x, y))


@row("bitwise_not", opset=18)
def bitwise_not(g: Any, out: Value, x: Value) -> str:
    return g.node("Not" if x.dtype == bool else "BitwiseNot", x)


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


@row("erfc")
def erfc(g: Any, out: Value, x: Value) -> str:
    return g.node("Sub", g.number(1, out.dtype), g.node("Erf", g.operand(x, out.dtype)))


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


@row("deg2rad")
def deg2rad(g: Any, out: Value, x: Value) -> str:
    return g.node("Mul", g.operand(x, out.dtype), g.number(math.pi / 180, out.dtype))


@row("rad2deg")
def rad2deg(g: Any, out: Value, x: Value) -> str:
    return g.node("Mul", g.operand(x, out.dtype), g.number(180 / math.pi, out.dtype))


@row("hypot")
def hypot(g: Any, out: Value, x: Any, y: Any) -> str:
    squares = [g.node("Mul", one, one) for one in (g.operand(x, out.dtype), g.operand(y, out.dtype))]
    return g.node("Sqrt", g.node("Add", *squares))


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


@row("lerp")
def lerp(g: Any, out: Value, x: Any, end: Any, weight: Any) -> str:
    x, end, weight = (g.operand(one, out.dtype) for one in (x, end, weight))
    return g.node("Add", x, g.node("Mul", weight, g.node("Sub", end, x)))


@row("where")
def where(g: Any, out: Value, condition: Any, x: Any, y: Any) -> str:
    return g.node("Where", g.operand(condition, bool), g.operand(x, out.dtype), g.operand(y, out.dtype))


@row("masked_fill")
def masked_fill(g: Any, out: Value, x: Value, mask: Any, value: Any) -> str:
    return g.node("Where", g.operand(mask, bool), g.operand(value, out.dtype), g.operand(x, out.dtype))


@row("clamp")
def clamp(g: Any, out: Value, x: Value, min: Any, max: Any) -> str:
    made = g.operand(x, out.dtype)
    for kind, end in (("Max", min), ("Min", max)):
        made = made if end is None else g.node(kind, made, g.operand(end, out.dtype))
    return made


@row("logaddexp")
def logaddexp(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y = (one if isinstance(one, str) else g.operand(one, out.dtype) for one in (x, y))
    apart = g.node("Neg", g.node("Abs", g.node("Sub", x, y)))
    # Of equal infinities the difference is NaN.
    apart = g.node("Where", g.node("Equal", x, y), g.number(0, out.dtype), apart)
    return g.node("Add", g.node("Max", x, y), log1p(g, out, g.node("Exp", apart)))


@row("cast")
def cast(g: Any, out: Value, x: Value, dtype: Any) -> str:
    return g.cast(x, x.dtype, out.dtype)


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


@row("logaddexp2")
def logaddexp2(g: Any, out: Value, x: Any, y: Any) -> str:
    base = g.number(math.log(2), out.dtype)
    made = logaddexp(g, out, *[g.node("Mul", g.operand(one, out.dtype), base) for one in (x, y)])
    return g.node("Div", made, base)


@row("sinc")
def sinc(g: Any, out: Value, x: Value) -> str:
    turn = g.node("Mul", g.operand(x, out.dtype), g.number(math.pi, out.dtype))
    middle, one = g.node("Equal", turn, g.number(0, out.dtype)), g.number(1, out.dtype)
    return g.node("Where", middle, one, g.node("Div", g.node("Sin", turn), g.node("Where", middle, one, turn)))


@row("xlog1py")
def xlog1py(g: Any, out: Value, x: Any, y: Any) -> str:
    x, y, zero = g.operand(x, out.dtype), g.operand(y, out.dtype), g.number(0, out.dtype)
    nothing = g.node("And", g.node("Equal", x, zero), g.node("Not", g.node("IsNaN", y)))
    return g.node("Where", nothing, zero, g.node("Mul", x, log1p(g, out, y)))


def power_of_two(g: Any, y: Any, dtype: Any) -> str:
    return str(g.cast(g.node("Pow", g.number(2, np.int64), g.operand(y, np.int64)), np.int64, dtype))


@row("bitwise_left_shift")
def bitwise_left_shift(g: Any, out: Value, x: Any, y: Any) -> str:
    return g.node("Mul", g.operand(x, out.dtype), power_of_two(g, y, out.dtype))


@row("bitwise_right_shift")
def bitwise_right_shift(g: Any, out: Value, x: Any, y: Any) -> str:
    # What the division leaves is taken off first: it rounds towards zero.
    given, by = g.operand(x, np.int64), power_of_two(g, y, np.int64)
    made = g.node("Div", g.node("Sub", given, g.node("Mod", given, by)), by)
    return g.cast(made, np.int64, out.dtype)


@row("shifted")
def shifted(g: Any, out: Value, x: Any, exponent: Any) -> str:
    return g.node("Mul", g.operand(x, out.dtype), g.node("Pow", g.number(2, out.dtype), g.operand(exponent, out.dtype)))
