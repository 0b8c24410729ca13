"""The types of results with several parts: each function has its own, which tells where its results are from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..types import package

F = TypeVar("F", bound=Callable[..., Any])

# By the full name of a function, as ``linalg_eigh``.
TYPES: dict[str, Any] = {}


def parts(fields: Any) -> Callable[[F], F]:
    """What is written below returns the named tuple ``fields``, of which its users get a type of their own."""

    def declare(written: F) -> F:
        vars(written)["fields"] = fields
        return written

    return declare


def type_of(name: str, fields: Any) -> Any:
    """The type of what the function ``name`` returns: the named tuple ``fields``, printed as PyTorch's for a program
    that imports torch. It is made of its parts, or as there of one sequence of them.
    """

    def made(cls: Any, *given: Any, **named: Any) -> Any:
        return fields.__new__(cls, *(given[0] if len(given) == 1 and not named else given), **named)

    def text(self: Any) -> str:
        if package.name == "autograd":
            return repr(fields._make(self))
        lines = ",\n".join(f"{field}={part!r}" for field, part in zip(fields._fields, self, strict=True))
        return f"{package.qualified('return_types')}.{called}(\n{lines})"

    called, count = name.replace(".", "_"), len(fields._fields)
    members = {"__new__": made, "__repr__": text, "__slots__": (), "__module__": __name__, "__doc__": fields.__doc__}
    TYPES[called] = found = type(called, (fields,), {**members, "n_fields": count, "n_sequence_fields": count})
    return found


def __getattr__(name: str) -> Any:
    if name in TYPES:
        return TYPES[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(TYPES)
