"""Rows of the largest and the smallest so far, with where they are."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import BOOLS, NAN, floats, integers
from .dimensions import TIED_ROWS
from .rows import edge, row, typed
from .scan import SCANS


def running(better: Callable[..., Any]) -> Callable[..., Any]:
    """The best so far and where it is, element by element."""

    def call(x, dim):
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        indices = np.zeros(lines.shape, "int64")
        for place in np.ndindex(*lines.shape[:-1]):
            best = 0
            for i, element in enumerate(lines[place]):
                if np.isnan(element) or better(element, lines[place][best]):
                    best = i
                indices[(*place, i)] = best
        indices = np.moveaxis(indices, -1, dim).reshape(x.shape)
        return (np.take_along_axis(x, indices, dim) if x.ndim else x), indices

    return call


for name, better in (("cummax", operator.ge), ("cummin", operator.le)):
    row(
        name, running(better),
        *SCANS,
        edge(TIED_ROWS, 1),
        edge(floats(1.0, 1.0, NAN, 2.0, NAN, 0.0), 0),
        typed("int64", integers([3, 1, 2], [2, 2, 4]), 0),
        typed("bool", BOOLS, 1),
    )  # fmt: skip
