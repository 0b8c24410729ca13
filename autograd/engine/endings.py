"""What is called once a backward pass has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class _Endings(threading.local):
    """What is to be called at the end of each backward pass that this thread is in, the innermost last."""

    def __init__(self) -> None:
        self.waiting: list[list[Callable[[], object]]] = []


endings = _Endings()


def queue_callback(callback: Callable[[], object]) -> None:
    """Call ``callback`` once the backward pass that is going on has ended. RuntimeError if there is none."""
    if not endings.waiting:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    endings.waiting[-1].append(callback)


def to_the_end(arrivals: Callable[..., Any], *args: Any) -> tuple[Any, list[Callable[[], object]]]:
    """What ``arrivals`` gives, and what is to be called after that."""
    endings.waiting.append([])
    try:
        return arrivals(*args), endings.waiting[-1]
    finally:
        endings.waiting.pop()
