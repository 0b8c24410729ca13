"""Rows of several Tensors made one, or of one shape."""

import itertools

import numpy as np
import scipy.linalg

from .arrays import BOOLS, SPECIAL, gapped, integers, real
from .dimensions import sizes
from .rows import edge, fails, row, smooth, typed, value

row(
    "cat", lambda tensors, dim=0: np.concatenate([x for x in tensors if x.shape != (0,)] or tensors, dim),
    smooth([real(2, 3), real(1, 3, seed=1)]),
    smooth((real(2, 3), real(2, 1), real(2, 2)), 1),
    smooth([real(3, 2).T, gapped(real(2, 3))], dim=-2),
    smooth([real(2, 3)]),
    smooth([real(0), real(2, 3)]),
    smooth([real(0, 3), real(2, 3)]),
    smooth([real(0), real(0)]),
    edge([SPECIAL, -SPECIAL]),
    typed("float64", [real(2).astype("float32"), real(2)]),
    typed("float32", [integers(1, 2), real(2).astype("float32")]),
    typed("int64", [integers(1, 2), BOOLS[0]]),
    fails(RuntimeError, "zero-dimensional tensor (at position 1)", [real(2), real()]),
    fails(RuntimeError, "same number of dimensions", [real(2), real(2, 2)]),
    fails(RuntimeError, "", [real(2, 3), real(2, 2)]),
    fails(IndexError, "Dimension out of range", [real(2), real(2)], 1),
    fails(ValueError, "non-empty list", []),
    fails(TypeError, "must be a list or tuple of Tensors", real(2)),
    fails(TypeError, "must be a Tensor", [real(2), 3.0]),
)  # fmt: skip
row(
    "stack", lambda tensors, dim=0: np.stack(tensors, dim),
    smooth([real(2, 3), real(2, 3, seed=1)]),
    smooth((real(2), real(2, seed=1), real(2, seed=2)), 1),
    smooth([real(3, 2).T, gapped(real(2, 3))], dim=-2),
    smooth([real(), real(seed=1)]),
    smooth([real(0), real(0)], -1),
    typed("float64", [real(2).astype("float32"), real(2)]),
    typed("int64", [integers(1, 2), integers(1, 2, dtype="int32")]),
    fails(RuntimeError, "to be equal size", [real(2), real(3)]),
    fails(RuntimeError, "non-empty list", []),
    fails(IndexError, "Dimension out of range", [real(2), real(2)], 2),
)  # fmt: skip
row(
    "tile", lambda x, *counts: np.tile(x, sizes(counts)),
    smooth(real(2, 3), 2),
    smooth(real(2, 3), (2, 1, 2)),
    smooth(real(), (2,)),
    smooth(real(2, 3), ()),
    fails(RuntimeError, "negative dimension", real(3), -1),
    torch=lambda torch, x, *counts: x.tile(*counts),
)  # fmt: skip
VECTORS = [real(2), real(2, seed=1)]
MATRICES = [real(2, 3), real(3, 2).T]
for name, reference in (
    ("hstack", np.hstack),
    ("vstack", np.vstack),
    ("row_stack", np.vstack),
    ("dstack", np.dstack),
    ("column_stack", np.column_stack),
):
    row(
        name, reference,
        smooth(VECTORS),
        smooth(MATRICES),
        smooth([real(2, 1, 2), gapped(real(2, 1, 2))]),
        smooth([real(), real(seed=1)]),
        typed("float64", [integers(1, 2), real(2)]),
        fails(RuntimeError, "non-empty", []) if name != "row_stack" else smooth([real(1, 2)]),
        *[fails(RuntimeError, "must match", [real(2), real(3)])] * (name not in ("hstack", "row_stack")),
    )  # fmt: skip
for name, reference in (
    ("atleast_1d", np.atleast_1d),
    ("atleast_2d", np.atleast_2d),
    ("atleast_3d", np.atleast_3d),
):
    row(
        name, reference,
        *[smooth(real(*(2, 3, 1, 2)[:n])) for n in range(5)],
        smooth(real(), real(2)),
        fails(TypeError, "expected Tensors", 1),
    )  # fmt: skip
row(
    "broadcast_shapes", lambda *shapes: np.broadcast_shapes(*shapes),
    value((2, 1), (3,)),
    value((), 2, (0, 1)),
    fails(RuntimeError, "", (2,), (3,)),
    fails(ValueError, "negative", (-1,)),
)  # fmt: skip
row(
    "broadcast_tensors", lambda *xs: np.broadcast_arrays(*xs),
    smooth(real(2, 1), real(3)),
    smooth(real(), real(2, 3)),
    fails(RuntimeError, "", real(2), real(3)),
)  # fmt: skip
listed = lambda xs: xs[0] if isinstance(xs[0], list) else xs
row(
    "meshgrid", lambda *xs, indexing="ij": np.meshgrid(*listed(xs), indexing=indexing),
    smooth(real(2), real(3)),
    smooth([real(2), real(3)]),
    smooth(real(2), real(3), indexing="xy"),
    smooth(real(2), real(), real(3), indexing="xy"),
    smooth(real(2), indexing="xy"),
    fails(RuntimeError, "same dtype", real(2), integers(1)),
    fails(RuntimeError, "0D or 1D", real(2, 2)),
    fails(RuntimeError, "indexing must be", real(2), indexing="ab"),
    fails(RuntimeError, "non-empty"),
)  # fmt: skip
row(
    "cartesian_prod",
    lambda *xs: np.array(list(itertools.product(*xs)), xs[0].dtype) if len(xs) > 1 else xs[0],
    smooth(real(2), real(3)),
    smooth(real(2), real(3), real(1)),
    smooth(real(2)),
    fails(RuntimeError, "1D vector", real(2, 2)),
    fails(RuntimeError, "same dtype", real(2), integers(1)),
)  # fmt: skip
row(
    "combinations", lambda x, r=2, with_replacement=False: np.array(
        list((itertools.combinations_with_replacement if with_replacement else itertools.combinations)(x, r)), x.dtype
    ).reshape((-1, r) if r else 0),
    smooth(real(4)),
    smooth(real(4), 3),
    smooth(real(3), with_replacement=True),
    smooth(real(2), 3),
    edge(real(2), 0),
    fails(RuntimeError, "1D vector", real(2, 2)),
    fails(RuntimeError, "non-negative", real(2), -1),
)  # fmt: skip
row(
    "block_diag", scipy.linalg.block_diag,
    smooth(real(2, 3), real(1, 2)),
    smooth(real(2), real(), real(2, 1)),
    smooth(real(2, 2)),
    typed("float64", real(2), integers([1])),
    fails(RuntimeError, "2 or fewer dimensions", real(1, 1, 1)),
)  # fmt: skip
