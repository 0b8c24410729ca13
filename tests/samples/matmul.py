"""Rows of products of matrices that are ops."""

import numpy as np

from .arrays import BOOLS, INF, NAN, floats, gapped, integers, real
from .rows import edge, fails, row, smooth, typed

row(
    "matmul", np.matmul,
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(3, 2)),
    smooth(real(2, 3), real(3)),
    smooth(real(2), real(2, 3)),
    smooth(real(2, 2, 3), real(3)),
    smooth(real(2), real(3, 2, 2)),
    smooth(real(2, 2, 3), real(3, 2)),
    smooth(real(2, 3), real(2, 3, 1)),
    smooth(real(2, 1, 2, 3), real(2, 3, 2)),
    smooth(real(1, 2, 2), real(2, 2, 1)),
    smooth(real(3, 2).T, gapped(real(3, 2))),
    smooth(real(2, 2), np.flip(real(2, 2, seed=1), 0)),
    smooth(real(0, 3), real(3, 2)),
    smooth(real(2, 0), real(0, 3)),
    smooth(real(0, 2, 3), real(3, 1)),
    edge(floats([1, INF], [NAN, 0]), floats([0, 1], [2, 3])),
    typed("int64", integers([1, 2], [3, 4]), integers(1, 2)),
    fails(RuntimeError, "shapes cannot be multiplied (2x3 and 2x3)", real(2, 3), real(2, 3)),
    fails(RuntimeError, "both arguments need to be at least 1D", real(), real(2)),
    fails(RuntimeError, "", real(2, 2, 3), real(3, 3, 2)),
    fails(RuntimeError, "one dtype", real(2).astype("float32"), real(2)),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(TypeError, "", real(2), 2.0),
)  # fmt: skip
row(
    "linear", lambda x, weight, bias=None: x @ weight.T + (0 if bias is None else bias),
    smooth(real(2, 3), real(4, 3), real(4)),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3), real(2, 3), real(2)),
    smooth(real(2, 1, 3), real(2, 3), real(2)),
    smooth(real(3, 2).T, real(3, 2, seed=1).T, gapped(real(2))),
    smooth(gapped(real(2, 2, 2)), gapped(real(1, 2))),
    smooth(real(0, 3), real(2, 3), real(2)),
    smooth(real(2, 0), real(3, 0), real(3)),
    smooth(real(2, 0, 3), real(2, 3)),
    fails(RuntimeError, "shapes cannot be multiplied (2x3 and 2x4)", real(2, 3), real(4, 2)),
    fails(RuntimeError, "bias", real(2, 3), real(4, 3), real(3)),
    fails(RuntimeError, "one dtype", real(2, 3).astype("float32"), real(4, 3)),
    torch="nn.functional.linear",
)  # fmt: skip
row(
    "trace", np.trace,
    smooth(real(2, 2)),
    smooth(real(2, 3)),
    smooth(real(3, 2).T),
    smooth(gapped(real(3, 2))),
    smooth(real(0, 2)),
    edge(floats([INF, NAN], [1, 2])),
    typed("int64", integers([1, 2], [3, 4], dtype="int32")),
    fails(RuntimeError, "expected a matrix", real(2)),
    fails(NotImplementedError, "Bool", BOOLS),
)  # fmt: skip
CROSSES = [
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1), dim=1),
    smooth(real(3, 2), real(3, 2, seed=1), dim=-2),
    smooth(real(2, 3), real(1, 3), dim=-1),
    smooth(real(3, 2).T, gapped(real(2, 3))),
    smooth(real(0, 3), real(0, 3), dim=1),
    typed("int64", integers(1, 2, 3), integers(4, 5, 6)),
    fails(RuntimeError, "same number of dimensions", real(2, 3), real(3), dim=-1),
    fails(RuntimeError, "must have length 3", real(2, 2), real(2, 2), dim=-1),
    fails(IndexError, "Dimension out of range", real(2, 3), real(2, 3), dim=2),
]
row("cross", lambda x, y, dim=None: np.cross(x, y, axis=x.shape.index(3) if dim is None else dim), *CROSSES)
