"""Rows of differences between neighbours, and of areas under curves."""

import numpy as np

from .arrays import BOOLS, NAN, floats, gapped, integers, real
from .rows import fails, not_in_torch, row, smooth, typed, value

row(
    "diff", lambda x, n=1, dim=-1, prepend=None, append=None: np.diff(
        x, n, dim, *[np._NoValue if part is None else part for part in (prepend, append)]
    ),
    smooth(real(4)),
    smooth(real(3, 2).T, 2),
    smooth(gapped(real(2, 3)), dim=0),
    smooth(real(2, 3), 1, -1, real(2, 1, seed=1), real(2, 2, seed=2)),
    smooth(real(2, 3), n=0),
    smooth(real(2, 3), n=4),
    smooth(real(0, 3), dim=0),
    typed("int64", integers(1, 4, 9), 1),
    typed("bool", BOOLS),
    fails(RuntimeError, "at least one-dimensional", real()),
    fails(RuntimeError, "non-negative", real(3), -1),
    fails(RuntimeError, "expects what is prepended", real(2, 3), prepend=real(3)),
    fails(RuntimeError, "expects what is prepended", real(2, 3), append=real(1, 3)),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
)  # fmt: skip
UNDER_CURVES = [
    smooth(real(4)),
    smooth(real(3, 2).T, dx=0.5),
    smooth(gapped(real(2, 3)), dim=0),
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1), dim=0),
    smooth(real(2, 3), real(2, seed=1), dim=0),
    smooth(real(1)),
    fails(IndexError, "no dimensions", real()),
    fails(RuntimeError, "one x value for each", real(3), real(2)),
    fails(RuntimeError, "bool", BOOLS),
]


def trapezoids(y, x=None, dx=1.0, dim=-1):
    """Along ``dim``, which is last in the result."""
    y = np.moveaxis(y if y.dtype.kind == "f" else y.astype("float32"), dim, -1)
    widths = dx if x is None else np.diff(x if x.ndim == 1 else np.moveaxis(x, dim, -1))
    return (y[..., 1:] + y[..., :-1]) / 2 * widths


# PyTorch adds up neighbours in uint8, where 200 + 100 is 44.
SMALL = not_in_torch(typed("float32", integers(200, 100, 3, dtype="uint8")))
row("trapezoid", lambda y, x=None, dx=1.0, dim=-1: np.sum(trapezoids(y, x, dx, dim), -1), *UNDER_CURVES, SMALL)
row(
    "cumulative_trapezoid",
    lambda y, x=None, dx=1.0, dim=-1: np.moveaxis(np.cumsum(trapezoids(y, x, dx, dim), -1), -1, dim),
    *UNDER_CURVES, SMALL,
)  # fmt: skip


def slopes_on_grid(x, spacing=1.0, dim=None, edge_order=1):
    axes = list(range(x.ndim)) if dim is None else np.atleast_1d(dim)
    steps = spacing if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    return [np.gradient(x, step, axis=axis, edge_order=edge_order) for axis, step in zip(axes, steps)]


row(
    "gradient", slopes_on_grid,
    smooth(real(4)),
    smooth(real(3, 4)),
    smooth(real(4, 3).T, spacing=0.5, dim=0),
    smooth(gapped(real(3, 3)), spacing=(0.5, 2.0), edge_order=2),
    smooth(real(3, 3), spacing=[floats(0.0, 1.0, 4.0), floats(0.0, 0.5, 1.0)]),
    smooth(real(4), spacing=(floats(0.0, 1.0, 4.0, 4.5),), edge_order=2),
    fails(RuntimeError, "expected each dimension", real(3, 1)),
    value(floats(1.0, NAN, 2.0, 4.0)),
    typed("float32", integers(1, 4, 9)),
    fails(RuntimeError, "uint8", integers(1, 2, dtype="uint8")),
    fails(RuntimeError, "edge_order", real(3), edge_order=3),
    fails(RuntimeError, "expected a spacing", real(3, 3), spacing=[1.0]),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
    wrt=(0,),
)  # fmt: skip
