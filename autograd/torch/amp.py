"""``torch.amp``: mixed precision. Nothing is cast here: everything is computed in the dtype that it has."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

from ..types.device import device
from .scaler import GradScaler, OptState

__all__ = ["GradScaler", "OptState", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


class autocast(contextlib.ContextDecorator):
    """A block, or a function that it decorates, in which everything is computed as it is elsewhere.

    Warns where it is enabled, once for each place in a program.
    """

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        self.device = device(device_type).type
        self.fast_dtype = dtype
        if enabled:
            warnings.warn(f"autocast('{device_type}') changes nothing here: dtypes stay as they are", stacklevel=2)

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


def is_autocast_available(device_type: str) -> bool:
    """False."""
    return False


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """``fwd`` as it is."""
    return fwd if fwd is not None else lambda decorated: decorated


def custom_bwd(bwd: Any = None, *, device_type: str = "cuda") -> Any:
    """``bwd`` as it is."""
    return bwd if bwd is not None else lambda decorated: decorated
