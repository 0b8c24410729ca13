"""Types that answer for themselves, by ``__torch_function__``: subclasses of Tensor, and whatever else has it.

Plain Tensors pay nothing for them. A subclass that isn't content with plain results has a property in place of the slot
``array``: what reads it to compute, an op or a function composed of them, finds no array there but the exception
`Overridden`, and lets the types of its arguments answer instead.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any

from ..ops.shape import identity
from . import views
from .tensor import Tensor

ARRAY: Any = vars(Tensor)["array"]

# The code of all that lets types answer where an argument is `Overridden`.
ANSWERING: set[CodeType] = set()
# That of functions whose inner ones, which may be the ones that answer, are not in there yet.
NOTED: list[CodeType] = []

# What a subclass keeps as it is: how it is made, copied, shown and gone through, and what holds a Tensor of its own.
KEPT = frozenset(dir(object)) - {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"} | {
    "__array__", "__array_function__", "__array_ufunc__", "__deepcopy__", "__iter__", "__torch_function__", "_base",
    "_make_subclass", "_wrap", "array", "as_subclass", "grad", "node",
}  # fmt: skip


def answering(code: CodeType) -> None:
    """Note that a function with this code handles `Overridden`."""
    NOTED.append(code)


class Overridden(Exception):
    """Raised where a value is met whose type answers for itself."""


class _Depth(threading.local):
    disabled = 0


depth = _Depth()


class DisableTorchFunctionSubclass:
    """A block in which Tensors of all types are taken for plain ones, and give plain results."""

    def __enter__(self) -> None:
        depth.disabled += 1

    def __exit__(self, *exception: object) -> None:
        depth.disabled -= 1


def disabled(function: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None) -> Any:
    """The ``__torch_function__`` of a type that gives plain results, such as `nn.Parameter`."""
    with DisableTorchFunctionSubclass():
        return function(*args, **(kwargs or {}))


def answers(kind: type) -> bool:
    """Whether values of this type answer for themselves."""
    return kind is not Tensor and getattr(kind, "__torch_function__", disabled) is not disabled


def overriding(values: Iterable[Any]) -> list[type]:
    """The types of ``values`` that answer for themselves, subclasses before what they are subclasses of."""
    found: list[type] = []
    for kind in map(type, values):
        if kind not in found and answers(kind):
            place = next((i for i, other in enumerate(found) if issubclass(kind, other)), len(found))
            found.insert(place, kind)
    return found


def given(args: Iterable[Any], kwargs: dict[str, Any]) -> Iterator[Any]:
    """All arguments, and what is in those that are sequences."""
    for value in (*args, *kwargs.values()):
        yield value
        if isinstance(value, (list, tuple)):
            yield from value


def answered(function: Callable[..., Any], args: Any, kwargs: dict[str, Any], values: Iterable[Any] = ()) -> Any:
    """What the first type that answers for ``function`` says; TypeError if none of them does.

    values: those whose types are asked, the arguments if there are none.
    """
    types = overriding(values or given(args, kwargs))
    for kind in types:
        answer = kind.__torch_function__(function, tuple(types), args, kwargs)  # type: ignore[attr-defined]
        if answer is not NotImplemented:
            return answer
    raise TypeError(
        f"Multiple dispatch failed for '{getattr(function, '__name__', function)}'; all __torch_function__ handlers "
        f"returned NotImplemented: {', '.join(map(str, types))}"
    )


def met(value: Any) -> None:
    """Raise `Overridden` if ``value``, which isn't a Tensor, has a type that answers for itself."""
    if answers(type(value)):
        raise Overridden


def torch_function(
    cls: type[Tensor], func: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None
) -> Any:
    """What ``func`` gives for Tensors of this class: the same as for plain ones, in this class.

    func: the function, method or attribute that was used. types: those of its arguments that have an answer of their
    own. NotImplemented if one of them isn't a class that this one is derived from.

    >>> class Metres(autograd.Tensor): ...
    >>> length = autograd.ones(2).as_subclass(Metres)
    >>> length + 1, type(length.sum()).__name__
    (Metres([2., 2.]), 'Metres')
    """
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    return _converted(disabled(func, types, args, kwargs), cls)


def _converted(value: Any, cls: type[Tensor]) -> Any:
    if isinstance(value, Tensor):
        return value if isinstance(value, cls) else as_subclass(value, cls)
    if isinstance(value, (tuple, list)):
        parts = [_converted(part, cls) for part in value]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    return value


def as_subclass(self: Tensor, cls: type[Tensor]) -> Tensor:
    """The same values and the same place in the graph, as a Tensor of class ``cls``.

    >>> class Metres(autograd.Tensor): ...
    >>> autograd.ones(2).as_subclass(Metres)
    Metres([1., 1.])
    """
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise TypeError(f"as_subclass(): cls must be a subclass of Tensor, not {cls!r}")
    with DisableTorchFunctionSubclass():
        alias = identity(self)
    made = cls._wrap(alias.array, alias.node)
    views.link(made, self, (identity, (), {}))
    return made


def _make_subclass(cls: type[Tensor], data: Tensor, require_grad: bool = False) -> Tensor:
    """A leaf of class ``cls`` on the memory of ``data``."""
    if not isinstance(data, Tensor):
        raise TypeError(f"_make_subclass(): argument 'data' must be Tensor, not {type(data).__name__}")
    made = cls._wrap(ARRAY.__get__(data), None)
    if require_grad:
        made.node = made._leaf()
    return made


def _array(self: Tensor) -> Any:
    while NOTED:
        code = NOTED.pop()
        ANSWERING.update([code, *(const for const in code.co_consts if isinstance(const, CodeType))])
    if not depth.disabled and sys._getframe(1).f_code in ANSWERING:
        raise Overridden
    return ARRAY.__get__(self)


def init_subclass(cls: type[Tensor], /, **options: Any) -> None:
    """Let a new class of Tensors that answers for itself be asked whatever is done with them."""
    super(Tensor, cls).__init_subclass__(**options)
    if not answers(cls) or isinstance(getattr(cls, "array", None), property):
        return
    cls.array = property(_array, ARRAY.__set__)  # type: ignore[assignment]
    for name in set(dir(Tensor)) - KEPT:
        attribute: Any = getattr(Tensor, name)
        # What the class or a base of its own defines is meant as it is.
        if getattr(cls, name) is not attribute:
            continue
        if isinstance(attribute, FunctionType):
            setattr(cls, name, _asking(attribute))
        elif isinstance(attribute, property):
            read, change = _asking(attribute.__get__), _asking(attribute.__set__)
            setattr(cls, name, property(read, change))


def _asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, for which the types of its arguments answer first."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if depth.disabled:
            return function(*args, **kwargs)
        return answered(function, args, kwargs)

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    return call
