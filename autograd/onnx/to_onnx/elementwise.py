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


for _name, _kind in ONE_TO_ONE.items():
    row(_name)(one_to_one(_kind, _name))
for _name, _kind in OF_TWO.items():
    row(_name)(of_two(_kind))
for _name, _kind in COMPARISONS.items():
    row(_name)(compared(_kind))
for _name, _kind in LOGICAL.items():
    row(_name)(logical(_kind))


@row("relu")
def relu(g: Any, out: Value, x: Value) -> str:
    return g.node("Relu", x) if x.dtype.kind == "f" else g.node("Max", x, g.number(0, x.dtype))


@row("ne")
def ne(g: Any, out: Value, x: Any, y: Any) -> str:
    return g.node("Not", compared("Equal")(g, out, x, y))


@row("erfc")
def erfc(g: Any, out: Value, x: Value) -> str:
    return g.node("Sub", g.number(1, out.dtype), g.node("Erf", g.operand(x, out.dtype)))


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


@row("cast")
def cast(g: Any, out: Value, x: Value, dtype: Any) -> str:
    return g.cast(x, x.dtype, out.dtype)


@row("sinc")
def sinc(g: Any, out: Value, x: Value) -> str:
    turn = g.node("Mul", g.operand(x, out.dtype), g.number(math.pi, out.dtype))
    middle, one = g.node("Equal", turn, g.number(0, out.dtype)), g.number(1, out.dtype)
    return g.node("Where", middle, one, g.node("Div", g.node("Sin", turn), g.node("Where", middle, one, turn)))
