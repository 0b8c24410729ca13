"""The functions that are composed of ops, by the names they are known under.

A decorator says what a function is for users, under its own name or under those given; `function` is the plainest.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

from ..engine.errors import restated
from ..engine.old_orders import NUMBERS, in_order
from ..engine.out import into
from ..engine.overriding import Overridden, answered, answering, answers
from ..engine.tensor import Tensor
from ..ops.op import SYNONYMS
from .results import type_of

F = TypeVar("F", bound=Callable[..., Any])

# Functions by their full names, methods and attributes of Tensors by theirs, and which methods also exist as ``name_``.
FUNCTIONS: dict[str, Callable[..., Any]] = {}
METHODS: dict[str, Any] = {}
IN_PLACE: set[str] = set()

# The further names of each argument.
SYNONYMS_OF: dict[str, list[str]] = {}
for theirs, ours in SYNONYMS.items():
    SYNONYMS_OF.setdefault(ours, []).append(theirs)


def public(*names: str) -> Callable[[F], F]:
    """Make a function public under ``names``; ``linalg.inv`` is ``inv`` in the module ``autograd.linalg``.

    The function stays as it is: for those whose errors come from an op, which names itself, and that take little time.
    """

    def declare(made: F) -> F:
        FUNCTIONS.update(dict.fromkeys(names, made))
        return made

    return declare


def function(*names: str) -> Callable[[F], F]:
    """As `public`, under ``names`` or its own, with errors that say the first of them."""

    def declare(written: F) -> F:
        called = names or (written.__name__,)
        return public(*called)(explaining(called[0], written))

    return declare


def method(*names: str, in_place: bool = False) -> Callable[[F], F]:
    """As `function`, and a method of Tensors under each name without a dot; with ``in_place`` also as ``name_``."""

    def declare(written: F) -> F:
        made = function(*names)(written)
        for name in names or (written.__name__,):
            if "." not in name:
                METHODS[name] = made
                if in_place:
                    IN_PLACE.add(name)
        return made

    return declare


def tensor_method(*names: str) -> Callable[[F], F]:
    """Make a function a method of Tensors, under ``names`` or its own, and nothing else."""

    def declare(written: F) -> F:
        called = names or (written.__name__,)
        made = explaining(called[0], written)
        METHODS.update(dict.fromkeys(called, made))
        return made

    return declare


def tensor_property(written: Callable[[Any], Any]) -> property:
    """Make a function an attribute of Tensors under its name."""
    METHODS[written.__name__] = made = property(written)
    return made


def explaining(name: str, function: F) -> F:
    """``function`` as users call it: errors say ``name``, and arguments have further names, those behind a star too.

    Those that aren't of ``nn.functional`` take ``out=``; some also an order of arguments of old.
    """
    code = function.__code__
    takes_out = "out" not in code.co_varnames and not name.startswith("nn.")
    limit = code.co_argcount if name in NUMBERS else sys.maxsize
    count = code.co_argcount + code.co_kwonlyargcount
    spread = code.co_varnames[count] if code.co_flags & inspect.CO_VARARGS else ""
    parameters = (*code.co_varnames[:count], spread)
    synonyms = {theirs: ours for ours in parameters for theirs in SYNONYMS_OF.get(ours, ()) if theirs not in parameters}

    fields: Any = vars(function).get("fields")
    results = None if fields is None else type_of(name, fields)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > limit:
            args, kwargs = in_order(name, args, kwargs)
        if kwargs:
            if synonyms:
                kwargs = {synonyms.get(key, key): value for key, value in kwargs.items()}
            if spread in kwargs:
                before = [kwargs.pop(key) for key in parameters[len(args) : code.co_argcount] if key in kwargs]
                args = (*args, *before, kwargs.pop(spread))
            if takes_out and "out" in kwargs:
                return into(name, kwargs.pop("out"), call(*args, **kwargs), args)
        try:
            found = function(*args, **kwargs)
            return results._make(found) if results is not None and type(found) is fields else found
        except Overridden:
            return answered(call, args, kwargs)
        except AttributeError as error:
            if answers(type(error.obj)):
                return answered(call, args, kwargs)
            # Something that is no Tensor was used as one.
            if hasattr(Tensor, error.name or "") and not isinstance(error.obj, Tensor):
                raise TypeError(f"{name}(): expected a Tensor, but got {type(error.obj).__name__}") from None
            raise
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            made = restated(name, error)
            if made is error:
                raise
            raise made from None

    answering(code)
    return cast(F, call)
