"""Python's profiling hook, which tells when a function is entered and left, lent for a while."""

from __future__ import annotations

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
