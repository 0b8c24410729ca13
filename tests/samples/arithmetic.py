"""Rows of arithmetic on two numbers, and of what is composed of it, element by element."""

import operator
from typing import Any

import numpy as np
import scipy.special

from .arrays import BOOLS, NAN_AND_ONE, SPECIAL, floats, gapped, integers, real
from .elementwise import NO_INTEGERS, binary, infix, tensor_first
from .rows import Failure, Sample, edge, fails, not_in_torch, row, smooth, typed, value

row(
    "add", np.add,
    *binary(),
    typed("bool", BOOLS, BOOLS[0]),
    torch=infix(operator.add),
)  # fmt: skip
row(
    "sub", np.subtract,
    *[c for c in binary() if c.args[0] is not BOOLS],
    fails(RuntimeError, "two bool tensors is not supported", BOOLS, BOOLS),
    fails(RuntimeError, "with a bool tensor is not supported", BOOLS, 2),
    torch=infix(operator.sub),
)  # fmt: skip
row("mul", np.multiply, *binary(), typed("bool", BOOLS, BOOLS[0]), torch=infix(operator.mul))
row(
    "div", np.divide,
    *binary(0.3, 2.0, ints="float32"),
    typed("float32", integers(1, -1, 0), integers(0, 0, 0)),
    typed("float32", BOOLS, BOOLS),
    torch=infix(operator.truediv),
)  # fmt: skip
row(
    "floor_divide", np.floor_divide,
    *binary(0.3, 2.0),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), 0),
    torch=tensor_first("div", rounding_mode="floor"),
)  # fmt: skip
row(
    "remainder", np.remainder,
    *binary(0.3, 2.0),
    smooth(floats(-3.3, 3.3, -3.3, 3.3), floats(2.0, 2.0, -2.0, -2.0)),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    torch=tensor_first("remainder"),
)  # fmt: skip
row(
    "fmod", np.fmod,
    *binary(0.3, 2.0),
    smooth(floats(-3.3, 3.3, -3.3, 3.3), floats(2.0, 2.0, -2.0, -2.0)),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    fails(NotImplementedError, "not implemented for bool", BOOLS, BOOLS),
    torch=tensor_first("fmod"),
)  # fmt: skip


def power(x, y):
    if np.result_type(x, y).kind == "i":
        return np.trunc(np.float64(x) ** y).astype(np.result_type(x, y))
    return x**y


row(
    "pow", power,
    *binary(0.3, 2.0),
    *[smooth(real(2, 3), number) for number in (3, 0, 1, -2)],
    smooth(real(2, 3, low=0.3), 0.5),
    smooth(real(2, 3), 2.0),
    *[edge(SPECIAL, number) for number in (0, 1, 2, 3, -1)],
    value(SPECIAL, 0.5),  # its slope is that of sqrt in PyTorch, another one at -inf and -0
    not_in_torch(value(SPECIAL, -0.5)),  # 1/sqrt there, another number at -inf and -0
    *[edge(number, SPECIAL) for number in (0.0, 1.0, 2.0)],
    typed("int64", integers(2, -3), integers(3, 2)),
    typed("bool", BOOLS, True),
    typed("int64", integers(1, -1, -1, 2, -3, 2), integers(-1, -3, -2, -1, -2, 3)),
    typed("int64", 2, integers(-1, 3)),
    typed("int32", 2, integers(-1, 3, dtype="int32")),
    typed("int64", integers(1, 2), np.array(-1)),
    fails(RuntimeError, "negative integer powers", integers(1, 2), -1),
    torch=infix(operator.pow),
)  # fmt: skip
for name, reference in (("logaddexp", np.logaddexp), ("logaddexp2", np.logaddexp2)):
    row(name, reference, *binary(ints="", numbers=False), NO_INTEGERS)
row(
    "lerp", lambda x, end, weight: x * (1 - weight) + end * weight,
    smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
    smooth(real(2, 3), real(3, seed=1), real(2, 1, seed=2)),
    smooth(real(), real(seed=1), real(seed=2)),
    smooth(real(2, 3), real(2, 3, seed=1), 0.3),
    smooth(real(2, 3), real(2, 3, seed=1), 0.7),
    smooth(real(0), real(0), 2),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2), 1),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2), 0.5),
    fails(RuntimeError, "of one dtype", real(2), real(2).astype("float32"), 0.5),
)  # fmt: skip


def composed(calls: list[Any]) -> list[Any]:
    """The calls without those that fail: what their messages say is up to the ops that a function is composed of."""
    return [call for call in calls if isinstance(call, Sample)]


def rsub(torch: Any, x: Any, y: Any, alpha: Any = 1) -> Any:
    return y - alpha * x


