"""What stands for a saved array while a graph waits for its backward pass: whatever a user's function makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .node import Node
from .tensor import Tensor, wrap

SLOT: Any = Node.__dict__["saved"]


class Packed:
    """What was made of an array, and the function that makes a Tensor of it again."""

    __slots__ = ("content", "unpack")

    def __init__(self, content: Any, unpack: Callable[[Any], Any]) -> None:
        self.content, self.unpack = content, unpack

    def unpacked(self) -> np.ndarray[Any, Any]:
        made = self.unpack(self.content)
        if not isinstance(made, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(made)}"
            )
        return made.array


class PackingNode(Node):
    """A node that saved packed arrays, and unpacks them whenever they are read."""

    __slots__ = ()

    def _saved(self) -> Any:
        value = SLOT.__get__(self)
        if isinstance(value, tuple):
            return tuple([part.unpacked() if isinstance(part, Packed) else part for part in value])
        return value

    def _save(self, value: Any) -> None:
        SLOT.__set__(self, value)

    saved = property(_saved, _save)


def pack(node: Node, value: Any, hooks: tuple[Callable[[Any], Any], Callable[[Any], Any]]) -> Any:
    """``value``, which ``node`` is about to save, with its arrays packed by the first of ``hooks``."""
    if node.op is None or not isinstance(value, tuple):
        return value
    first, second = hooks
    node.__class__ = PackingNode
    return tuple([Packed(first(wrap(v, None)), second) if isinstance(v, np.ndarray) else v for v in value])
