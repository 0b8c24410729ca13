"""Sizes of windows, strides and borders: one number, or one for each dimension."""

from __future__ import annotations

from operator import index
from typing import Any


def integers(name: str, value: Any) -> tuple[int, ...]:
    """The int or ints that ``value``, the argument ``name``, is; TypeError for anything else, 2.0 included."""
    if type(value) is int:
        return (value,)
    try:
        return tuple(map(index, value)) if isinstance(value, (tuple, list)) else (index(value),)
    except TypeError:
        raise TypeError(
            f"argument '{name}' must be an int or a tuple of ints, not {value!r}; a division gives ints as a // b"
        ) from None
