"""The one door from optimizers to the kernels of the engine.

A kernel takes flat arrays of one dtype, into which it writes, and numbers of that dtype.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels.compiling.interrupts import uninterrupted
from autograd.kernels.optimizers import adam, amsgrad, momentum_sgd, sgd

__all__ = ["adam", "amsgrad", "momentum_sgd", "numbers", "over", "sgd", "uninterrupted"]

Array = np.ndarray[Any, Any]


def over(
    kernel: Callable[..., Any], values: Array, slope: Array, remembered: tuple[Array, ...], *settings: Any
) -> None:
    """Call ``kernel`` with these arrays, flat, and ``settings``; it writes into ``values`` and ``remembered``.

    values: contiguous; of the others, what is spread over memory is copied, and written back to its places.
    """
    for array in remembered:
        if not array.flags.c_contiguous:
            break
    else:
        kernel(values.ravel(), slope.ravel(), *[array.ravel() for array in remembered], *settings)
        return
    pieces = [array if array.flags.c_contiguous else array.copy() for array in remembered]
    kernel(values.ravel(), slope.ravel(), *[piece.ravel() for piece in pieces], *settings)
    for array, piece in zip(remembered, pieces):
        if piece is not array:
            array[...] = piece


@functools.lru_cache(maxsize=64)
def numbers(dtype: np.dtype[Any], *values: float) -> tuple[Any, ...]:
    """``values`` as numbers of ``dtype``.

    Converting them takes as long as updating a small parameter, and settings rarely change: the result is remembered.
    """
    return tuple(map(dtype.type, values))
