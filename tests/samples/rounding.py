"""Rows of integers near a number."""

import numpy as np

from .arrays import BOOLS, floats, integers
from .elementwise import unary
from .rows import edge, fails, row, smooth

for name, reference in (("floor", np.floor), ("ceil", np.ceil), ("trunc", np.trunc)):
    row(
        name, reference,
        *unary(ints="same", bools=""),
        fails(NotImplementedError, "not implemented for bool", BOOLS),
    )  # fmt: skip
row(
    "frac", lambda x: x - np.trunc(x),
    *unary(ints="", bools=""),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2)),
)  # fmt: skip
row(
    "round", np.round,
    *unary(ints="same", bools=""),
    edge(floats(0.5, 1.5, 2.5, -0.5, -1.5)),
    smooth(floats(1.2345, -6.789), decimals=2),
    smooth(floats(123.4, -678.9), decimals=-2),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), decimals=1),
)  # fmt: skip
