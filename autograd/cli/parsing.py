"""Options and what is wrong with them, said in one line."""

from __future__ import annotations

import argparse
import math
from typing import NoReturn


class CommandError(Exception):
    """What is wrong with the input and what to do about it; ``program`` is the parser that says it, if one does."""

    def __init__(self, message: str, program: str = "") -> None:
        super().__init__(message)
        self.program = program


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises `CommandError` instead of printing its usage and exiting."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message} (for help: {self.prog} --help)", self.prog)


def positive_int(text: str) -> int:
    """The type of options that count something."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, not {text!r}")
    return number


def positive_float(text: str) -> float:
    """The type of options that measure something."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, not {text!r}")
    return number


def seed(text: str) -> int:
    """The type of seeds."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number, not {text!r}") from None
    if not -(1 << 63) <= number < 1 << 64:
        raise argparse.ArgumentTypeError(f"expected a whole number of at most 64 bits, not {text}")
    return number
