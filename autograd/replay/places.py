"""Where the arrays of a program lie, and for how long."""

from __future__ import annotations

from bisect import insort
from typing import Any, NamedTuple

import numpy as np

from .parts import Part

Array = np.ndarray[Any, Any]
# Buffers begin where a line of the cache does.
LINE = 64


class Place:
    """Memory that arrays lie in.

    kind: ``"buffer"``; ``"kept"``, which leaves the program; ``"fixed"``, which is never written to; ``"state"``, of a
    Tensor that is closed over; ``"outer"``, of what another call gives, or of an argument.
    name: what it is called. like: shape and strides of the array that is all of it, if there is one.
    first, last: the calls between which it is used.
    """

    def __init__(self, kind: str, size: int, name: str = "") -> None:
        self.kind, self.size, self.name = kind, size, name
        self.like: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        self.dtype: Any = np.dtype(np.uint8)
        self.content: Array | None = None
        self.first = self.last = -1
        self.escapes = False
        self.number = -1
        # Which one it is of the program's.
        self.slot = -1
        self.array: Array | None = None
        # Of an outer one: in what it may lie.
        self.within: list[Place] = []


class Spot(NamedTuple):
    """An array at a place."""

    place: Place
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]
    number: bool = False

    @property
    def whole(self) -> bool:
        return self.offset == 0 and (self.shape, self.strides) == self.place.like

    def part(self) -> Part:
        return Part(0, self.offset, self.shape, self.strides, self.dtype)


class Opaque(NamedTuple):
    """What a call gave that isn't looked into. expression: what it is called."""

    expression: str
    place: Place


def spots_in(tree: Any) -> list[Any]:
    """The spots in a tree, and what is opaque."""
    found: list[Any] = []
    add_spots(tree, found)
    return found


def add_spots(tree: Any, found: list[Any]) -> None:
    kind = type(tree)
    if kind is Spot or kind is Opaque:
        found.append(tree)
    elif kind is slice:
        add_spots((tree.start, tree.stop, tree.step), found)
    elif isinstance(tree, (tuple, list)):
        for part in tree:
            add_spots(part, found)
    elif kind is dict:
        add_spots(tuple(tree.values()), found)


def is_contiguous(spot: Spot) -> bool:
    """Whether it is all of its memory, row by row."""
    step = spot.dtype.itemsize
    for size, stride in zip(reversed(spot.shape), reversed(spot.strides)):
        if stride != step:
            return False
        step *= size
    return step == spot.place.size


def used(place: Place, number: int) -> None:
    place.first = number if place.first < 0 else min(place.first, number)
    place.last = max(place.last, number)


def allotted(places: list[Place]) -> tuple[int, int]:
    """Lay out the buffers in one piece of memory; how many bytes they have together, and how many they take.

    Those that are used at the same time lie apart.
    """
    buffers = [place for place in places if place.kind == "buffer"]
    # By where they begin, so that the first gap that is wide enough is found on one way through.
    taken: list[tuple[int, int, int, int]] = []
    starts: dict[int, int] = {}
    for place in sorted(buffers, key=lambda place: -place.size):
        size = -(-place.size // LINE) * LINE
        start = 0
        for begin, end, first, last in taken:
            if first <= place.last and place.first <= last:
                if begin >= start + size:
                    break
                start = max(start, end)
        starts[id(place)] = start
        insort(taken, (start, start + size, place.first, place.last))
    used = max([end for _, end, _, _ in taken], default=0)
    memory = np.empty(used + LINE, np.uint8)
    begin = -memory.ctypes.data % LINE
    for place in buffers:
        first = begin + starts[id(place)]
        place.array = memory[first : first + place.size]
    for place in places:
        if place.kind == "fixed" and place.array is None:
            place.array = place.content
    return sum(place.size for place in buffers), used
