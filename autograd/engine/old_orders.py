"""The order of arguments that PyTorch once had, numbers before the Tensors that they multiply: ``add(x, 2, y)``."""

from __future__ import annotations

import warnings
from typing import Any

# What the numbers are by name, if there are as many; one less, and the last is missing.
NUMBERS = {
    "add": ("alpha",),
    "sub": ("alpha",),
    "subtract": ("alpha",),
    "addcmul": ("value",),
    "addcdiv": ("value",),
} | dict.fromkeys(("addmm", "addmv", "addr", "addbmm", "baddbmm"), ("beta", "alpha"))


def in_order(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call of ``name`` that has too many by position: numbers among them by name, with a warning."""
    numbers = [value for value in args if isinstance(value, (int, float))]
    names = NUMBERS[name][: len(numbers)]
    if not numbers or len(numbers) > len(names):
        return args, kwargs
    warnings.warn(
        f"This overload of {name} is deprecated: give {' and '.join(names)} by name, behind the Tensors",
        stacklevel=4,
    )
    tensors = tuple(value for value in args if not isinstance(value, (int, float)))
    return tensors, {**kwargs, **dict(zip(names, numbers))}
