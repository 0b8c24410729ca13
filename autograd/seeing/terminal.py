"""A trace in a terminal: by key where somebody sits at it and `rich` is installed; else all of it as text."""

from __future__ import annotations

import importlib.util
import sys

from .keys import keys
from .schema import Record
from .transcript import transcript


def play(record: Record) -> None:
    """Play the record of a trace on standard output."""
    if sys.stdin.isatty() and sys.stdout.isatty() and importlib.util.find_spec("rich") is not None:
        # Imported here because it needs `rich`, which is optional.
        from .screen import play_by_key

        play_by_key(record, keys())
    else:
        print("\n".join(transcript(record)))
