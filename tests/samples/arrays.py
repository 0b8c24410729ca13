"""Arrays that samples are made of: the same ones at every run, each from a generator seeded with its own shape."""

import math
from typing import Any

import numpy as np

NAN, INF = math.nan, math.inf


def real(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    """Numbers that are all different and none of them near an integer, where many functions have a kink or a jump."""
    rng = np.random.default_rng([seed, *shape])
    count = math.prod(shape)
    spaced = low + (high - low) * (np.arange(count) + rng.uniform(0.2, 0.8, count)) / max(count, 1)
    near = np.abs(spaced - np.round(spaced)) < 0.03
    spaced = np.where(near, np.round(spaced) + 0.03 + 0.04 * rng.uniform(size=count), spaced)
    return rng.permutation(spaced).reshape(shape)


def gapped(x: np.ndarray) -> np.ndarray:
    """The same elements, spread out in memory: every second place of a larger array."""
    spread = np.zeros([2 * size for size in x.shape], x.dtype)
    view = spread[(slice(None, None, 2),) * x.ndim]
    view[...] = x
    return view


def integers(*values: Any, dtype: str = "int64") -> np.ndarray:
    return np.array(values, dtype)


def floats(*values: Any) -> np.ndarray:
    return np.array(values, "float64")


BOOLS = np.array([[True, False, True], [False, False, True]])
SPECIAL = floats(INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -30.0)
NAN_AND_ONE = floats(NAN, 1.0)
