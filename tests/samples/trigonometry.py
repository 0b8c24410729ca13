"""Rows of functions of angles, their inverses, and their hyperbolic siblings."""

import numpy as np

from .arrays import BOOLS, NAN, NAN_AND_ONE, floats, integers
from .elementwise import NO_INTEGERS, alike, binary, unary
from .rows import row, typed, value

for name, reference in (
    ("sin", np.sin), ("cos", np.cos), ("tanh", np.tanh), ("atan", np.arctan), ("sinh", np.sinh), ("cosh", np.cosh),
    ("asinh", np.arcsinh), ("deg2rad", np.deg2rad), ("rad2deg", np.rad2deg),
):  # fmt: skip
    row(name, reference, *unary())
row("tan", np.tan, *unary(-1.2, 1.2))
for name, reference, low, high in (
    ("asin", np.arcsin, -0.9, 0.9), ("acos", np.arccos, -0.9, 0.9), ("acosh", np.arccosh, 1.2, 3),
    ("atanh", np.arctanh, -0.9, 0.9),
):  # fmt: skip
    row(name, reference, *unary(low, high))
row(
    "sinc", np.sinc,
    *[c for c in unary(ints="", bools="") if c.args[0] is not NAN_AND_ONE],
    value(floats(NAN, 0.5)),
    typed("float32", integers(0, 1, 3)),
    typed("float32", BOOLS),
)  # fmt: skip
# Where the dtypes differ, PyTorch computes half of the derivative in the smaller one.
row("atan2", np.arctan2, *alike(binary(ints="float32", numbers=False)), typed("float32", BOOLS, BOOLS))
row("hypot", np.hypot, *binary(ints="", numbers=False), NO_INTEGERS)
