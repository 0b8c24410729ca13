"""Linear algebra: PyTorch's ``torch.linalg``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ops.linalg import LinAlgError
from .surface.public import expose

__all__ = ["LinAlgError", *expose(__name__)]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
