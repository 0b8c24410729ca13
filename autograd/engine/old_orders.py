"""The order of arguments that PyTorch once had, numbers before the Tensors that they multiply: ``add(x, 2, y)``."""

from __future__ import annotations

import warnings
from typing import Any

from .tensor import Tensor

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
    places = [i for i, value in enumerate(args) if _is_number(value, inside=0 < i < len(args) - 1)]
    numbers = [args[i].item() if isinstance(args[i], Tensor) else args[i] for i in places]
    names = NUMBERS[name][: len(numbers)]
    if not numbers or len(numbers) > len(names):
        return args, kwargs
    warnings.warn(
        f"This overload of {name} is deprecated: give {' and '.join(names)} by name, behind the Tensors",
        stacklevel=4,
    )
    tensors = tuple(value for i, value in enumerate(args) if i not in places)
    return tensors, {**kwargs, **dict(zip(names, numbers))}


def _is_number(value: Any, inside: bool) -> bool:
    """Whether a value multiplies those behind it: a number, or a Tensor of one with others around it."""
    if isinstance(value, Tensor):
        return inside and not value.ndim and value.node is None
    return isinstance(value, (int, float))
