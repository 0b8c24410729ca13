"""The samples that ops along dimensions share."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import INF, NAN, floats, gapped, real
from .rows import Sample, fails, smooth


def reductions(dims: bool = True) -> list[Sample]:
    """Samples of an op that reduces over ``dim``; ``dims``, whether over several at once too."""
    calls = [
        smooth(real()),
        smooth(real(2, 3)),
        smooth(real(2, 3), dim=0),
        smooth(real(2, 3), 1, True) if dims else smooth(real(2, 3), 1, keepdim=True),
        smooth(real(3, 2).T, dim=-1),
        smooth(gapped(real(2, 3)), dim=0, keepdim=True),
        smooth(np.flip(real(2, 2, 2), 1), dim=1),
        smooth(real(0, 3), dim=1),
        smooth(real(), dim=0),
        smooth(real(), dim=-1, keepdim=True),
    ]
    if dims:
        calls += [
            smooth(real(2, 3, 2), dim=(0, 2)),
            smooth(real(2, 3, 2), dim=(-1, 0), keepdim=True),
            smooth(real(2, 3), dim=[1]),
        ]
    return calls


# PyTorch sums over all dimensions for (), but all() and logsumexp() leave everything as it is there.
NO_DIMS = smooth(real(2, 3), dim=())
OUT_OF_RANGE = [
    fails(IndexError, "Dimension out of range", real(2, 3), dim=2),
    fails(IndexError, "Dimension out of range", real(2, 3), dim=-3),
    fails(IndexError, "Dimension out of range", real(), dim=1),
]
REPEATED = fails(RuntimeError, "appears multiple times", real(2, 3), dim=(0, -2))
SPECIAL_ROWS = floats([1.0, NAN, 2.0], [INF, 1.0, 2.0], [-INF, INF, 0.0], [-INF, -INF, -INF], [0.0, -0.0, 0.0])
THOUSANDS = np.round(real(2, 3) * 64) / 64 + 1000  # numbers that float32 can hold without rounding
TIED_ROWS = floats([1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [-1.0, 5.0, -1.0])


def tuple_axis(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction of NumPy under PyTorch's names of its parameters."""

    def call(x, dim=None, keepdim=False, **params):
        axis = tuple(dim) if isinstance(dim, (list, tuple)) else dim
        if x.ndim == 0 or axis == ():
            axis = None
        return function(x, axis=axis, keepdims=keepdim, **params)

    return call


def sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes of a call as ``f(x, 2, 3)`` or ``f(x, (2, 3))``."""
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], (tuple, list)) else given


def in_dtype(x: np.ndarray, dtype: Any) -> np.ndarray:
    return x if dtype is None else x.astype(dtype.dtype)


def tuple_of(dim: Any) -> Any:
    return tuple(dim) if isinstance(dim, list) else dim
