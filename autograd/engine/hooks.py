"""Functions that are called when something happens, until their handle takes them away."""

from __future__ import annotations

from typing import Any


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away. So does the end of a ``with`` block."""

    def __init__(self, hooks: list[Any], hook: Any, prepend: bool = False) -> None:
        self._hooks, self._hook = hooks, hook
        hooks.insert(0 if prepend else len(hooks), hook)

    def remove(self) -> None:
        # One that is registered twice has two handles, and each takes away one.
        hooks, self._hooks = self._hooks, []
        for position, hook in enumerate(hooks):
            if hook is self._hook:
                del hooks[position]
                break

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class Hooks(list[Any]):
    """The functions that see the gradient of a node before it is passed back; ``after`` those that see what is."""

    def __init__(self, before: Any = ()) -> None:
        super().__init__(before)
        self.after: list[Any] = []
