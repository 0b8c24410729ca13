"""Sizes of windows, strides and borders: one number, or one for each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

Sizes = int | Sequence[int]


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


def numbers(name: str, value: Any, n: int) -> tuple[int, ...]:
    """One number for each of ``n`` dimensions: ``value`` is one number for all, or a sequence of one or of ``n``."""
    if type(value) is int:
        return (value,) * n
    given = integers(name, value)
    if len(given) not in (1, n):
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {n} values to match the convolution "
            f"dimensions, but got {name}={list(given)}"
        )
    return given if len(given) == n else given * n
