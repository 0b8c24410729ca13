"""``torch.profiler``: blocks and marks in which nothing is measured."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from typing import Any


class ProfilerActivity(Enum):
    """What can be measured."""

    CPU, CUDA, XPU, MTIA, HPU = range(5)


class ProfilerAction(Enum):
    """What to do in a step."""

    NONE, WARMUP, RECORD, RECORD_AND_SAVE = range(4)


class profile:
    """A block in which nothing is measured: Python's own profilers see everything here."""

    def __init__(self, *args: Any, **options: Any) -> None: ...

    def __enter__(self) -> profile:
        return self

    def __exit__(self, *error: object) -> None: ...

    def start(self) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""

    def step(self) -> None:
        """Nothing."""

    def key_averages(self, *args: Any, **options: Any) -> profile:
        """What was measured: nothing."""
        return self

    def table(self, *args: Any, **options: Any) -> str:
        """A table of nothing."""
        return ""

    def export_chrome_trace(self, path: str) -> None:
        """RuntimeError: there is nothing to write."""
        raise RuntimeError(
            "torch.profiler measures nothing here; use cProfile, or autograd.trace for what was computed"
        )


class emit_nvtx(profile):
    """The same."""


class emit_itt(profile):
    """The same."""


class EventList(list[Any]):
    """What was measured: nothing."""

    def table(self, sort_by: str | None = None, row_limit: int = 100, **options: Any) -> str:
        """A table of nothing."""
        return ""


class record_function(contextlib.ContextDecorator):
    """A named block."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name

    def __enter__(self) -> record_function:
        return self

    def __exit__(self, *error: object) -> None: ...


def kineto_available() -> bool:
    """False: nothing is measured."""
    return False


def supported_activities() -> set[ProfilerActivity]:
    """What could be measured: nothing."""
    return set()


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, **options: Any
) -> Callable[[int], ProfilerAction]:
    """A schedule by which nothing is measured in any step."""
    return lambda step: ProfilerAction.NONE


def tensorboard_trace_handler(dir_name: str, *args: Any, **options: Any) -> Callable[[Any], None]:
    """What does nothing with what was measured."""
    return lambda profile: None
