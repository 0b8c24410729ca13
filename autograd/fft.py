"""Frequencies in order: of PyTorch's ``torch.fft`` what is about real numbers."""

from __future__ import annotations

from .surface.public import expose

__all__ = expose(__name__)


def __dir__() -> list[str]:
    return __all__
