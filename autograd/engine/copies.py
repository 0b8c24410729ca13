"""Copies of arrays that share memory where the originals do."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .versions import owner


def copied(array: np.ndarray[Any, Any], memo: dict[int, Any]) -> np.ndarray[Any, Any]:
    """A copy of ``array``, laid out as it is, in a copy of the memory in which it lies.

    memo: what `copy.deepcopy` has copied so far, by identity. Another array in the same memory finds its copy there.
    """
    memory = owner(array)
    if not (memory.flags.c_contiguous or memory.flags.f_contiguous):
        # It is another library's, and has gaps.
        return array.copy(order="K")
    flat = copy.deepcopy(memory, memo).ravel(order="K")
    offset = array.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
    made = np.ndarray(array.shape, array.dtype, flat, offset, array.strides)
    # One that is expanded stays read-only; one in memory that nobody may write to has memory of its own now.
    made.flags.writeable = array.flags.writeable or not memory.flags.writeable
    return made
