"""Constants, among them those whose shape is dynamic: one number, a range, a triangle, made where the model runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .agreement import same
from .calls import Call, Value
from .sizes import Size

COMPARISONS: dict[str, Callable[..., Any]] = {
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
}


@dataclass(frozen=True)
class Fill:
    """One number everywhere."""

    number: Any

    def of(self, array: np.ndarray[Any, Any]) -> Any:
        return np.full(array.shape, self.number, array.dtype)

    def add(self, g: Any, value: Value) -> str:
        return g.node("Expand", g.constant(self.number), g.sizes(value.shape))


@dataclass(frozen=True)
class Range:
    """``start + step·i`` along one axis."""

    start: Any
    step: Any
    axis: int

    def of(self, array: np.ndarray[Any, Any]) -> Any:
        line = self.start + self.step * np.arange(array.shape[self.axis], dtype=array.dtype)
        return np.broadcast_to(line.reshape(self._shape(array.ndim)), array.shape)

    def _shape(self, ndim: int) -> list[int]:
        return [-1 if i == self.axis else 1 for i in range(ndim)]

    def add(self, g: Any, value: Value) -> str:
        line = g.cast(counted(g, value.shape[self.axis]), np.int64, value.dtype)
        if self.step != 1:
            line = g.node("Mul", line, g.number(self.step, value.dtype))
        if self.start != 0:
            line = g.node("Add", line, g.number(self.start, value.dtype))
        if value.ndim == 1:
            return str(line)
        return g.node("Expand", g.reshape(line, self._shape(value.ndim)), g.sizes(value.shape))


@dataclass(frozen=True)
class Triangle:
    """How the number of a row compares with that of its column, for the last two axes."""

    comparison: str

    def of(self, array: np.ndarray[Any, Any]) -> Any:
        made = COMPARISONS[self.comparison](np.arange(array.shape[-2])[:, None], np.arange(array.shape[-1]))
        return np.broadcast_to(made, array.shape)

    def add(self, g: Any, value: Value) -> str:
        rows, columns = (counted(g, size) for size in value.shape[-2:])
        made = g.node(self.comparison, g.node("Unsqueeze", rows, g.ints(1)), columns)
        return made if value.ndim == 2 else g.node("Expand", made, g.sizes(value.shape))


def counted(g: Any, size: Any) -> str:
    """0, 1, 2, ... as many as ``size`` says, of int64."""
    zero, one = g.number(0, np.int64), g.number(1, np.int64)
    return str(g.node("Range", zero, g.number(size, np.int64), one))


def arrays_of(value: Value) -> list[np.ndarray[Any, Any]]:
    """What a value was in all runs."""
    return [value.array, *(other.array for other in value.others)]


def is_same(value: Value) -> bool:
    """Whether a value was the same in all runs."""
    return same(value.array, arrays_of(value)[1:])


def pattern_of(value: Value) -> Any:
    """What all arrays of a constant of dynamic shape are; None if they are nothing of the kind."""
    arrays = arrays_of(value)
    if not all(array.size for array in arrays):
        return None
    return next((one for one in _patterns(value) if all(_is(one.of(array), array) for array in arrays)), None)


def _patterns(value: Value) -> Sequence[Any]:
    array = value.array
    found: list[Any] = [Fill(array.flat[0])]
    if array.dtype.kind in "iuf":
        for axis in [i for i, size in enumerate(value.shape) if isinstance(size, Size)]:
            line = array[tuple([slice(2) if i == axis else 0 for i in range(array.ndim)])]
            if len(line) == 2:
                found.append(Range(line[0], line[1] - line[0], axis))
    elif array.dtype == np.bool_ and array.ndim >= 2:
        found += [Triangle(name) for name in COMPARISONS]
    return found


def _is(made: np.ndarray[Any, Any], array: np.ndarray[Any, Any]) -> bool:
    return np.array_equal(made, array, equal_nan=array.dtype.kind == "f")


def folded(calls: Sequence[Call]) -> list[Call]:
    """``calls`` without those of constants alone, whose results become constants."""
    left = []
    for call in calls:
        alone = all(value.is_constant for value in call.values())
        if alone and all(is_same(value) or pattern_of(value) is not None for value in call.results):
            call.folded = True
        else:
            left.append(call)
    return left
