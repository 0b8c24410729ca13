"""Rows of questions about dtypes and values."""

import numpy as np

from .arrays import NAN_AND_ONE, floats
from .rows import row, value

OF_EVERY_KIND = [value(np.zeros((2, 3), dtype)) for dtype in ("float64", "int64", "uint8", "bool")]
row("is_signed", lambda x: x.dtype.kind in "if", *OF_EVERY_KIND)
row("is_complex", lambda x: False, *OF_EVERY_KIND)
row(
    "is_nonzero",
    lambda x: bool(x.item()),
    value(floats(0)),
    value(floats([2])),
    value(np.array(True)),
    value(NAN_AND_ONE[:1]),
)
