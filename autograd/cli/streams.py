"""Standard output and error that take whatever a command prints."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Let the streams write what their encoding lacks as an escape, ``\\u2192`` for an arrow, instead of raising.

    A stream that was closed before Python began, as by ``>&-``, is None; what is printed then goes nowhere.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def can_be_written() -> bool:
    """Whether standard output takes another line; a full disk, or a pipe that nobody reads any more, doesn't."""
    try:
        print(flush=True)
    except OSError:
        return False
    return True


def give_up() -> None:
    """Forget what was not yet written to a full disk, or to a pipe whose reader has had enough, as ``| head`` has.

    Python would complain of it when it flushes at exit.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
