"""Frequencies in order: of PyTorch's ``torch.fft`` what is about real numbers."""

from __future__ import annotations

from .surface.public import namespace

_public = namespace("fft")
globals().update(_public)
__all__ = list(_public)


def __dir__() -> list[str]:
    return __all__
