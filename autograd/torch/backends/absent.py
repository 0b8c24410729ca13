"""A library that isn't there."""

from __future__ import annotations

from typing import Any

enabled = False
deterministic = True


def is_available() -> bool:
    """False."""
    return False


is_built = is_macos13_or_newer = is_macos_or_newer = is_acl_available = is_available


def set_flags(*args: Any, **options: Any) -> None:
    """Nothing."""


class verbose:
    """A block in which nothing more is told."""

    def __init__(self, *args: Any, **options: Any) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...
