"""The numbers in an answer: arrays, Tensors and Scalars, alone or in tuples and dicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..scalar import Scalar

Array = np.ndarray[Any, Any]


class PartsError(Exception):
    """What an answer is made of is not what was asked for; the message says so to the learner."""


def parts_of(
    answer: Any, expected: Any, names: Sequence[str] = (), outer: str = ""
) -> Iterator[tuple[str, Array, Array]]:
    """For each part of ``expected`` its name, what ``answer`` has there, and what it should be.

    names: of the parts of a tuple; without them, one of plain numbers is an array.
    """
    said = f"{outer}: " if outer else ""
    if isinstance(expected, Mapping):
        if not isinstance(answer, Mapping):
            raise PartsError(f"{said}a dict of {', '.join(map(str, expected))} is asked for, {instead_of(answer)}")
        missing = [str(key) for key in expected if key not in answer]
        if missing:
            raise PartsError(f"{said}{missing[0]} is missing")
        for key in expected:
            yield from parts_of(answer[key], expected[key], (), f"{outer}, {key}" if outer else str(key))
    elif isinstance(expected, (tuple, list)) and (names or not _is_row(expected)):
        of = f"{len(expected)} parts ({', '.join(names)})" if names else f"{len(expected)} parts"
        if not isinstance(answer, (tuple, list)):
            raise PartsError(f"{said}{of} are asked for, {instead_of(answer)}")
        if len(answer) != len(expected):
            raise PartsError(f"{said}{of} are asked for, not {len(answer)}")
        for part, given, wanted in zip(names or _numbered(expected), answer, expected, strict=True):
            yield from parts_of(given, wanted, (), f"{outer}, {part}" if outer else part)
    else:
        right, array = array_of(expected), array_of(answer)
        if right is None:
            raise TypeError(f"check: expected numbers, arrays, Tensors or words, not {type(expected).__name__}")
        words = right.dtype.kind == "U"
        if array is None or (array.dtype.kind == "U") != words:
            asked = "a word" if words else "a number" if right.ndim == 0 else "an array"
            raise PartsError(f"{said}{asked} is asked for, {instead_of(answer)}")
        yield outer, array, right


def array_of(value: Any) -> Array | None:
    """``value`` as an array of numbers or words; None where it is neither."""
    if isinstance(value, Tensor):
        return value.detach().numpy()
    if isinstance(value, Scalar):
        return np.asarray(value.data)
    if isinstance(value, (tuple, list)):
        rows = [row for row in map(array_of, value) if row is not None]
        return np.array(rows) if len(rows) == len(value) and len({row.shape for row in rows}) < 2 else None
    if value is None or callable(value) or isinstance(value, (Mapping, set)):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in "biufU" else None


def unanswered(value: Any) -> bool:
    """Whether a ``...`` still stands somewhere in an answer."""
    if isinstance(value, Mapping):
        return any(map(unanswered, value.values()))
    if isinstance(value, (tuple, list)):
        return any(map(unanswered, value))
    return value is ...


def instead_of(answer: Any) -> str:
    """What stands where something else is asked for."""
    return "not None" if answer is None else f"not {'a function' if callable(answer) else type(answer).__name__}"


def copied(value: Any) -> Any:
    """``value`` anew, so that a function may write to it; a Tensor that requires grad is a leaf then."""
    if isinstance(value, Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, (tuple, list)) and type(value) in (tuple, list):
        return type(value)(map(copied, value))
    return deepcopy(value)


def _is_row(values: Any) -> bool:
    """Whether a tuple or list is one array of plain numbers or words, such as a shape."""
    return all(isinstance(v, (bool, int, float, str, np.generic)) or (type(v) is list and _is_row(v)) for v in values)


def _numbered(parts: Sequence[Any]) -> list[str]:
    return [f"part {number}" for number in range(1, len(parts) + 1)]
