"""The public functions by name: what `install` gathers, for who looks a name up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PUBLIC: dict[str, Callable[..., Any]] = {}


def namespace(module: str) -> dict[str, Callable[..., Any]]:
    """The public functions of a module such as ``linalg``, or of ``autograd`` itself for an empty name, by name."""
    return {name.rpartition(".")[2]: function for name, function in PUBLIC.items() if name.rpartition(".")[0] == module}
