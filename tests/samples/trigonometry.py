"""Rows of functions of angles, their inverses, and their hyperbolic siblings."""

import numpy as np

from .arrays import BOOLS, NAN, NAN_AND_ONE, floats, integers, real
from .elementwise import NO_INTEGERS, alike, binary, unary
from .rows import row, smooth, typed, value


def sinc_slopes(x: np.ndarray, n: int) -> np.ndarray:
    """The n-th derivative of ``sinc(x) = ∫₀¹ cos(πxt) dt``, by Gauss's formula."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    t = (nodes + 1) / 2
    slopes = np.cos(x[..., None] * np.pi * t + n * np.pi / 2) * (np.pi * t) ** n @ (weights / 2)
    return slopes.astype(x.dtype)


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
row(
    "sinc_slope", sinc_slopes,
    *[smooth(x, n) for x in (real(2, 3), real(0, 3), floats(0, 1e-6, 0.2, 0.63, 0.64, -0.7)) for n in (1, 2)],
    value(floats(0, 1e-6, 1.2, -1.3, 4), 3),
    torch=None,
)  # fmt: skip
# Where the dtypes differ, PyTorch computes half of the derivative in the smaller one.
row("atan2", np.arctan2, *alike(binary(ints="float32", numbers=False)), typed("float32", BOOLS, BOOLS))
row("hypot", np.hypot, *binary(ints="", numbers=False), NO_INTEGERS)
