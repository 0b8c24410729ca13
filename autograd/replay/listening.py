"""What Python does for a while: it tells when a function is entered and left, or doesn't look for garbage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def listening(hook: Callable[..., Any]) -> Iterator[None]:
    """Within it ``hook(frame, event, thing)`` is told what runs; a profiler that was told before is told afterwards."""
    before: Any = sys.getprofile()
    sys.setprofile(hook)
    try:
        yield
    finally:
        sys.setprofile(None)
        if hasattr(before, "enable"):
            # Python's own profiler is no function.
            before.enable()
        elif before is not None:
            sys.setprofile(before)


@contextmanager
def uncollected() -> Iterator[None]:
    """Python's garbage isn't collected within it: much is made, but it stays, so that only time would be lost.

    Where Numba is there, that is 0.1 s.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
