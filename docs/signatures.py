"""Signatures as they are shown: names and defaults, without types, which the text says in words."""

from __future__ import annotations

import inspect
from typing import Any


class Default:
    """A default value, which is shown as one would write it, or as dots."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        text = getattr(self.value, "__name__", "") or repr(self.value)
        return "..." if "<" in text else text


def parameters(what: Any, kind: str) -> list[inspect.Parameter]:
    """The parameters that a caller gives; none of what isn't called."""
    if kind in ("data", "property"):
        return []
    bound = kind == "method" and not isinstance(what, staticmethod)
    try:
        found = inspect.signature(getattr(what, "__func__", what))
    except (TypeError, ValueError):
        return []
    return list(found.parameters.values())[bound:]


def signature(what: Any, kind: str) -> str:
    """Parameters as in a definition."""
    if kind in ("data", "property"):
        return ""
    empty = inspect.Parameter.empty
    plain = [
        one.replace(annotation=empty, default=empty if one.default is empty else Default(one.default))
        for one in parameters(what, kind)
    ]
    return str(inspect.Signature(plain))
