"""Rows of broadcasting and summing, each the other's adjoint."""

import numpy as np

import autograd

from .adjoints import adjoint
from .arrays import BOOLS, SPECIAL, gapped, integers, real
from .dimensions import NO_DIMS, OUT_OF_RANGE, REPEATED, SPECIAL_ROWS, reductions, sizes, tuple_axis
from .rows import edge, fails, row, smooth, typed

row(
    "sum", tuple_axis(np.sum),
    *reductions(),
    NO_DIMS,
    smooth(real(0)),
    smooth(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    edge(SPECIAL),
    typed("int64", integers([1, 2], [3, 4], dtype="int32"), dim=0),
    typed("int64", integers(200, 100, dtype="uint8")),
    typed("int64", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
    typed("float64", real(3).astype("float32"), dtype=autograd.float64),
    typed("float32", real(3), dtype=autograd.float32),
    *OUT_OF_RANGE, REPEATED,
)  # fmt: skip


def sum_to(x: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """The adjoint of broadcasting ``size`` to the shape of ``x``."""
    return adjoint(lambda y: np.broadcast_to(y, x.shape), size, x)


row(
    "sum_to_size", lambda x, *size: sum_to(x, sizes(size)),
    smooth(real(2, 3), (1, 3)),
    smooth(real(2, 3), 2, 1),
    smooth(real(2, 3), (3,)),
    smooth(real(2, 3), ()),
    smooth(real(2, 3), (2, 3)),
    smooth(real(3, 2).T, (1, 1)),
    smooth(gapped(real(2, 3, 2)), (3, 1)),
    smooth(real(0, 3), (1, 3)),
    smooth(real(2, 0), (2, 1)),
    smooth(real(), ()),
    typed("int64", integers([1, 2], dtype="uint8"), (2,)),
    typed("uint8", integers([1, 2], dtype="uint8"), (1, 2)),
    fails(RuntimeError, "not expandable", real(2, 3), (2, 2)),
    fails(RuntimeError, "not expandable", real(3), (1, 3)),
    torch=lambda torch, x, *size: x.sum_to_size(*size),
)  # fmt: skip


def expanded(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    old = (1,) * (len(wanted) - len(shape)) + shape
    return tuple(size if want == -1 else want for want, size in zip(wanted, old, strict=True))


row(
    "expand", lambda x, *shape: np.broadcast_to(x, expanded(x.shape, sizes(shape))),
    smooth(real(2, 1), (2, 3)),
    smooth(real(3), 2, 3),
    smooth(real(), (2, 2)),
    smooth(real(), ()),
    smooth(real(2, 1), 3, -1, 2),
    smooth(real(1, 3), (0, 3)),
    smooth(real(0, 1), (0, 2)),
    smooth(real(1, 2).T, (2, 3)),
    smooth(gapped(real(2, 1)), (-1, 3)),
    typed("int64", integers(1, 2), 2, 2),
    fails(RuntimeError, "must match the existing size (2)", real(2), (3,)),
    fails(RuntimeError, "must be at least the number of dimensions", real(2, 3), (3,)),
    fails(RuntimeError, "", real(3), (-1, 3)),
    torch=lambda torch, x, *shape: x.expand(*shape),
)  # fmt: skip
row(
    "repeat", lambda x, *counts: np.tile(x, sizes(counts)),
    smooth(real(3), 2),
    smooth(real(3), (2, 2)),
    smooth(real(2, 3), 1, 2),
    smooth(real(2, 1), [2, 1, 3]),
    smooth(real(), (3,)),
    smooth(real(), ()),
    smooth(real(2), 0),
    smooth(real(0, 2), (2, 1)),
    smooth(real(3, 2).T, 2, 1),
    smooth(gapped(real(2, 2)), 1, 2),
    typed("int64", integers(1, 2), 2, 2),
    fails(RuntimeError, "can not be smaller than number of dimensions", real(2, 3), 2),
    torch=lambda torch, x, *counts: x.repeat(*counts),
)  # fmt: skip
