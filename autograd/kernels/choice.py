"""One of two numbers at each place. NumPy branches at every element, which costs 5 ns where no processor can guess."""

from __future__ import annotations

import numpy as np

from .compiling.jit import kernel
from .compiling.require import require
from .compiling.threads import WORTHWHILE, divided

# The numbers of a kernel, by the characters of their dtypes, and the size from which on it pays.
CHOSEN, LEAST = "fd", 4096


def choose(condition, x, y):
    """``np.where(condition, x, y)``."""
    dtype = getattr(x if getattr(x, "ndim", 0) else y, "dtype", None)
    if (
        dtype is None
        or dtype.char not in CHOSEN
        or getattr(condition, "size", 0) < LEAST
        or not condition.flags.c_contiguous
    ):
        return np.where(condition, x, y)
    sides = [as_side(side, condition.shape, dtype) for side in (x, y)]
    if sides[0] is None or sides[1] is None:
        return np.where(condition, x, y)
    made = np.empty(condition.shape, dtype)
    arrays = *sides, np.require(condition, requirements="W").reshape(-1), made.reshape(-1)
    if made.size < WORTHWHILE:
        choose_each(*arrays)
    else:
        some = lambda start, stop: choose_each(*(a if a.size == 1 else a[start:stop] for a in arrays))
        divided(made.size, some, nanoseconds=made.size)
    return made


def as_side(side, shape, dtype):
    """A number as an array of one, an array of this shape as a flat one; None for what NumPy must bring to either."""
    if type(side) in (float, int):
        return np.full(1, side, dtype)
    if getattr(side, "dtype", None) != dtype:
        return None
    if not side.ndim:
        return np.full(1, side, dtype)
    return np.require(side, requirements="CW").reshape(-1) if side.shape == shape else None


def choose_each_numpy(x, y, condition, made):
    made[:] = np.where(condition, x, y)


@kernel(twin=choose_each_numpy)
def choose_each(x, y, condition, made):
    """``made = x`` where the condition holds, else ``y``, each of which may be one number."""
    require(x.size in (1, made.size) and y.size in (1, made.size) and condition.size == made.size)
    holds = condition.view(np.uint8)
    if x.size == 1 and y.size == 1:
        left, right = x[0], y[0]
        for i in range(made.size):
            made[i] = left if holds[i] != 0 else right
    elif x.size == 1:
        left = x[0]
        for i in range(made.size):
            other = y[i]
            made[i] = left if holds[i] != 0 else other
    elif y.size == 1:
        right = y[0]
        for i in range(made.size):
            one = x[i]
            made[i] = one if holds[i] != 0 else right
    else:
        for i in range(made.size):
            one, other = x[i], y[i]
            made[i] = one if holds[i] != 0 else other
