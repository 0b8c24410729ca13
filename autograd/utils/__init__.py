"""What training scripts need beside Tensors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import checkpoint

if TYPE_CHECKING:
    from . import data

__all__ = ["checkpoint", "data"]


def __getattr__(name: str) -> Any:
    # Imported when it is first asked for: those who only compute don't pay for it.
    if name == "data":
        return import_module(f"{__name__}.data")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
