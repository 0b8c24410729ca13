"""Keys of ``x[key]``: what PyTorch understands by them, in terms of what NumPy does."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .tensor import Tensor


def stages(shape: tuple[int, ...], key: Any) -> tuple[Any, ...]:
    """The keys that NumPy takes one after the other for ``key``: in PyTorch ints come before arrays, not with them."""
    key = normal_key(key)
    if type(key) is int:
        return (key,)
    parts = key if isinstance(key, tuple) else (key,)
    if not any(isinstance(part, np.ndarray) for part in parts):
        return (key,)
    taken = [0 if part is None or part is ... else part.ndim if is_mask(part) else 1 for part in parts]
    refuse_empty_masks(shape, parts, taken)
    if not any(isinstance(part, (int, np.integer)) for part in parts):
        return (key,)
    rest = [slice(None)] * (len(shape) - sum(taken))
    views: list[Any] = []
    picks: list[Any] = []
    for part, count in zip(key, taken):
        if isinstance(part, np.ndarray):
            views += [slice(None)] * count
            picks.append(part)
        elif part is ...:
            views += rest
            picks += rest
        else:
            views.append(part)
            picks += [] if isinstance(part, (int, np.integer)) else [slice(None)]
    return tuple(views), tuple(picks)


def refuse_empty_masks(shape: tuple[int, ...], parts: tuple[Any, ...], taken: list[int]) -> None:
    """Raise IndexError for a mask without elements beside dimensions that have some: NumPy would take it."""
    first = 0
    for part, count in zip(parts, taken):
        if is_mask(part) and not part.size and part.shape != shape[first : first + count]:
            raise IndexError(
                f"The shape of the mask {list(part.shape)} does not match the shape of the indexed tensor {list(shape)}"
            )
        first += len(shape) - sum(taken) if part is ... else count


def is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


def normal_key(key: Any) -> Any:
    """``key`` as NumPy takes it."""
    if type(key) is int or key is None or key is ...:
        return key
    if isinstance(key, tuple):
        return tuple(map(normal_key, key))
    if isinstance(key, slice):
        if key.step is not None and key.step < 1:
            raise ValueError("step must be greater than zero; use flip() to reverse")
        return slice(*(None if part is None else operator.index(part) for part in (key.start, key.stop, key.step)))
    if isinstance(key, (Tensor, np.ndarray)):
        return picker(key.array if isinstance(key, Tensor) else key)
    if isinstance(key, (bool, np.bool_)):
        return np.array(key)
    if isinstance(key, (list, range)):
        # A list of anything but numbers stands for a tuple, as in PyTorch.
        if any(part is None or part is ... or isinstance(part, (Tensor, slice, list, tuple)) for part in key):
            return tuple(map(normal_key, key))
        return picker(np.asarray(key, dtype=None if len(key) else np.int64))
    if isinstance(key, np.integer):
        return key
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or bool tensors are valid indices, "
        f"not {type(key).__name__}"
    )


def picker(index: np.ndarray[Any, Any]) -> Any:
    """An array in a key: of bool or uint8 a mask, of other integers places, one of which is just a number."""
    if index.dtype not in (np.int64, np.int32, np.bool_, np.uint8):
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, not {index.dtype}")
    if index.dtype == np.uint8:
        return index.astype(np.bool_)
    return index if index.ndim or index.dtype.kind == "b" else int(index)
