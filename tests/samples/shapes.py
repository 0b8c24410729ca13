"""Rows of functions that give the same elements another shape."""

import numpy as np

from .arrays import BOOLS, floats, integers, real
from .rows import fails, not_in_torch, row, smooth, typed, value
from .shape import AS_IT_IS
from .strided import STRIDES, strided

MOVES = [
    smooth(real(2, 3, 4), 0, -1),
    smooth(real(2, 3, 4), (0, 1), (2, 0)),
    smooth(real(2, 3), (1, 0), (0, 1)),
    smooth(real(3, 2).T, [0], [1]),
    typed("int64", integers([1, 2]), 0, 1),
]
row(
    "movedim", np.moveaxis,
    *MOVES,
    smooth(real(), (), ()),
    fails(IndexError, "Dimension out of range", real(2, 3), 0, 2),
    fails(RuntimeError, "same number of dims", real(2, 3), (0, 1), (0,)),
    fails(RuntimeError, "repeated dim in `source`", real(2, 3), (0, 0), (0, 1)),
    fails(RuntimeError, "repeated dim in `destination`", real(2, 3), (0, 1), (1, 1)),
)  # fmt: skip
row("moveaxis", np.moveaxis, *MOVES)
row(
    "unflatten", lambda x, dim, given: np.reshape(x, (*x.shape[:dim], *given, *x.shape[dim % max(x.ndim, 1) + 1 :])),
    smooth(real(6), 0, (2, -1)),
    smooth(real(2, 6), 1, (3, 1, 2)),
    smooth(real(6, 2).T, 1, [2, 3]),
    smooth(real(0, 2), 0, (0, 3)),
    fails(RuntimeError, "don't multiply up", real(6), 0, (4, 2)),
    fails(RuntimeError, "must be non-empty", real(6), 0, ()),
    fails(IndexError, "Dimension out of range", real(6), 1, (2, 3)),
)  # fmt: skip
row("ravel", np.ravel, *AS_IT_IS)
row("view_as", lambda x, y: x.reshape(y.shape), smooth(real(2, 3), real(6)), torch="Tensor.view_as")
row("reshape_as", lambda x, y: x.reshape(y.shape), smooth(real(3, 2).T, real(6)), torch="Tensor.reshape_as")
row("expand_as", lambda x, y: np.broadcast_to(x, y.shape), smooth(real(3), real(2, 3)), torch="Tensor.expand_as")
for name, reference, least in (("fliplr", np.fliplr, 2), ("flipud", np.flipud, 1)):
    row(
        name, reference,
        smooth(real(2, 3)),
        smooth(real(2, 3, 2)),
        smooth(real(3, 2).T),
        smooth(real(0, 3)),
        typed("bool", BOOLS),
        fails(RuntimeError, f">= {least}-d", real(*(3,) * (least - 1))),
    )  # fmt: skip
row(
    "rot90", lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims),
    *[smooth(real(2, 3), k) for k in (-1, 0, 1, 2, 3, 5)],
    smooth(real(2, 3, 4), 1, (2, 0)),
    smooth(real(3, 2).T, dims=[-1, 0]),
    typed("bool", BOOLS),
    fails(RuntimeError, "total dims >= 2", real(3)),
    fails(RuntimeError, "rotation dims == 2", real(2, 3), 1, (0, 1, 1)),
    fails(RuntimeError, "to be different", real(2, 3), 1, (1, -1)),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, (0, 2)),
)  # fmt: skip
row(
    "as_strided", lambda x, size, stride, offset=0: strided(x, size, stride, offset, None),
    *[smooth(*args) for args in STRIDES],
    smooth(real(2, 3), [2], [1]),
    fails(RuntimeError, "out of bounds", real(3), (4,), (1,)),
    fails(RuntimeError, "mismatch in length", real(3), (2, 1), (1,)),
    fails(RuntimeError, "negative", real(3), (2,), (-1,)),
)  # fmt: skip
row(
    "linalg.vander", lambda x, N=None: np.stack([x**i for i in range(N or x.shape[-1])], -1),
    smooth(real(3)),
    smooth(real(2, 3), N=2),
    smooth(floats(0, 1, 2), N=4),
    typed("int64", integers(2, 3, dtype="int32")),
    fails(RuntimeError, "N must be greater than 1", real(3), N=1),
)  # fmt: skip
row(
    "vander", np.vander,
    # Its gradient fails in PyTorch 2.13.
    not_in_torch(smooth(real(3))),
    not_in_torch(smooth(real(3), 2)),
    not_in_torch(smooth(floats(0, 1, 2), 4, True)),
    value(real(3)),
    value(real(3), 0),
    typed("int64", integers(2, 3), 3, increasing=True),
    fails(RuntimeError, "non-negative", real(2), -1),
    fails(RuntimeError, "one-dimensional", real(2, 2)),
)  # fmt: skip
