"""Functions for which there are no nodes, as series and rational functions of those that there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calls import Value
from .registry import row


def polynomial(g: Any, x: str, coefficients: Sequence[float], dtype: Any) -> str:
    """Horner's scheme, the highest power first."""
    made = g.number(coefficients[0], dtype)
    for one in coefficients[1:]:
        made = g.node("Add", g.node("Mul", made, x), g.number(one, dtype))
    return str(made)


class Arithmetic:
    """Nodes on names and numbers of float64, in which what nearly cancels keeps enough digits."""

    def __init__(self, g: Any) -> None:
        self.g = g

    def __call__(self, kind: str, *operands: Any) -> str:
        given = [self.g.number(one, np.float64) if isinstance(one, (int, float)) else one for one in operands]
        return str(self.g.node(kind, *given))


def above(do: Arithmetic, x: str, largest: float) -> tuple[str, list[str]]:
    """``x`` raised by whole numbers until it is past ``largest``, in steps of 1 where it is not, and each step's x."""
    steps = []
    for _ in range(math.ceil(largest) + 1):
        steps.append(x)
        x = do("Where", do("Less", x, largest), do("Add", x, 1), x)
    return x, steps


def reflected(do: Arithmetic, g: Any, x: str) -> tuple[str, str]:
    """Whether ``x`` is below 1/2, and it or there ``1 - x``."""
    low = do("Less", x, 0.5)
    return low, do("Where", low, do("Sub", 1, x), x)


def from_seven(g: Any, x: Value) -> tuple[Any, ...]:
    """What both series below need: the argument, in float64 and reflected, and the steps from there to 7."""
    do, given = Arithmetic(g), g.operand(x, np.float64)
    low, y = reflected(do, g, given)
    return do, given, low, y, *above(do, y, 7)


@row("lgamma")
def lgamma(g: Any, out: Value, x: Value) -> str:
    """Stirling's series from 7 on; below, ln of the product that leads there; below 1/2 by the reflection."""
    do, given, low, y, far, steps = from_seven(g, x)
    product = g.number(1, np.float64)
    for one in steps:
        product = do("Where", do("Less", one, 7), do("Mul", product, one), product)
    inverse = do("Reciprocal", far)
    series = polynomial(g, do("Mul", inverse, inverse), (-1 / 1680, 1 / 1260, -1 / 360, 1 / 12), np.float64)
    made = do("Mul", do("Sub", far, 0.5), do("Log", far))
    made = do("Add", do("Sub", made, far), do("Add", 0.5 * math.log(2 * math.pi), do("Mul", series, inverse)))
    made = do("Sub", made, do("Log", product))
    made = do("Where", g.node("IsInf", y), math.inf, made)
    around = do("Sub", given, do("Floor", given))
    other = do("Sub", do("Log", do("Div", math.pi, do("Abs", do("Sin", do("Mul", math.pi, around))))), made)
    other = do("Where", g.node("IsInf", y), math.inf, other)
    other = do("Where", do("Equal", around, 0), math.inf, other)
    return g.cast(do("Where", low, other, made), np.float64, out.dtype)


@row("digamma")
def digamma(g: Any, out: Value, x: Value) -> str:
    """The series in 1/x from 7 on; below, with 1/x of each step that leads there; below 1/2 by the reflection."""
    do, given, low, _, far, steps = from_seven(g, x)
    lost = g.number(0, np.float64)
    for one in steps:
        lost = do("Where", do("Less", one, 7), do("Add", lost, do("Reciprocal", one)), lost)
    inverse = do("Reciprocal", far)
    square = do("Mul", inverse, inverse)
    series = polynomial(g, square, (1 / 240, -1 / 252, 1 / 120, -1 / 12), np.float64)
    made = do("Sub", do("Add", do("Log", far), do("Mul", -0.5, inverse)), lost)
    made = do("Add", made, do("Mul", series, square))
    around = do("Mul", math.pi, do("Sub", given, do("Floor", given)))
    slope = do("Div", do("Cos", around), do("Sin", around))
    other = do("Sub", made, do("Mul", math.pi, slope))
    other = do("Where", do("Equal", around, 0), math.nan, other)
    other = do("Where", do("Equal", given, 0), do("Neg", do("Reciprocal", given)), other)
    return g.cast(do("Where", low, other, made), np.float64, out.dtype)


def of_erf(g: Any, x: Value, dtype: Any) -> str:
    """Φ, from the side on which erf is small."""
    half = g.node("Mul", g.operand(x, dtype), g.number(math.sqrt(0.5), dtype))
    return str(g.node("Mul", g.number(0.5, dtype), g.node("Add", g.number(1, dtype), g.node("Erf", half))))


@row("ndtr")
def ndtr(g: Any, out: Value, x: Value) -> str:
    return of_erf(g, x, out.dtype)


# Of Mike Giles, Approximating the erfinv function (2010): polynomials in -ln(1 - x²), or in its root where that is big.
NEAR = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
    0.246640727, 1.50140941,
)  # fmt: skip
FAR = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
    1.00167406, 2.83297682,
)  # fmt: skip


def inverse_of_erf(g: Any, x: str, left: str) -> str:
    """Where erf is ``x``, of float64; left: 1 - x²."""
    do = Arithmetic(g)
    w = do("Neg", do("Log", left))
    near = polynomial(g, do("Sub", w, 2.5), NEAR, np.float64)
    far = polynomial(g, do("Sub", do("Sqrt", do("Max", w, 5)), 3), FAR, np.float64)
    made = do("Mul", do("Where", do("Less", w, 5), near, far), x)
    return do("Where", do("Equal", left, 0), do("Mul", do("Sign", x), math.inf), made)


@row("erfinv")
def erfinv(g: Any, out: Value, x: Value) -> str:
    do, given = Arithmetic(g), g.operand(x, np.float64)
    left = do("Mul", do("Sub", 1, given), do("Add", 1, given))
    return g.cast(inverse_of_erf(g, given, left), np.float64, out.dtype)


@row("ndtri")
def ndtri(g: Any, out: Value, x: Value) -> str:
    do, given = Arithmetic(g), g.operand(x, np.float64)
    left = do("Mul", 4, do("Mul", given, do("Sub", 1, given)))
    made = inverse_of_erf(g, do("Sub", do("Mul", 2, given), 1), left)
    return g.cast(do("Mul", math.sqrt(2), made), np.float64, out.dtype)
