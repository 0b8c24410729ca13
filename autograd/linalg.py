"""Linear algebra: PyTorch's ``torch.linalg``."""

from __future__ import annotations

from .ops.linalg import LinAlgError
from .surface.public import namespace

_public = namespace("linalg")
globals().update(_public)
__all__ = ["LinAlgError", *_public]


def __dir__() -> list[str]:
    return __all__
