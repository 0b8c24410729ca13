"""Rows of ops whose result is True or False."""

import numpy as np

from .arrays import BOOLS, floats, integers, real
from .elementwise import SPECIAL_X, SPECIAL_Y, binary, tensor_first, unary
from .rows import edge, fails, row, smooth, typed

for name, reference in (
    ("isnan", np.isnan), ("isinf", np.isinf), ("isfinite", np.isfinite), ("logical_not", np.logical_not),
    ("isposinf", np.isposinf), ("isneginf", np.isneginf), ("isreal", np.isreal), ("signbit", np.signbit),
):  # fmt: skip
    row(name, reference, *unary(ints="bool", bools="bool"), result="bool")
row(
    "isclose", np.isclose,
    smooth(floats(1, 2, 3), floats(1, 2 + 1e-6, 3.1)),
    smooth(floats(1, 2, 3), floats(1, 2.1, 3.1), rtol=0.04),
    smooth(floats(1, 2, 3), floats(1, 2.1, 3.2), 0, 0.15),
    smooth(SPECIAL_X, SPECIAL_Y),
    smooth(SPECIAL_X, SPECIAL_Y, equal_nan=True),
    smooth(real(2, 1), real(3)),
    typed("bool", integers(1, 2), integers(1, 3)),
    typed("bool", BOOLS, BOOLS[0]),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(RuntimeError, "greater than or equal to zero", real(2), real(2), -1.0),
    fails(TypeError, "two Tensors", real(2), 0.5),
    result="bool",
)  # fmt: skip
for name, reference in (
    ("eq", np.equal), ("ne", np.not_equal), ("lt", np.less), ("le", np.less_equal), ("gt", np.greater),
    ("ge", np.greater_equal),
):  # fmt: skip
    row(
        name, reference,
        *binary(ints="bool", floating="bool"),
        edge(floats(1.0, 2.0, 3.0), floats(1.0, 3.0, 2.0)),
        typed("bool", BOOLS, BOOLS[0]),
        torch=tensor_first(name),
        result="bool",
    )  # fmt: skip
for name, reference in (
    ("logical_and", np.logical_and), ("logical_or", np.logical_or), ("logical_xor", np.logical_xor),
):  # fmt: skip
    row(
        name, reference,
        *binary(ints="bool", floating="bool", numbers=False),
        typed("bool", BOOLS, BOOLS[0]),
        result="bool",
    )  # fmt: skip
