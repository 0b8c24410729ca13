"""Rows of functions of one number, element by element."""

import numpy as np

from .arrays import BOOLS, real
from .elementwise import unary
from .rows import fails, row, smooth


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


for name, reference in (("exp", np.exp), ("expm1", np.expm1), ("exp2", np.exp2), ("sigmoid", sigmoid)):
    row(name, reference, *unary())
row("log", np.log, *unary(0.1, 3))
row("log1p", np.log1p, *unary(-0.8, 3))
row("log2", np.log2, *unary(0.1, 3))
row("log10", np.log10, *unary(0.1, 3))
row("sqrt", np.sqrt, *unary(0.1, 3))
row("rsqrt", lambda x: 1 / np.sqrt(x), *unary(0.1, 3))
row("reciprocal", lambda x: 1 / x, *unary(0.3, 3))
row("abs", np.abs, *unary(ints="same", bools=""), fails(NotImplementedError, "not implemented for bool", BOOLS))
row("sign", lambda x: x if x.dtype == bool else np.nan_to_num(np.sign(x)), *unary(ints="same", bools="bool"))
row("zero", np.zeros_like, *unary(ints="same", bools="bool"), torch=None)
row("square", np.square, *unary(ints="same", bools="int64"))
row(
    "neg", np.negative,
    *unary(ints="same", bools=""),
    fails(RuntimeError, "on a bool tensor is not supported", BOOLS),
)  # fmt: skip
row(
    "positive", np.positive,
    *unary(ints="same", bools=""),
    fails(RuntimeError, "on a bool tensor is not supported", BOOLS),
)  # fmt: skip
row("shifted", np.ldexp, smooth(real(2, 3), np.arange(3)), smooth(real(), np.array(-1)), torch=None)
