"""Linear algebra: PyTorch's ``torch.linalg``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ops.linalg import LinAlgError
from .surface.public import namespace

_public = namespace("linalg")
globals().update(_public)
__all__ = ["LinAlgError", *_public]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
