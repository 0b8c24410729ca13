"""Special functions: PyTorch's ``torch.special``."""

from __future__ import annotations

from .surface.public import namespace

_public = namespace("special")
globals().update(_public)
__all__ = list(_public)


def __dir__() -> list[str]:
    return __all__
