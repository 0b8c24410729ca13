"""What a model is made of, found in its attributes: a model may call one of them ``modules`` or ``parameters``.

The methods of `nn.Module` of these names are then out of reach, and the model runs all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..engine.above import is_module, is_parameter


def named_modules(model: Any) -> Iterator[tuple[str, Any]]:
    """``model`` and all modules below it, each once, with their dotted names."""
    waiting, seen = [("", model)], set[int]()
    while waiting:
        path, module = waiting.pop()
        if id(module) not in seen:
            seen.add(id(module))
            yield path, module
            below = [(_dotted(path, name), value) for name, value in vars(module).items() if is_module(value)]
            waiting += reversed(below)


def named_parameters(model: Any) -> Iterator[tuple[str, Any]]:
    """The Parameters of ``model`` and of all modules below it, each once, with their dotted names."""
    return _each_once(
        (_dotted(path, name), value)
        for path, module in named_modules(model)
        for name, value in vars(module).items()
        if is_parameter(value)
    )


def named_buffers(model: Any) -> Iterator[tuple[str, Any]]:
    """The buffers of ``model`` and of all modules below it, each once, with their dotted names."""
    return _each_once(
        (_dotted(path, name), value)
        for path, module in named_modules(model)
        for name in vars(module).get("_persistent", ())
        if (value := vars(module).get(name)) is not None
    )


def _each_once(pairs: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    seen: set[int] = set()
    for name, value in pairs:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
