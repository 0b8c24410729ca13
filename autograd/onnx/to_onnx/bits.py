"""Integers bit by bit, and their shifts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calls import Value
from .registry import row

BITWISE = {"bitwise_and": "BitwiseAnd", "bitwise_or": "BitwiseOr", "bitwise_xor": "BitwiseXor"}


def bitwise(kind: str) -> Any:
    """Of bools it is logical."""

    def add(g: Any, out: Value, x: Any, y: Any) -> str:
        name = kind.removeprefix("Bitwise") if out.dtype == bool else kind
        return g.node(name, g.operand(x, out.dtype), g.operand(y, out.dtype))

    return add


for _name, _kind in BITWISE.items():
    row(_name, opset=18)(bitwise(_kind))


@row("bitwise_not", opset=18)
def bitwise_not(g: Any, out: Value, x: Value) -> str:
    return g.node("Not" if x.dtype == bool else "BitwiseNot", x)


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
