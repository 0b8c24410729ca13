"""A trace in a terminal: by key where somebody sits at it and `rich` is installed; else all of it as text."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import closing

from .ending import unwound_by_signals
from .keys import keys
from .schema import Record
from .transcript import transcript

# Names of terminals that can do no more than print.
DUMB = ("dumb", "unknown")


def play(record: Record) -> None:
    """Play the record of a trace on standard output."""
    if can_draw() and importlib.util.find_spec("rich") is not None:
        # Imported here because it needs `rich`, which is optional.
        from .screen import play_by_key

        with unwound_by_signals(), closing(keys()) as pressed:
            play_by_key(record, pressed)
    else:
        print(escaped("\n".join(transcript(record))))


def can_draw() -> bool:
    """Whether there are keys to press and a screen on which the cursor moves."""
    streams = (sys.stdin, sys.stdout)  # None if it was closed before Python began.
    return all(stream is not None and stream.isatty() for stream in streams) and os.environ.get("TERM") not in DUMB


def escaped(text: str) -> str:
    """``text`` with an escape, such as ``\\u2081``, in place of each character that standard output can't encode."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
