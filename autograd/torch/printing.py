"""``torch._tensor_str``: parts of how a Tensor is printed, of which libraries print their own kinds of Tensors."""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from ..surface.printing import options, tensor_text, values_text, with_suffixes

PRINT_OPTS = options


def _tensor_str(self: Tensor, indent: int) -> str:
    """The values in brackets, behind ``indent`` characters."""
    return values_text(self.array, indent) if self.numel() else "[]"


def _add_suffixes(tensor_str: str, suffixes: list[str], indent: int, force_newline: bool) -> str:
    """The values with what is said behind them, and the bracket that ends it."""
    return with_suffixes("", tensor_str, suffixes)


def _str(self: Tensor, *, tensor_contents: Any = None) -> str:
    """A Tensor as it is printed."""
    return tensor_text(self)