row(
    "rsub", lambda x, y, alpha=1: y - alpha * x, *composed(binary()), smooth(real(2), real(3, 1), alpha=0.5), torch=rsub
)
for name, quotient in (("addcmul", operator.mul), ("addcdiv", operator.truediv)):
    row(
        name, lambda x, y, z, value=1, quotient=quotient: x + value * quotient(y, z),
        smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
        smooth(real(2, 3), real(3, seed=1), real(2, 1, seed=2), value=0.5),
        smooth(real(), real(2, seed=1), real(seed=2), value=-2),
        smooth(real(0, 2), real(1, 2), real(2)),
        typed("float64", real(2).astype("float32"), floats(1.5, 2.5), floats(3, 4)),
    )  # fmt: skip
row(
    "float_power", lambda x, y: np.float64(x) ** y,
    *composed(binary(0.3, 2.0, ints="float64", floating="float64")),
    typed("float64", BOOLS, BOOLS),
    result="float64",
)  # fmt: skip
row(
    "ldexp", lambda x, y: x * 2.0**y,
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(), real(seed=1)),
    typed("float32", integers(1, 2), integers(3, -1)),
    typed("float32", real(2).astype("float32"), integers(3, 1)),
    typed("float64", real(2), integers(3, 1)),
    typed("float16", np.full(2, 0.001, "float16"), integers(20, 1)),
)  # fmt: skip
row(
    "frexp", np.frexp,
    smooth(real(2, 3)),
    smooth(real()),
    smooth(real(3, 2).T),
    smooth(real(0)),
    value(SPECIAL),
    typed("float64", floats(1e-310, 1e300)),
    value(NAN_AND_ONE),
    fails(RuntimeError, "only supports floating-point", integers(1, 2)),
)  # fmt: skip
row(
    "polygamma", lambda n, x: scipy.special.polygamma(n, x),
    smooth(2, real(3, low=0.5, high=3)),
    not_in_torch(smooth(0, real(low=0.5, high=3))),  # see lgamma in special.py
)  # fmt: skip
row(
    "mvlgamma", lambda x, p: np.vectorize(lambda x: scipy.special.multigammaln(x, p))(x),
    smooth(real(2, 3, low=2.1, high=5), 3),
    smooth(real(low=2.1, high=5), p=1),
    typed("float32", integers(3, 4), 2),
    fails(RuntimeError, "greater than or equal to 1", real(2), 0),
)  # fmt: skip
row(
    "fill", lambda x, value: np.full_like(x, value),
    smooth(real(2, 3), 1.5),
    smooth(real(2, 3), real(seed=1)),
    smooth(real(), real(seed=1)),
    smooth(real(0), -0.0),
    typed("int64", integers(1, 2), 1.5),
    typed("bool", BOOLS, 2),
    typed("float32", real(2).astype("float32"), real()),
    fails(RuntimeError, "0-dimensional value", real(2), real(2)),
)  # fmt: skip
row(
    "where", np.where,
    smooth(BOOLS, real(2, 3), real(2, 3, seed=1)),
    typed("int64", BOOLS, 1, 2),
    smooth(BOOLS[0], real(2, 1), real(3, seed=1)),
    smooth(BOOLS.T, real(), real(2, seed=1)),
    smooth(np.array(True), real(), real(seed=1)),
    smooth(BOOLS[0], real(0, 3), real()),
    smooth(gapped(BOOLS), real(3, 2).T, real(2, 3, seed=1)),
    smooth(BOOLS, real(2, 3), 0.5),
    smooth(BOOLS, 0.5, real(3)),
    edge(np.arange(10) % 2 == 0, SPECIAL, -SPECIAL),
    typed("float32", BOOLS, 1.0, 2.0),
    typed("int64", BOOLS, 1, 2),
    typed("int64", BOOLS, integers(1, 2, 3), integers(4, 5, 6)),
    typed("float32", BOOLS, integers(1, 2, 3), 0.5),
    typed("float64", BOOLS, real(3).astype("float32"), real(3)),
    typed("float32", BOOLS, real(3).astype("float32"), real()),
    fails(RuntimeError, "must match the size", BOOLS, real(2), real(2)),
    fails(RuntimeError, "bool", real(2), real(2), real(2)),
    fails(RuntimeError, "bool", integers(0, 1), real(2), real(2)),
)  # fmt: skip


def one_bound() -> list[Sample | Failure]:
    return [
        smooth(real(2, 3), 0.4),
        smooth(real(), -1),
        smooth(real(2, 3), real(3, seed=1)),
        smooth(real(3, 2).T, real(2, 1, seed=1)),
        edge(SPECIAL, 0.5),
        edge(floats(1, 2, 3), floats(1, 1, 4)),
        typed("int64", integers(1, 5), 2),
        typed("float32", integers(1, 5), 2.5),
    ]


row("clamp_min", np.maximum, *one_bound(), torch="clamp_min")
row("clamp_max", np.minimum, *one_bound(), torch="clamp_max")
