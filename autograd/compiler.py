"""What is compiled, and when: the names of ``torch.compiler``, for `autograd.compile`."""

from __future__ import annotations

from typing import Any

from .replay.compiled import compile
from .replay.stance import disable, is_compiling, reset, set_stance

__all__ = ["compile", "disable", "is_compiling", "list_backends", "reset", "set_stance"]


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """The names of what compiles: only replaying."""
    return ["replay"]
