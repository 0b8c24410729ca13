"""The functions that return views, made to return copies: ``view_copy``, ``squeeze_copy`` and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops import broadcasting, diagonal, shape
from . import indexing, shapes, splitting
from .registry import function, method

# Each function that returns a view, with the arguments and the result of the example in its documentation.
VIEWS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "as_strided": (shapes.as_strided, "autograd.arange(3), (2,), (2,)", "tensor([0, 2])"),
    "diagonal": (diagonal.diagonal, "autograd.tensor([[1, 2], [3, 4]])", "tensor([1, 4])"),
    "expand": (broadcasting.expand, "autograd.tensor([1]), (2,)", "tensor([1, 1])"),
    "narrow": (indexing.narrow, "autograd.arange(3), 0, 1, 2", "tensor([1, 2])"),
    "permute": (shape.permute, "autograd.tensor([[1, 2]]), (1, 0)", "tensor([[1],\n            [2]])"),
    "select": (indexing.select, "autograd.tensor([[1, 2]]), 0, 0", "tensor([1, 2])"),
    "split": (splitting.split, "autograd.arange(3), 2", "(tensor([0, 1]), tensor([2]))"),
    "split_with_sizes": (splitting.split, "autograd.arange(3), [1, 2]", "(tensor([0]), tensor([1, 2]))"),
    "squeeze": (shape.squeeze, "autograd.tensor([[1, 2]])", "tensor([1, 2])"),
    "t": (shape.t, "autograd.tensor([[1, 2]])", "tensor([[1],\n            [2]])"),
    "transpose": (shape.transpose, "autograd.tensor([[1, 2]]), 0, 1", "tensor([[1],\n            [2]])"),
    "unbind": (splitting.unbind, "autograd.tensor([1, 2])", "(tensor(1), tensor(2))"),
    "unfold": (shapes.unfold, "autograd.arange(2), 0, 2, 1", "tensor([[0, 1]])"),
    "unsqueeze": (shape.unsqueeze, "autograd.tensor([1, 2]), 0", "tensor([[1, 2]])"),
    "view": (shapes.view, "autograd.arange(2), (1, 2)", "tensor([[0, 1]])"),
}


def copying(name: str, view: Callable[..., Any], arguments: str, result: str) -> Callable[..., Any]:
    """The function ``name_copy``, which copies what ``view`` returns."""

    def copy(*args: Any, **kwargs: Any) -> Any:
        shown = view(*args, **kwargs)
        return tuple(x.clone() for x in shown) if isinstance(shown, tuple) else shown.clone()

    copy.__name__ = copy.__qualname__ = f"{name}_copy"
    copy.__doc__ = f"""`{name}` in memory of its own.

    >>> autograd.{name}_copy({arguments})
    {result}
    """
    return copy


for name, row in VIEWS.items():
    # One of them is a method too.
    declared = method if name == "narrow" else function
    declared()(copying(name, *row))
