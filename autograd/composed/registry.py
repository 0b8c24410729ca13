"""The functions that are composed of ops, by the names they are known under."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from ..engine.errors import restated
from ..engine.tensor import Tensor
from ..ops.op import SYNONYMS

F = TypeVar("F", bound=Callable[..., Any])

METHODS: dict[str, Any] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}
IN_PLACE: set[str] = set()


def function(*names: str) -> Callable[[F], F]:
    """A public function under ``names``, or its own; ``linalg.inv`` is ``inv`` in the module ``autograd.linalg``."""

    def declare(function: F) -> F:
        called = names or (function.__name__,)
        made = explaining(called[0], function)
        FUNCTIONS.update(dict.fromkeys(called, made))
        return made

    return declare


def method(*names: str, in_place: bool = False) -> Callable[[F], F]:
    """As `function`, and a method of Tensors under each name without a dot; with ``in_place`` also as ``name_``."""

    def declare(declared: F) -> F:
        made = function(*names)(declared)
        for name in names or (declared.__name__,):
            if "." not in name:
                METHODS[name] = made
                if in_place:
                    IN_PLACE.add(name)
        return made

    return declare


def tensor_method(*names: str) -> Callable[[F], F]:
    """A method of Tensors that is no function, under ``names`` or its own."""

    def declare(function: F) -> F:
        called = names or (function.__name__,)
        made = explaining(called[0], function)
        METHODS.update(dict.fromkeys(called, made))
        return made

    return declare


def tensor_property(function: Callable[[Any], Any]) -> property:
    """An attribute of Tensors."""
    METHODS[function.__name__] = made = property(function)
    return made


def explaining(name: str, function: F) -> F:
    """``function``, with errors that say ``name``, and NumPy's names of arguments beside PyTorch's."""
    code = function.__code__
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    synonyms = {theirs: ours for theirs, ours in SYNONYMS.items() if ours in parameters and theirs not in parameters}

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and synonyms:
            kwargs = {synonyms.get(key, key): value for key, value in kwargs.items()}
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            # Of something else that was taken for a Tensor.
            if hasattr(Tensor, error.name or "") and not isinstance(error.obj, Tensor):
                raise TypeError(f"{name}(): expected a Tensor, but got {type(error.obj).__name__}") from None
            raise
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            made = restated(name, error)
            if made is error:
                raise
            raise made from None

    return cast(F, call)
