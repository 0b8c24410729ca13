"""``x[key]``, as PyTorch indexes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops import OPS
from ..tensor import Tensor


def getitem(x: Tensor, key: Any) -> Tensor:
    """``x[key]``, as PyTorch indexes: Tensors, lists and arrays pick elements, the rest slices."""
    return OPS["getitem"].function(x, normal_key(key))


def normal_key(key: Any) -> Any:
    """``key`` as NumPy takes it."""
    if isinstance(key, tuple):
        return tuple(normal_key(part) for part in key)
    if isinstance(key, Tensor):
        if key.array.dtype.kind == "f":
            raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, not {key.dtype}")
        return key.array if key.array.ndim or key.array.dtype.kind == "b" else int(key.array)
    if isinstance(key, slice):
        if key.step is not None and key.step < 1:
            raise ValueError("step must be greater than zero; use flip() to reverse")
        return slice(*(None if part is None else part.__index__() for part in (key.start, key.stop, key.step)))
    if isinstance(key, (list, range)):
        return np.asarray(key, dtype=None if len(key) else np.int64)
    if key is None or key is ... or isinstance(key, (int, np.integer, np.ndarray, np.bool_)):
        return key
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or bool tensors are valid indices, "
        f"not {type(key).__name__}"
    )
