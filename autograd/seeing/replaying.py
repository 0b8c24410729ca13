"""What was recorded, run again on other numbers: the same calls and walks, and a record of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..engine.backward import backward
from ..engine.node import Node
from ..engine.record import on_numbers
from ..engine.tensor import Tensor, wrap
from ..ops.op import Op
from ..ops.several import PICK
from ..scalar import Scalar, _made
from .check import seeds_of
from .contents import Contents
from .events import Update, Walk
from .names import Names
from .recording import Recording


class Replay:
    """A recording of the calls and walks of another, up to the first step of an optimizer, with some leaves changed.

    names: of the leaves and results, as the other had them. RuntimeError for calls that are not known well enough.
    """

    def __init__(self, contents: Contents, changes: Mapping[str, Any]) -> None:
        self.contents = contents
        self.names = Names()
        self.values: dict[Node, Any] = {}
        leaves = {item.node: contents.names[key] for key, item in contents.items.items() if _is_leaf(item.node)}
        unknown = sorted(set(changes) - set(leaves.values()))
        if unknown:
            raise KeyError(f"replay: no leaf is called {', '.join(unknown)}; there are {', '.join(leaves.values())}")
        for node, name in leaves.items():
            assert node is not None
            self.leaf(node, name, changes)
        self.recording = Recording()
        with self.recording:
            for event in contents.recording.events:
                if isinstance(event, Update):
                    break
                if isinstance(event, Walk):
                    self.walk(event)
                elif event.op is not None:
                    self.call(event)

    def leaf(self, node: Node, name: str, changes: Mapping[str, Any]) -> None:
        if node not in self.contents.values:
            return
        value = changes.get(name, self.contents.values[node])
        if isinstance(node, Scalar):
            made: Any = Scalar(float(value), label=name)
        else:
            array = np.array(value.array if isinstance(value, Tensor) else value, node.dtype)
            if array.shape != node.shape:
                raise RuntimeError(f"replay: {name} has shape {node.shape}, but was given one of {array.shape}")
            made = wrap(array, None).requires_grad_()
        self.values[node] = made
        self.keep_name(node, made)

    def keep_name(self, node: Node, made: Any) -> None:
        item = self.contents.items.get(f"n{node.id}")
        if item is not None and item.name:
            self.names.add(item.name, made, item.kind if item.kind in ("parameter", "input", "buffer") else "")

    def value_of(self, parent: Node) -> Any:
        if parent.op is PICK and parent not in self.values:
            (whole,) = parent.parents
            assert whole is not None
            return self.values[whole][parent.saved[1]]
        return self.values[parent]

    def call(self, node: Node) -> None:
        op = node.op
        flat = list(self.contents.given(node))
        if not isinstance(op, Op) or op.kind == "constant" or not flat:
            raise RuntimeError(f"replay: {getattr(op, 'name', 'a call')} can't be run again")
        for place, parent in enumerate(node.parents):
            if parent is not None:
                flat[place] = self.value_of(parent)
            elif place < op.arity and isinstance(flat[place], np.ndarray):
                flat[place] = wrap(flat[place], None)
        if isinstance(node, Scalar):
            numbers = [one.data if isinstance(one, Scalar) else one for one in flat[: op.arity]]
            parents = tuple([one if isinstance(one, Scalar) else None for one in flat[: op.arity]])
            made: Any = _made(op, parents, (on_numbers(op, *numbers), *numbers))
        else:
            count = len(node.parents)
            made = op.call(*([flat[:count], *flat[count:]] if op.variadic else flat))
        self.values[node] = made
        if not isinstance(made, tuple):
            self.keep_name(node, made)

    def walk(self, walk: Walk) -> None:
        for node, gradient in seeds_of(walk).items():
            root = self.value_of(node)
            if isinstance(root, Scalar):
                root.backward()
            else:
                backward(root, wrap(np.array(gradient), None), retain_graph=True)


def _is_leaf(node: Node | None) -> bool:
    return node is not None and node.op is None
