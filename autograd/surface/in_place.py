"""The in-place forms that have no function beside them: ``zero_``, ``copy_``, ``x[i] = y``, ``squeeze_`` ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import views
from ..engine.grad_mode import recording
from ..engine.keys import stages
from ..engine.tensor import Tensor
from ..engine.writing import in_graph, put


def reshaping(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method ``name_`` of a function that returns a view: the Tensor becomes that view of what it was."""
    text = f"In place: this Tensor becomes its own ``{name}``, on the same memory."
    name = f"{name}_"

    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        in_graph(name, self)
        # It has the same values, so it stays in its graph under no_grad() as well.
        with recording(True):
            view = function(self, *args, **kwargs)
        if self.node is not None and self.is_leaf:
            self.data = view
        else:
            views.turn_into_view(self, view)
        return self

    call.__name__ = call.__qualname__ = name
    call.__doc__ = text
    return call


def zero_(self: Tensor) -> Tensor:
    """In place: 0 everywhere."""
    return put("zero_", self, 0)


def fill_(self: Tensor, value: Any) -> Tensor:
    """In place: ``value``, a number or a Tensor without dimensions, everywhere."""
    if np.ndim(getattr(value, "array", value)):
        raise RuntimeError(
            f"fill_: only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions; use copy_()"
        )
    return put("fill_", self, value)


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """In place: the values of ``src``, which may have another dtype or broadcast to the shape."""
    return put("copy_", self, src)


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """``x[key] = value``."""
    put("__setitem__", self, value, stages(self.array.shape, key))


WRITING = {f.__name__: f for f in (zero_, fill_, copy_)}
RESHAPING = ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims")
