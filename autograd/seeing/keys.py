"""Keys pressed in a terminal, one by one, by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

SEQUENCES = {
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1b[H": "home",
    "\x1b[F": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    "\x1bOH": "home",
    "\x1bOF": "end",
    "\x1b": "escape",
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
}
# What a Windows terminal sends after a zero byte.
WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end"}


def keys() -> Generator[str]:
    """The keys pressed, until the input ends; the terminal is put back as it was."""
    return _windows_keys() if sys.platform == "win32" else _unix_keys()


def _unix_keys() -> Generator[str]:
    import termios
    import tty

    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    try:
        # What was typed already is kept.
        tty.setcbreak(file, termios.TCSANOW)
        # An escape sequence comes in one piece.
        while pressed := os.read(file, 16).decode(errors="replace"):
            yield SEQUENCES.get(pressed, pressed[:1])
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)


def _windows_keys() -> Generator[str]:
    import msvcrt

    while True:
        pressed = msvcrt.getwch()  # type: ignore[attr-defined]
        if pressed in ("\0", "\xe0"):
            yield WINDOWS.get(msvcrt.getwch(), "")  # type: ignore[attr-defined]
        else:
            yield SEQUENCES.get(pressed, pressed)
