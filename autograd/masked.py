"""Functions of what a mask marks: PyTorch's ``torch.masked``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .surface.public import expose

__all__ = expose(__name__)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
