"""The public functions by name: `install` gathers them here, and the modules that offer them take them from here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

PUBLIC: dict[str, Callable[..., Any]] = {}


def namespace(module: str) -> dict[str, Callable[..., Any]]:
    """The public functions of a module such as ``linalg``, or of ``autograd`` itself for an empty name, by name."""
    start = f"{module}." if module else ""
    inside = {name[len(start) :]: function for name, function in PUBLIC.items() if name.startswith(start)}
    return {name: function for name, function in inside.items() if "." not in name}


def expose(module: str, without: tuple[str, ...] = ()) -> list[str]:
    """Give ``autograd`` or a module in it its public functions, ``without`` some, and return their names.

    A module calls ``expose(__name__)``; what comes back is for its ``__all__``.
    """
    names = []
    for name, function in namespace(module.partition(".")[2]).items():
        if name not in without:
            setattr(sys.modules[module], name, function)
            names.append(name)
    return names
