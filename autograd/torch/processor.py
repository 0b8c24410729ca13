"""``torch.cpu``: the one device there is, which has done what it was asked for when the call returns."""

from __future__ import annotations

import contextlib
from typing import Any

from . import amp


def is_available() -> bool:
    """True."""
    return True


is_initialized = is_available


def device_count() -> int:
    """1."""
    return 1


def current_device() -> str:
    """The CPU."""
    return "cpu"


def set_device(device: Any) -> None:
    """Nothing."""


synchronize = set_device


def current_stream(device: Any = None) -> None:
    """None: nothing is queued."""


def stream(stream: Any) -> contextlib.AbstractContextManager[None]:
    """A block like any other."""
    return contextlib.nullcontext()


StreamContext = stream


class autocast(amp.autocast):
    """`amp.autocast` for the CPU."""

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        super().__init__("cpu", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`amp.GradScaler` for the CPU."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__("cpu", *args, **options)
