"""The functions that are composed of ops, by the names they are known under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

METHODS: dict[str, Any] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}
IN_PLACE: set[str] = set()


def function(*names: str) -> Callable[[F], F]:
    """A public function under ``names``, or its own; ``linalg.inv`` is ``inv`` in the module ``autograd.linalg``."""

    def declare(function: F) -> F:
        for name in names or (function.__name__,):
            FUNCTIONS[name] = function
        return function

    return declare


def method(*names: str, in_place: bool = False) -> Callable[[F], F]:
    """As `function`, and a method of Tensors under each name without a dot; with ``in_place`` also as ``name_``."""

    def declare(function: F) -> F:
        for name in names or (function.__name__,):
            FUNCTIONS[name] = function
            if "." not in name:
                METHODS[name] = function
                if in_place:
                    IN_PLACE.add(name)
        return function

    return declare


def tensor_method(*names: str) -> Callable[[F], F]:
    """A method of Tensors that is no function, under ``names`` or its own."""

    def declare(function: F) -> F:
        for name in names or (function.__name__,):
            METHODS[name] = function
        return function

    return declare


def tensor_property(function: Callable[[Any], Any]) -> property:
    """An attribute of Tensors."""
    METHODS[function.__name__] = made = property(function)
    return made
