"""Linear algebra: PyTorch's ``torch.linalg``."""

from __future__ import annotations

from .ops.linalg import LinAlgError
from .surface.public import expose

__all__ = ["LinAlgError", *expose(__name__)]


def __dir__() -> list[str]:
    return __all__
