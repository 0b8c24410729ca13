"""Locks that a forked child finds free.

A child has only the thread that forked: a lock that another one holds would never be released there, and what it guards
might be half-written. So a fork waits until nobody else holds one of these locks, and holds them itself while it lasts.
"""

from __future__ import annotations

import os
import threading
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

# In the order in which they were made, so that threads that fork at once don't wait for each other.
_locks: WeakValueDictionary[int, Any] = WeakValueDictionary()
_number = count().__next__
_taken: list[Any] = []
# How many seconds a fork waits for a lock. Compiling a kernel may take some. What the forking thread holds itself, as
# in a signal handler, never comes free.
PATIENCE = 20


def new_lock() -> Any:
    """A lock like one of `threading`."""
    return mind(threading.Lock())


def mind(lock: Any) -> Any:
    """Let forks take ``lock`` too, which is somebody else's."""
    _locks[_number()] = lock
    return lock


def _take() -> None:
    _taken[:] = [lock for _, lock in sorted(_locks.items()) if lock.acquire(timeout=PATIENCE)]


def _give_back() -> None:
    while _taken:
        _taken.pop().release()


def _give_back_in_child() -> None:
    unreleased = [lock for lock in _locks.values() if not any(lock is one for one in _taken)]
    _give_back()
    for lock in unreleased:
        lock._at_fork_reinit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take, after_in_parent=_give_back, after_in_child=_give_back_in_child)
