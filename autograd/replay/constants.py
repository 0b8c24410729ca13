"""Names for what a written program refers to and that is the same each time it runs."""

from __future__ import annotations

from typing import Any

# Those that are written as they are.
WRITTEN = (int, bool, type(None), str)


class Constants:
    """``constants(thing)``: the name under which ``thing`` is in ``space``, where it is put at the first call."""

    def __init__(self, space: dict[str, Any]) -> None:
        self.space = space
        self._names: dict[int, str] = {}

    def __call__(self, thing: Any, hint: str = "c") -> str:
        name = self._names.get(id(thing))
        if name is None:
            hint = hint if hint.isidentifier() else "rule"
            name = self._names[id(thing)] = f"{hint}_{len(self._names)}"
            self.space[name] = thing
        return name
