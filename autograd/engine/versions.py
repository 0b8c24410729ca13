"""Which arrays were written to in place, and when: so that no rule reads a value that is no longer there.

A node saved its arrays when it was made, and ids count up: an array written to at a later id than the node's is not
what the node saw. Nothing is paid for this when an op runs.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .node import Node, next_id

# By the identity of the array that owns the memory: the array, how often it was written to, the ids of recent writes.
_written: dict[int, tuple[weakref.ref[Any], int, deque[int]]] = {}
REMEMBERED = 1000


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
        memory = array if array.base is None else owner(array)
        key = id(memory)
        reference, count, ids = _written.get(key) or (_watched(memory, key, _written), 0, deque(maxlen=REMEMBERED))
        ids.append(now)
        _written[key] = reference, count + 1, ids


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
    return 0 if entry is None else entry[1]


def written_after(array: np.ndarray[Any, Any], node_id: int) -> bool:
    """Whether the memory of ``array`` was written to since the node with this id was made."""
    entry = _written.get(id(owner(array)))
    return entry is not None and entry[2][-1] > node_id


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
        if entry is not None and entry[2][-1] > node.id:
            assert node.op is not None
            _, count, ids = entry
            later = len(ids) - bisect_right(ids, node.id)
            raise RuntimeError(
                f"{node.op.name}: one of the variables needed for gradient computation has been modified by an "
                f"in-place operation: an array of shape {array.shape} is at version {count}; expected version "
                f"{count - later} instead. clone() it before writing to it"
            )


def arrays_in(saved: Iterable[Any]) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in ``saved`` and in the tuples and lists in it."""
    for value in saved:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from arrays_in(value)
