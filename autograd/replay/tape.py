"""What ran on arrays: a list of calls, which values each took, and which it made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np


class Value:
    """Something that a recorded call took or made, and that is another object in each run.

    kind: ``"made"`` by the call ``source``; ``"part"`` of the value ``source``, at ``place``; the ``"array"``, the
    ``"grad"`` or the ``"node"`` of the Tensor ``source``, or of an argument if that is a number, or the ``"tensor"``
    itself; ``"constant"``: what ``source`` is, of an array a copy of the one at ``place``; ``"given"``: from outside.
    """

    __slots__ = ("kind", "place", "source", "written")

    def __init__(self, kind: str, source: Any, place: Any = None) -> None:
        self.kind, self.source, self.place = kind, source, place
        # Of a constant: whether what ran wrote to it, so that each run needs a copy.
        self.written = False


class Call:
    """A call of ``function``: arguments with `Value`s in them, wherever these may be in tuples, lists and dicts.

    label: what a listing calls it. gave: dtypes and shapes of what it returned when it was recorded.
    """

    __slots__ = ("args", "function", "gave", "label", "result")

    def __init__(self, function: Callable[..., Any], args: Any, label: str) -> None:
        self.function, self.args, self.label = function, args, label
        self.gave: list[tuple[Any, tuple[int, ...]]] = []
        self.result = Value("made", self)

    @property
    def gives(self) -> str:
        """What it returned, as a text."""
        return ", ".join(f"{name_of(dtype)} {shape}" for dtype, shape in self.gave)


@functools.cache
def name_of(dtype: np.dtype[Any]) -> str:
    """What a dtype is called. NumPy makes that anew each time, which takes longer than the rest of a line."""
    return str(dtype)


class Like(NamedTuple):
    """What stands for a node where only the shape of what it made is read."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def ndim(self) -> int:
        return len(self.shape)


class Tape:
    """The calls in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def add(self, function: Callable[..., Any], args: Any, label: str) -> Value:
        call = Call(function, args, label)
        self.calls.append(call)
        return call.result


def values_in(tree: Any) -> Iterator[Value]:
    """The values in nested arguments, and those that these are parts of."""
    if isinstance(tree, Value):
        yield tree
        while tree.kind == "part":
            tree = tree.source
            yield tree
    elif type(tree) is slice:
        yield from values_in((tree.start, tree.stop, tree.step))
    elif isinstance(tree, (tuple, list)):
        for part in tree:
            yield from values_in(part)
    elif isinstance(tree, dict):
        yield from values_in(tuple(tree.values()))


class Difference(Exception):
    """What two runs don't have in common."""


class Comparison:
    """Whether another run did the same to other arrays. What is a constant in both must be equal."""

    def __init__(self) -> None:
        self.pairs: dict[int, Value] = {}
        # Constants that were the same object in both runs: they are read where they are, and not copied.
        self.lasting: list[Value] = []

    def tapes(self, one: Tape, other: Tape) -> None:
        for first, second in zip(one.calls, other.calls):
            if first.function is not second.function:
                raise Difference(f"{first.label} ran where another time {second.label} did")
            compare(first.args, second.args, first.label, self.values)
            self.pairs[id(first.result)] = second.result
        if len(one.calls) != len(other.calls):
            raise Difference(f"{len(one.calls)} calls ran, another time {len(other.calls)}")

    def values(self, one: Any, other: Any, label: str) -> bool:
        """Whether these are values; Difference if they are different ones."""
        if type(one) is not Value or type(other) is not Value:
            return False
        if not self.alike(one, other):
            raise Difference(f"{label} took another value, or a constant that differs each time")
        return True

    def alike(self, one: Value, other: Value) -> bool:
        known = self.pairs.get(id(one))
        if known is not None:
            return known is other
        if one.kind != other.kind:
            return False
        self.pairs[id(one)] = other
        if one.kind == "part":
            return one.place == other.place and self.alike(one.source, other.source)
        if one.kind == "constant":
            if one.source is other.source or (one.place is not None and one.place is other.place):
                self.lasting.append(one)
                return True
            one.written = one.written or other.written
            return same(one.source, other.source)
        if one.kind == "made":
            return False
        return one.source is other.source or (type(one.source) is int and one.source == other.source)


def compare(one: Any, other: Any, label: str, values: Callable[[Any, Any, str], bool]) -> None:
    """Raise Difference unless what a call took is, in two runs, equal but for what ``values`` compares itself."""
    if values(one, other, label):
        return
    if type(one) is slice and type(other) is slice:
        one, other = (one.start, one.stop, one.step), (other.start, other.stop, other.step)
    if isinstance(one, (tuple, list)) and type(one) is type(other) and len(one) == len(other):
        for left, right in zip(one, other):
            compare(left, right, label, values)
    elif isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for key in one:
            compare(one[key], other[key], label, values)
    elif not same(one, other):
        raise Difference(f"{label} took {shortly(one)}, another time {shortly(other)}")


def same(one: Any, other: Any) -> bool:
    """Whether two constants are equal to the last bit."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return one.hex() == other.hex()
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    try:
        return bool(one == other)
    except Exception:
        return False


def geometry(result: Any) -> list[tuple[Any, tuple[int, ...]]]:
    """The dtypes and shapes of what a call returned.

    >>> geometry((np.zeros((2, 3)), None, np.float32(1)))
    [(dtype('float64'), (2, 3)), (dtype('float32'), ())]
    """
    if isinstance(result, (np.ndarray, np.generic)):
        return [(result.dtype, result.shape)]
    if isinstance(result, (tuple, list)):
        return [one for part in result for one in geometry(part)]
    return []


def shortly(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{type(value).__name__} {text[:40]}..."
