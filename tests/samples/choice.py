"""Rows of ops that choose between numbers: the larger, the smaller, one within bounds, one of another sign."""

import numpy as np

from .arrays import BOOLS, INF, NAN, NAN_AND_ONE, SPECIAL, floats, gapped, integers, real
from .elementwise import SPECIAL_X, SPECIAL_Y, binary, ordinary, tensor_first, unary
from .rows import edge, fails, not_in_torch, row, smooth, typed, value

row(
    "nan_to_num", lambda x, nan=0.0, posinf=None, neginf=None: np.nan_to_num(x, True, nan or 0.0, posinf, neginf),
    # The largest number of a dtype is not near that of another.
    *[c for c in unary(ints="same", bools="bool") if c.args[0] is not SPECIAL],
    *[typed(dtype, SPECIAL.astype(dtype)) for dtype in ("float16", "float32", "float64")],
    edge(SPECIAL, posinf=2.0, neginf=3.0),
    edge(floats(NAN, INF, -INF, 1.0), 0.5, 7.0, -7.0),
    value(NAN_AND_ONE, nan=None),
)  # fmt: skip
row("copysign", np.copysign, *binary(ints="float32"), typed("float32", BOOLS, BOOLS), torch=tensor_first("copysign"))
row(
    "nextafter", np.nextafter,
    *ordinary(binary(ints="", numbers=False)),
    *[typed(dtype, SPECIAL_X.astype(dtype), SPECIAL_Y.astype(dtype)) for dtype in ("float32", "float64")],
)  # fmt: skip
for name, reference in (("maximum", np.maximum), ("minimum", np.minimum), ("fmax", np.fmax), ("fmin", np.fmin)):
    row(
        name, reference,
        *binary(numbers=False),
        edge(floats(1.0, 2.0, 3.0, -1.0), floats(1.0, 3.0, 3.0, -1.0)),
        typed("bool", BOOLS, BOOLS[0]),
    )  # fmt: skip
row(
    "heaviside", lambda x, values: np.where(x == 0, values, x > 0).astype(x.dtype),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 1), real(3, seed=1)),
    smooth(real(), real(seed=1)),
    smooth(SPECIAL, np.array(0.5)),
    smooth(floats(NAN, 1.0), np.array(0.5)),
    typed("int64", integers(-1, 0, 2), integers(7, 7, 7)),
    typed("bool", BOOLS, BOOLS[0]),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(TypeError, "two Tensors", real(2), 0.5),
)  # fmt: skip


def clamp(x, min=None, max=None):
    x = x if min is None else np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


row(
    "clamp", clamp,
    smooth(real(), -0.5, 0.5),
    smooth(real(2, 3), -0.5, 0.5),
    smooth(real(2, 3), min=0.5),
    smooth(real(3, 2).T, max=0.5),
    smooth(gapped(real(2, 3)), 1, -1),
    smooth(real(0, 2), 0, 1),
    smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(2, 3), max=real(2, 1, seed=1)),
    not_in_torch(smooth(real(3), real(2, 1, seed=1), real(seed=2))),  # its gradient raises an error there
    edge(SPECIAL, -1, 1),
    edge(SPECIAL, min=0),
    edge(SPECIAL, max=0.5),
    edge(floats(1, 2, 3, 2, 2), floats(1, 1, 1, 3, 2), floats(2, 2, 2, 1, 2)),
    edge(floats(1, 2, 3), min=floats(1, 1, 4)),
    edge(floats(1, 2, 3), max=floats(1, 1, 4)),
    typed("int64", integers(1, 5, 9), 2, 7),
    typed("float32", integers(1, 5, 9), 2.5, 7),
    typed("int64", integers(1, 5, 9), integers(2, 2, 2, dtype="int32"), integers(7, 7, 7, dtype="int32")),
    typed("float64", real(3).astype("float32"), floats(0.1, 0.1, 0.1)),
    typed("float32", real(3).astype("float32"), np.array(0.1)),
    fails(RuntimeError, "At least one of", real(2)),
    fails(RuntimeError, "must match the size", real(2), real(3)),
)  # fmt: skip
