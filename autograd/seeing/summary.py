"""An array as something that JSON has a place for: statistics, and of a large one a part of its elements.

A living page makes summaries of what it computes by the same functions, translated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# Of the last two dimensions of a large array so many elements are kept, evenly spread; of the others the first ones. Of
# a sequence (T, ..., ...) there are as many steps as `ROOM` allows, up to so many.
ACROSS = 28
DEEP = 4
STEPS = 48
ROOM = 12_000
# Up to this many elements an array is kept whole, unless it is long and thin.
SMALL = 1024


def summary(value: Any) -> dict[str, Any]:
    """shape, dtype, min, max, mean and norm of the finite elements, how many are NaN; and ``cells``, some elements.

    ``cells`` are elements, unrounded, at every combination of the indices in ``index``, one list for each
    dimension; the last index runs fastest. What JSON has no number for is a string: "NaN", "Infinity", "-Infinity".

    >>> summary(np.array([1.5, -2.0]))["cells"], summary(3.0)["cells"]
    ([1.5, -2.0], [3.0])
    """
    array = np.asarray(value)
    index = kept_indices(array.shape)
    cells = array[np.ix_(*index)] if index else array.reshape(1)
    wide = array.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    empty = not finite.size
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "min": None if empty else plain(finite.min()),
        "max": None if empty else plain(finite.max()),
        "mean": None if empty else plain(finite.mean()),
        "norm": None if empty else plain(np.sqrt((finite * finite).sum())),
        "nan": int(np.isnan(wide).sum()),
        "index": [one.tolist() for one in index],
        "cells": [plain(cell) for cell in cells.reshape(-1)],
    }


def kept_indices(shape: tuple[int, ...]) -> list[np.ndarray[Any, Any]]:
    """For each dimension the indices of which elements are kept."""
    whole = [np.arange(n) for n in shape]
    if math.prod(shape) <= SMALL and all(n <= 2 * ACROSS for n in shape[-2:]):
        return whole
    plane = [_spread(n, ACROSS) for n in shape[-2:]]
    ahead = [one[:DEEP] for one in whole[:-2]]
    if len(ahead) == 1:
        room = ROOM // max(1, math.prod(map(len, plane)))
        ahead = [whole[0][: max(DEEP, min(STEPS, room))]]
    return [*ahead, *plane]


def _spread(size: int, most: int) -> np.ndarray[Any, Any]:
    """At most ``most`` indices of so many, a whole number apart: the elements are the array's own."""
    return np.arange(0, size, max(1, -(-size // most)))


def plain(value: Any) -> Any:
    """A NumPy number as Python's, the shortest that reads back as the same in its own precision.

    >>> plain(np.float32(0.1)), plain(np.float64("nan"))
    (0.1, 'NaN')
    """
    if isinstance(value, np.floating):
        number = value.item() if value.dtype.itemsize == 8 else float(str(value))
        return number if math.isfinite(number) else "NaN" if number != number else _infinite(number)
    return value.item() if isinstance(value, np.generic) else value


def _infinite(number: float) -> str:
    return "Infinity" if number > 0 else "-Infinity"
