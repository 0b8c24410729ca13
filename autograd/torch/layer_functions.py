"""``torch.nn.functional``: what libraries take from there beside `nn.functional`."""

from __future__ import annotations

from .jit import BroadcastingList1, BroadcastingList2, BroadcastingList3
from .overrides import (
    handle_torch_function,
    has_torch_function,
    has_torch_function_unary,
    has_torch_function_variadic,
)

__all__ = ["BroadcastingList1", "BroadcastingList2", "BroadcastingList3", "handle_torch_function"]
__all__ += ["has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"]
