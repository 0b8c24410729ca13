"""What a process that is told to end does before it ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Of `kill`, and of a terminal that is closed.
SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(BaseException):
    """Unwinds the stack of a process that was told to end."""


@contextmanager
def unwound_by_signals() -> Iterator[None]:
    """A block whose `finally` clauses run when a signal ends the process; after them it ends, by that signal.

    Signals that somebody handles already are theirs. Only the main thread may handle any.
    """
    came: list[int] = []

    def unwind(number: int, frame: Any) -> None:
        came.append(number)
        raise Ended

    main = threading.current_thread() is threading.main_thread()
    ours = [number for number in SIGNALS if main and signal.getsignal(number) == signal.SIG_DFL]
    try:
        for number in ours:
            signal.signal(number, unwind)
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
        if came:
            # Where the terminal is gone, putting it back may have failed; that makes no difference.
            signal.raise_signal(came[0])
