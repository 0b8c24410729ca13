"""Rows of windows on memory."""

import numpy as np

from .arrays import real
from .rows import fails, row, smooth


def strided(x, size, stride, offset, layout):
    flat, out = np.reshape(x, -1), np.empty(size, x.dtype)
    for place in np.ndindex(*size):
        out[place] = flat[offset + int(np.dot(place, stride))]
    return out


STRIDES = [
    (real(6), (2, 3), (3, 1), 0),
    (real(2, 3), (2, 2), (1, 2), 1),
    (real(2, 3), (4,), (0,), 2),
    (real(16), (2, 2, 2, 2), (1, 1, 1, 1), 0),
    (real(1), (), (), 0),
    (real(3), (0, 2), (1, 1), 0),
]
row(
    "strided", strided,
    *[smooth(*args, tuple(np.array(args[0].strides) // 8)) for args in STRIDES],
    # As if it had been laid out in rows.
    smooth(real(3, 2).T, (2, 2), (1, 2), 1, (3, 1)),
    fails(RuntimeError, "out of bounds", real(3), (4,), (1,), 0, (1,)),
    fails(RuntimeError, "out of bounds", real(3), (3,), (1,), -1, (1,)),
    torch=None,
)  # fmt: skip
