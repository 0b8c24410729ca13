"""``torch.futures``: what is computed is there when the call returns."""

from __future__ import annotations

from typing import Any

from .names_only import Future

__all__ = ["Future"]


def wait_all(futures: list[Any]) -> list[Any]:
    """What each of them waits for."""
    return [future.wait() for future in futures]


def collect_all(futures: list[Any]) -> Any:
    """RuntimeError: there are no futures to wait for."""
    raise RuntimeError("torch.futures.collect_all: nothing runs beside the program here, so there are no futures")
