"""Rows of functions that pick elements."""

import numpy as np

from .arrays import BOOLS, NAN, NAN_AND_ONE, floats, integers, real
from .rows import fails, row, smooth, typed

row(
    "nonzero", lambda x, as_tuple=False: np.nonzero(np.atleast_1d(x)) if as_tuple else np.argwhere(x),
    typed("int64", BOOLS),
    typed("int64", BOOLS, as_tuple=True),
    typed("int64", np.array(2), as_tuple=True),
    typed("int64", floats(0, NAN, -0.0)),
)  # fmt: skip
row(
    "nonzero_static", lambda x, size, fill_value=-1: np.concatenate(
        [np.argwhere(x), np.full((size, x.ndim), fill_value)]
    )[:size],
    typed("int64", BOOLS, size=5),
    typed("int64", BOOLS, size=1, fill_value=7),
    fails(RuntimeError, "non-negative", BOOLS, size=-1),
)  # fmt: skip
row(
    "take", np.take,
    smooth(real(2, 3), integers([5, 0], [-1, 0])),
    smooth(real(3, 2).T, integers(1, 1)),
    smooth(real(), integers(0, 0)),
    fails(IndexError, "tried to access index -4", real(3), integers(-4)),
    fails(IndexError, "tried to access index 0 on a tensor of 0", real(0), integers(0)),
    fails(RuntimeError, "long", real(3), integers(0, dtype="int32")),
)  # fmt: skip
row(
    "take_along_dim", lambda x, index, dim=None: (
        x.reshape(-1)[index.reshape(-1)] if dim is None else np.take_along_axis(x, index, dim)
    ),
    smooth(real(2, 3), integers([2, 0], [1, 1]), 1),
    smooth(real(2, 3), integers([1]), 0),
    smooth(real(1, 3), integers([0, 1], [-1, 2]), -1),
    smooth(real(2, 3), integers([5, 0], [1, 1])),
    fails(RuntimeError, "same number of dimensions", real(2, 3), integers(0), 1),
    fails(RuntimeError, "Long", real(3), real(3), 0),
    fails(IndexError, "Dimension out of range", real(3), integers(0), 1),
)  # fmt: skip
row(
    "masked_select", lambda x, mask: np.broadcast_arrays(x, mask)[0][np.broadcast_arrays(x, mask)[1]],
    smooth(real(2, 3), BOOLS),
    smooth(real(3), BOOLS),
    smooth(real(3, 2).T, BOOLS[0]),
    smooth(real(), np.array(True)),
    fails(RuntimeError, "BoolTensor", real(3), integers(0, 1, 1)),
    fails(RuntimeError, "", real(2), BOOLS),
)  # fmt: skip
row(
    "repeat_interleave", lambda x, repeats=None, dim=None, output_size=None: (
        np.repeat(np.arange(len(x)), x) if repeats is None else np.repeat(x, repeats, dim)
    ),
    smooth(real(2, 3), 2),
    smooth(real(2, 3), 2, 0),
    smooth(real(3, 2).T, integers(1, 0, 2), -1),
    smooth(real(2, 3), integers(3), dim=1, output_size=9),
    smooth(real(), 3),
    typed("int64", integers(2, 0, 1)),
    fails(RuntimeError, "same size as input along dim", real(3), integers(1, 2), 0),
    fails(RuntimeError, "negative", real(3), integers(1, 2, -1)),
    fails(RuntimeError, "Invalid output_size", real(3), integers(2), 0, output_size=5),
    fails(IndexError, "Dimension out of range", real(3), 2, 1),
)  # fmt: skip
row(
    "select", lambda x, dim, index: np.take(x, index, dim),
    smooth(real(3), 0, 1),
    smooth(real(2, 3), 1, -1),
    smooth(real(3, 2).T, -1, 0),
    fails(IndexError, "index 5 out of range", real(3), 0, 5),
    fails(IndexError, "0-dim tensor", real(), 0, 0),
    fails(IndexError, "Dimension out of range", real(3), 1, 0),
)  # fmt: skip
row(
    "narrow", lambda x, dim, start, length: np.take(x, np.arange(length) + start, dim),
    smooth(real(4), 0, 1, 2),
    smooth(real(2, 3), 1, -2, 1),
    smooth(real(3, 2).T, -1, np.array(1), 2),
    smooth(real(3), 0, 3, 0),
    fails(RuntimeError, "exceeds dimension size", real(3), 0, 1, 5),
    fails(RuntimeError, "must be non-negative", real(3), 0, 1, -1),
    fails(IndexError, "start out of range", real(3), 0, 5, 1),
    fails(RuntimeError, "0-dim tensor", real(), 0, 0, 1),
)  # fmt: skip
row(
    "unravel_index", lambda x, shape: np.unravel_index(x % np.prod(shape), shape),
    typed("int64", integers(5, 0), (2, 3)),
    typed("int64", integers(-1, 6, dtype="int32"), (2, 3)),
    typed("int64", np.array(5), 6),
    fails(TypeError, "integer dtype", real(2), (2, 3)),
    fails(ValueError, "negative", integers(1), (-2, 3)),
)  # fmt: skip
row(
    "isin", lambda x, y, assume_unique=False, invert=False: np.isin(x, y, invert=invert),
    typed("bool", real(2, 3), real(2, 3)[0]),
    typed("bool", integers([1, 2], [3, 4]), integers(1, 4, 7), invert=True),
    typed("bool", NAN_AND_ONE, NAN_AND_ONE),
    typed("bool", integers(1, 2), 2),
    typed("bool", 2, integers(1, 2)),
    typed("bool", integers(1, 2), integers(2, 3), assume_unique=True),
    fails(TypeError, "expected a Tensor", 1, 2),
)  # fmt: skip
