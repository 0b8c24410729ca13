"""Several runs of a model brought together: what stays the same, what is a size, what can't be exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .calls import Call, Value
from .sizes import size_of


class Disagreement(RuntimeError):
    """What a model did in one run and not in another."""


def agree(
    runs: Sequence[Sequence[Call]], outputs: Sequence[Sequence[Value]], axes: Mapping[str, Sequence[int]]
) -> None:
    """Make the calls of the first run stand for all: values know the others, numbers that differ become sizes.

    runs: the calls of each that led to its outputs. Disagreement where the runs computed something else.
    """
    agreeing = _Agreement(axes)
    for calls in zip(*runs):
        agreeing.call(calls)
    longest = max(runs, key=len)
    if any(len(run) != len(longest) for run in runs):
        extra = longest[min(map(len, runs))]
        raise Disagreement(f"{extra.op.name}, called {extra.place}, runs for some sizes only")
    for values in zip(*outputs):
        agreeing.value(values, "an output of the model")


class _Agreement:
    def __init__(self, axes: Mapping[str, Sequence[int]]) -> None:
        self.axes = axes
        # Which call of the first run one of another stands beside.
        self.beside: dict[int, Call] = {}

    def call(self, calls: Sequence[Call]) -> None:
        first = calls[0]
        where = f"{first.op.name}, called {first.place}"
        other = next((call for call in calls if call.op is not first.op), None)
        if other is not None:
            raise Disagreement(f"{where}, gives way to {other.op.name} for other inputs")
        for call in calls:
            self.beside[id(call)] = first
        first.arguments = [self.tree(parts, where) for parts in zip(*[call.arguments for call in calls])]
        for values in zip(*[call.results for call in calls]):
            self.value(values, where)

    def tree(self, parts: Sequence[Any], where: str) -> Any:
        """What stands for ``parts``, the same argument in all runs."""
        first = parts[0]
        if any(type(part) is not type(first) and not _are_numbers(part, first) for part in parts):
            raise Disagreement(f"{where}: an argument changes its type from run to run")
        if isinstance(first, Value):
            return self.value(parts, where)
        if isinstance(first, slice):
            return slice(*[self.tree([getattr(p, end) for p in parts], where) for end in ("start", "stop", "step")])
        if isinstance(first, (tuple, list)):
            if any(len(part) != len(first) for part in parts):
                raise Disagreement(f"{where}: a sequence of {len(first)} has another length for other sizes")
            made = [self.tree(inner, where) for inner in zip(*parts)]
            return type(first)(*made) if hasattr(first, "_fields") else type(first)(made)
        if isinstance(first, dict):
            return {key: self.tree([part[key] for part in parts], where) for key in first}
        if all(part is first or part == first or (part != part and first != first) for part in parts):
            return first
        if _are_numbers(*parts):
            return size_of(parts, self.axes)
        raise Disagreement(f"{where}: {first!r} becomes {next(part for part in parts if part != first)!r}")

    def value(self, values: Sequence[Value], where: str) -> Value:
        first = values[0]
        for value in values[1:]:
            source = None if value.source is None else self.beside.get(id(value.source))
            if source is not first.source or value.position != first.position or value.name != first.name:
                raise Disagreement(f"{where}: a value comes from elsewhere for other inputs")
            if value.dtype != first.dtype or value.ndim != first.ndim:
                raise Disagreement(
                    f"{where}: {first.dtype} of {first.ndim} dimensions becomes {value.dtype} of {value.ndim}"
                )
        if not first.others:
            first.others = list(values[1:])
            shapes = list(zip(*[value.array.shape for value in values]))
            first.sizes = tuple([sizes[0] if len(set(sizes)) == 1 else size_of(sizes, self.axes) for sizes in shapes])
        return first


def _are_numbers(*parts: Any) -> bool:
    return all(isinstance(part, (int, float)) and not isinstance(part, bool) for part in parts)


def same(array: np.ndarray[Any, Any], others: Sequence[np.ndarray[Any, Any]]) -> bool:
    """Whether all arrays are alike, NaN among them."""
    exact = array.dtype.kind != "f"
    return all(other.shape == array.shape and np.array_equal(array, other, equal_nan=not exact) for other in others)
