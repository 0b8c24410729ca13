"""Frequencies in order: of PyTorch's ``torch.fft`` what is about real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .surface.public import expose

__all__ = expose(__name__)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
