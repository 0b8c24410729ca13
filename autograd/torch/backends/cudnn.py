"""``torch.backends.cudnn``: NVIDIA's layers. Scripts set what they want of them, and nothing comes of it."""

from __future__ import annotations

import contextlib
from typing import Any

enabled = True
benchmark = False
deterministic = False
allow_tf32 = True
benchmark_limit = 10


def is_available() -> bool:
    """False."""
    return False


def version() -> None:
    """None."""


def is_acceptable(tensor: Any) -> bool:
    """False."""
    return False


def flags(**options: Any) -> contextlib.AbstractContextManager[None]:
    """A block like any other."""
    return contextlib.nullcontext()
