"""Operations that write into a Tensor's memory: ``add_``, ``zero_``, ``x += y``, ``x[i] = y`` ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import overwrite
from .functions.indexing import normal_key
from .tensor import Tensor, needs_graph


def refuse_leaf(name: str, x: Tensor) -> None:
    """Raise RuntimeError for a leaf that a graph may have recorded."""
    if x.node is not None and x.is_leaf:
        raise RuntimeError(
            f"{name}: a leaf Variable that requires grad is being used in an in-place operation; "
            "write to it under no_grad(), or make a new Tensor instead"
        )


def refuse_in_graph(name: str, x: Tensor, *others: Any) -> None:
    """Raise RuntimeError where writing into ``x`` would change what a graph has recorded."""
    if needs_graph(x, *others):
        refuse_leaf(name, x)
        raise RuntimeError(
            f"{name}: an in-place operation on a Tensor of shape {tuple(x.shape)} that is part of a graph, or that "
            "others see the memory of; make a new Tensor instead"
        )


def check_result(name: str, x: Tensor, values: np.ndarray[Any, Any]) -> None:
    """Raise RuntimeError unless ``values`` can take the place of those of ``x``."""
    if values.dtype.kind == "f" and x.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: result type {values.dtype} can't be cast to the desired output type {x.array.dtype}"
        )
    if values.shape != x.array.shape:
        raise RuntimeError(
            f"{name}: output with shape {list(x.shape)} doesn't match the broadcast shape {list(values.shape)}"
        )


def write(name: str, x: Tensor, values: np.ndarray[Any, Any]) -> Tensor:
    """Put ``values`` into the memory of ``x``, in its dtype."""
    check_result(name, x, values)
    x.array[...] = values
    overwrite.note_write(x.array)
    return x


def is_view(x: Tensor) -> bool:
    """Whether the memory of ``x`` may be another Tensor's."""
    return x.array.base is not None and (x.node is None or x.node.op is None or x.node.op.view)


def in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method ``name_``: what ``function`` computes, written into its first argument.

    In a graph the handle gets the new node and its array; what the graph has saved of the old one stays as it was.
    """
    text = f"In place: writes ``{name}`` of this Tensor and the arguments into it, and returns it."
    name = f"{name}_"

    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not needs_graph(self, *args, *kwargs.values()):
            return write(name, self, function(self.detach(), *args, **kwargs).array)
        refuse_leaf(name, self)
        if is_view(self):
            refuse_in_graph(name, self, *args, *kwargs.values())
        out = function(self, *args, **kwargs)
        check_result(name, self, out.array)
        self.array, self.node = out.array, out.node
        return self

    call.__name__ = call.__qualname__ = name
    call.__doc__ = text
    return call


def zero_(self: Tensor) -> Tensor:
    """In place: 0 everywhere."""
    return filled("zero_", self, 0)


def fill_(self: Tensor, value: Any) -> Tensor:
    """In place: ``value`` everywhere."""
    return filled("fill_", self, value)


def filled(name: str, x: Tensor, value: Any) -> Tensor:
    """``x`` with ``value`` written everywhere."""
    refuse_in_graph(name, x, value)
    x.array[...] = value.item() if isinstance(value, Tensor) else value
    overwrite.note_write(x.array)
    return x


def copy_(self: Tensor, src: Tensor) -> Tensor:
    """In place: the values of ``src``, which may have another dtype or broadcast to the shape."""
    refuse_in_graph("copy_", self, src)
    try:
        values = np.broadcast_to(src.array, self.array.shape)
    except ValueError:
        raise RuntimeError(
            f"copy_: a Tensor of shape {list(src.shape)} doesn't broadcast to the shape {list(self.shape)}"
        ) from None
    return write("copy_", self, values.astype(self.array.dtype, copy=False))


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """``x[key] = value``."""
    refuse_in_graph("__setitem__", self, value)
    values = value.array if isinstance(value, Tensor) else value
    try:
        self.array[normal_key(key)] = values
    except ValueError as error:
        raise RuntimeError(f"__setitem__: {error} (shapes: {tuple(self.shape)}, {np.shape(values)})") from None
    overwrite.note_write(self.array)


METHODS = {f.__name__: f for f in (zero_, fill_, copy_)}
