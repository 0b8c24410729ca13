"""Arrays of numbers out of the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from ..types.dtypes import DTYPES

Array = np.ndarray[Any, Any]
# Whether a number begins with its lowest byte or with its highest.
Order = Literal["<", ">"]
# What is kept otherwise than it is computed with: here every byte but 0 is True, and NumPy has no bfloat16, the upper
# half of a float32.
STORED = {"bool": "u1", "bfloat16": "u2"}
# The types of numbers that can be read, by name. Those of bfloat16 become float32, which holds each of them as it is.
NUMBERS = {dtype.name: dtype.dtype for dtype in DTYPES.values()} | {"bfloat16": np.dtype("float32")}
PART = 1 << 20


def stored_dtype(name: str, order: Order = "<") -> np.dtype[Any]:
    """The dtype that the bytes of numbers of this type have in a file."""
    return np.dtype(STORED.get(name, name)).newbyteorder(order)


def numbers_of(stored: Array, name: str) -> Array:
    """The numbers that were kept as ``stored``, in memory of their own."""
    if name == "bfloat16":
        bits = np.empty(stored.shape, np.uint32)
        np.left_shift(stored, np.uint32(16), out=bits)
        return bits.view(np.float32)
    return stored.astype(NUMBERS[name])


def exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """The next so many bytes. ValueError if there are less."""
    content = read(size)
    while len(content) < size:
        part = read(size - len(content))
        if not part:
            raise ValueError("it ends too early")
        content += part
    return content


def fill(found: Array, read: Callable[[int], bytes], name: str, order: Order = "<") -> None:
    """Read as many numbers of a type of `NUMBERS` as there is place for in ``found``."""
    stored = stored_dtype(name, order)
    step = PART // stored.itemsize
    for start in range(0, found.size, step):
        part = found[start : start + step]
        part[...] = numbers_of(np.frombuffer(exactly(read, part.size * stored.itemsize), stored), name)


def read_numbers(read: Callable[[int], bytes], count: int, name: str, order: Order = "<") -> Array:
    """The next ``count`` numbers of a type of `NUMBERS`: no more memory is taken than they need.

    >>> import io
    >>> read_numbers(io.BytesIO(bytes([0, 63, 128, 63])).read, 2, "bfloat16")
    array([0.5, 1. ], dtype=float32)
    """
    found = np.empty(count, NUMBERS[name])
    fill(found, read, name, order)
    return found


def mapped_numbers(stored: Array, name: str) -> Array:
    """The numbers that were kept as ``stored``: in the same memory, where nothing has to be changed for that."""
    kept = NUMBERS[name]
    return stored.view(kept) if stored.dtype == kept and stored.flags.aligned else numbers_of(stored, name)
