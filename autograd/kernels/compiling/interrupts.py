"""Ctrl-C that waits until what must not be left half done is done."""

from __future__ import annotations

# What `signal` wraps, without the conversion to enumerations, which takes twenty times as long.
import _signal  # type: ignore[import-not-found]
import os
import threading
from _signal import getsignal
from _signal import signal as set_handler
from threading import get_ident
from typing import Any

# Signals whose handlers often raise: of Ctrl-C, of a request to end, of a timeout.
SIGNALS = [getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGALRM") if hasattr(_signal, name)]


class Uninterrupted:
    """``with uninterrupted:`` lets signals wait until the block has ended.

    Python calls the handler of a signal, which raises KeyboardInterrupt for Ctrl-C, between any two instructions of
    the main thread: between two writes that belong together, and at the start of a `finally` or an ``__exit__`` too.
    In such a block the handlers are replaced by one that takes a note. Threads other than the main one are never
    interrupted.
    """

    def __init__(self) -> None:
        self.main = threading.main_thread().ident
        self.depth = 0
        self.before: list[tuple[int, Any]] = []
        self.noted: dict[int, Any] = {}
        self.taking_note = self.note

    def __enter__(self) -> None:
        if get_ident() != self.main:
            return
        if self.depth == 0:
            self.before = before = []
            try:
                for number in SIGNALS:
                    handler = getsignal(number)
                    if callable(handler):
                        before.append((number, handler))
                        set_handler(number, self.taking_note)
            except BaseException:
                self.give_back()
                raise
        self.depth += 1

    def __exit__(self, *error: object) -> None:
        if get_ident() != self.main:
            return
        self.depth -= 1
        if self.depth == 0:
            self.give_back()
            if self.noted:
                self.make_up()

    def note(self, number: int, frame: Any) -> None:
        self.noted[number] = frame

    def give_back(self) -> None:
        """Put the handlers back, all of them even if the first that is back raises at once."""
        try:
            for number, handler in self.before:
                set_handler(number, handler)
        except BaseException:
            for number, handler in self.before:
                set_handler(number, handler)
            raise

    def make_up(self) -> None:
        """Call the handlers of the signals that came."""
        noted, self.noted = self.noted, {}
        handlers = dict(self.before)
        for number, frame in noted.items():
            handlers[number](number, frame)

    def end_in_child(self) -> None:
        """The thread that forked is the main one of the child, where the block of another would never end."""
        if self.depth and self.main != get_ident():
            self.depth = 0
            self.give_back()
        self.main = get_ident()


uninterrupted = Uninterrupted()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=uninterrupted.end_in_child)
