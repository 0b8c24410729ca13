"""Frequencies in order: of PyTorch's ``torch.fft`` what is about real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .surface.public import namespace

_public = namespace("fft")
globals().update(_public)
__all__ = list(_public)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
