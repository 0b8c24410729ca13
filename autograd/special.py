"""Special functions: PyTorch's ``torch.special``."""

from __future__ import annotations

from .surface.public import expose

__all__ = expose(__name__)


def __dir__() -> list[str]:
    return __all__
