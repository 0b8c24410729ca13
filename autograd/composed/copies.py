"""What shows the memory of another Tensor, as a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops import OPS
from .registry import METHODS, function, method

# Of each view: arguments to show it with, and what comes of them.
EXAMPLES = {
    "as_strided": ("autograd.arange(3), (2,), (2,)", "tensor([0, 2])"),
    "diagonal": ("autograd.tensor([[1, 2], [3, 4]])", "tensor([1, 4])"),
    "expand": ("autograd.tensor([1]), (2,)", "tensor([1, 1])"),
    "narrow": ("autograd.arange(3), 0, 1, 2", "tensor([1, 2])"),
    "permute": ("autograd.tensor([[1, 2]]), (1, 0)", "tensor([[1],\n            [2]])"),
    "select": ("autograd.tensor([[1, 2]]), 0, 0", "tensor([1, 2])"),
    "split": ("autograd.arange(3), 2", "(tensor([0, 1]), tensor([2]))"),
    "split_with_sizes": ("autograd.arange(3), [1, 2]", "(tensor([0]), tensor([1, 2]))"),
    "squeeze": ("autograd.tensor([[1, 2]])", "tensor([1, 2])"),
    "t": ("autograd.tensor([[1, 2]])", "tensor([[1],\n            [2]])"),
    "transpose": ("autograd.tensor([[1, 2]]), 0, 1", "tensor([[1],\n            [2]])"),
    "unbind": ("autograd.tensor([1, 2])", "(tensor(1), tensor(2))"),
    "unfold": ("autograd.arange(2), 0, 2, 1", "tensor([[0, 1]])"),
    "unsqueeze": ("autograd.tensor([1, 2]), 0", "tensor([[1, 2]])"),
    "view": ("autograd.arange(2), (1, 2)", "tensor([[0, 1]])"),
}


def copying(name: str, arguments: str, result: str) -> Callable[..., Any]:
    """The function ``name_copy``."""

    def copy(*args: Any, **kwargs: Any) -> Any:
        shown = (METHODS[name] if name in METHODS else OPS[name].function)(*args, **kwargs)
        return tuple(x.clone() for x in shown) if isinstance(shown, tuple) else shown.clone()

    copy.__name__ = copy.__qualname__ = f"{name}_copy"
    copy.__doc__ = f"""`{name}` in memory of its own.

    >>> autograd.{name}_copy({arguments})
    {result}
    """
    return copy


for name, example in EXAMPLES.items():
    (method if name == "narrow" else function)()(copying(name, *example))
