"""``torch.serialization``: lists of what a file may hold, which are fixed here."""

from __future__ import annotations

import contextlib
from typing import Any

DEFAULT_PROTOCOL = 2
MAP_LOCATION = Any


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Nothing: what a file may hold is fixed, and nothing in it is run."""


def get_safe_globals() -> list[Any]:
    """None."""
    return []


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """None: nothing in a file is run."""
    return []


def clear_safe_globals() -> None:
    """Nothing."""


def safe_globals(safe_globals: list[Any]) -> contextlib.AbstractContextManager[None]:
    """A block like any other."""
    return contextlib.nullcontext()
