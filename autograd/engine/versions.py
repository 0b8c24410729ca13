"""Which arrays were written to in place, and when: so that no rule reads a value that is no longer there.

A node saved its arrays when it was made, and ids count up: an array written to at a later id than the node's is not
what the node saw. Nothing is paid for this when an op runs.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .node import Node, next_id

REMEMBERED = 1000


class History:
    """The writes to the memory of an array: the ids of recent ones after 0, and how many there were before those."""

    __slots__ = ("dropped", "ids", "reference")

    def __init__(self, reference: weakref.ref[Any]) -> None:
        self.reference = reference
        self.dropped = -1
        self.ids = [0]

    @property
    def count(self) -> int:
        return self.dropped + len(self.ids)

    def trim(self) -> None:
        """Forget the older half, where there are too many."""
        if len(self.ids) > 2 * REMEMBERED:
            self.dropped += len(self.ids) - REMEMBERED
            del self.ids[:-REMEMBERED]


# By the identity of the array that owns the memory.
_written: dict[int, History] = {}


class _Latest:
    __slots__ = ("id",)
    id: int


latest = _Latest()
latest.id = 0


def owner(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array whose memory ``array`` is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def note_write(*arrays: np.ndarray[Any, Any]) -> None:
    """Remember that the memory of ``arrays`` was written to just now."""
    latest.id = now = next_id()
    for array in arrays:
        history = _history(array)
        history.ids.append(now)
        history.trim()


class WrittenTogether:
    """Arrays that are written to at once, again and again: those who keep this need not look them up each time."""

    def __init__(self, arrays: Iterable[np.ndarray[Any, Any]]) -> None:
        self.histories = [_history(array) for array in arrays]
        self.times = 0

    def note(self) -> None:
        """Remember that all of them were written to just now."""
        latest.id = now = next_id()
        for history in self.histories:
            history.ids.append(now)
        self.times += 1
        if self.times % REMEMBERED == 0:
            for history in self.histories:
                history.trim()


def _history(array: np.ndarray[Any, Any]) -> History:
    memory = array if array.base is None else owner(array)
    key = id(memory)
    history = _written.get(key)
    if history is None:
        history = _written.setdefault(key, History(_watched(memory, key, _written)))
    return history


def _watched(array: np.ndarray[Any, Any], key: int, entries: dict[int, Any]) -> weakref.ref[Any]:
    """A reference that keeps nothing alive, and forgets the array's entry with it."""
    # Bound to the entries themselves: this module's names are gone first when Python ends.
    return weakref.ref(array, partial(_forget, entries, key))


def _forget(entries: dict[int, Any], key: int, _: Any) -> None:
    entries.pop(key, None)


def note_replaced(leaf: Node, array: np.ndarray[Any, Any]) -> None:
    """Remember that the Tensor of ``leaf`` has ``array`` now: rules that read the leaf read that."""
    leaf.current = array
    latest.id = next_id()


def version(array: np.ndarray[Any, Any]) -> int:
    """How often the memory of ``array`` was written to."""
    entry = _written.get(id(owner(array)))
    return 0 if entry is None else entry.count


def written_after(array: np.ndarray[Any, Any], node_id: int) -> bool:
    """Whether the memory of ``array`` was written to since the node with this id was made."""
    entry = _written.get(id(owner(array)))
    return entry is not None and entry.ids[-1] > node_id


def brought_up_to_date(node: Node) -> None:
    """Let ``node`` have saved what its leaves hold now. RuntimeError if an array that it saved was written to since."""
    refuse_overwritten(node)
    if not isinstance(node.saved, tuple):
        return
    saved = list(node.saved)
    for position, parent in enumerate(node.parents[: len(saved) - 1], 1):
        before, after = saved[position], getattr(parent, "current", None)
        if after is not None and isinstance(before, np.ndarray) and after.shape == before.shape:
            saved[position] = after if after.dtype == before.dtype else before
    node.saved = tuple(saved)


def refuse_overwritten(node: Node) -> None:
    """Raise RuntimeError if an array that ``node`` saved was written to since."""
    for array in arrays_in(node.saved or ()):
        entry = _written.get(id(owner(array)))
        if entry is not None and entry.ids[-1] > node.id:
            assert node.op is not None
            count, later = entry.count, len(entry.ids) - bisect_right(entry.ids, node.id)
            raise RuntimeError(
                f"{node.op.name}: one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: an array of shape {array.shape} is at version {count}; expected version "
                f"{count - later} instead. clone() it before writing to it"
            )


def arrays_in(saved: Iterable[Any]) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in ``saved`` and in the tuples and lists in it."""
    for value in saved:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from arrays_in(value)
