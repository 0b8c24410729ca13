"""The one door from optimizers to the kernels of the engine.

A kernel takes flat arrays of one dtype, into which it writes, and numbers of that dtype.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.kernels.optimizers import adam, momentum_sgd, sgd

__all__ = ["adam", "momentum_sgd", "numbers", "sgd"]

Array = np.ndarray[Any, Any]


@functools.lru_cache(maxsize=64)
def numbers(dtype: np.dtype[Any], *values: float) -> tuple[Any, ...]:
    """``values`` as numbers of ``dtype``.

    Converting them takes as long as updating a small parameter, and settings rarely change: the result is remembered.
    """
    return tuple(map(dtype.type, values))
