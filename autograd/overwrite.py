"""Which arrays were written to in place, and when: so that no rule reads a value that is no longer there.

A node saved its arrays when it was made, and ids count up: an array written to at a later id than the node's is not
what the node saw. Nothing is paid for this when an op runs.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from .node import Node, next_id

_written: dict[int, tuple[weakref.ref[Any], int]] = {}


class _Latest:
    __slots__ = ("id",)
    id: int


latest = _Latest()
latest.id = 0


def _owner(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array whose memory ``array`` is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def note_write(*arrays: np.ndarray[Any, Any]) -> None:
    """Remember that the memory of ``arrays`` was written to just now."""
    latest.id = now = next_id()
    for array in arrays:
        owner = array if array.base is None else _owner(array)
        key = id(owner)
        entry = _written.get(key)
        _written[key] = (_watched(owner, key) if entry is None else entry[0]), now


def _watched(owner: np.ndarray[Any, Any], key: int) -> weakref.ref[Any]:
    """A reference that keeps nothing alive, and forgets the entry with the array."""
    return weakref.ref(owner, lambda _: _written.pop(key, None))


def refuse_overwritten(node: Node) -> None:
    """Raise RuntimeError if an array that ``node`` saved was written to since."""
    for value in node.saved or ():
        if isinstance(value, np.ndarray):
            entry = _written.get(id(_owner(value)))
            if entry is not None and entry[1] > node.id:
                assert node.op is not None
                raise RuntimeError(
                    f"{node.op.name}: an array of shape {value.shape} that its derivative needs was modified by an "
                    "in-place operation after the forward pass; clone() it before writing to it"
                )
