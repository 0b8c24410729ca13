"""Functions of what a mask marks: PyTorch's ``torch.masked``."""

from __future__ import annotations

from .surface.public import namespace

_public = namespace("masked")
globals().update(_public)
__all__ = list(_public)


def __dir__() -> list[str]:
    return __all__
