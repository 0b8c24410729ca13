"""Rows of Bessel functions and Airy's."""

import numpy as np
import scipy.special

from .arrays import NAN_AND_ONE, integers, real
from .elementwise import HALF, unary
from .rows import not_in_torch, row, smooth, typed, value

row("i0", lambda x: scipy.special.iv(0, x), *unary(), HALF)
for name, reference in (
    ("i0e", scipy.special.i0e), ("i1", lambda x: scipy.special.iv(1, x)), ("i1e", scipy.special.i1e),
):  # fmt: skip
    row(name, reference, *unary(), not_in_torch(HALF), torch=f"special.{name}")
for name, reference in (
    ("bessel_j0", lambda x: scipy.special.jv(0, x)), ("bessel_j1", lambda x: scipy.special.jv(1, x)),
    ("bessel_y0", lambda x: scipy.special.yv(0, x)), ("bessel_y1", lambda x: scipy.special.yv(1, x)),
    ("modified_bessel_k0", lambda x: scipy.special.kv(0, x)), ("modified_bessel_k1", lambda x: scipy.special.kv(1, x)),
    ("scaled_modified_bessel_k0", lambda x: scipy.special.kve(0, x)),
    ("scaled_modified_bessel_k1", lambda x: scipy.special.kve(1, x)),
    ("spherical_bessel_j0", lambda x: np.sin(x) / x),
    ("airy_ai", lambda x: np.sqrt(x / 3) / np.pi * scipy.special.kv(1 / 3, 2 / 3 * x**1.5)),
):  # fmt: skip
    row(
        name, reference,
        smooth(real(low=0.1)),
        smooth(real(3, 2, low=0.1).T),
        smooth(real(0, 2)),
        value(NAN_AND_ONE),
        typed("float32", integers(1, 2)),
        not_in_torch(typed("float16", np.ones(2, "float16"))),
        torch=f"special.{name}",
    )  # fmt: skip
