"""``torch.multiprocessing``: Python's, and processes that run one function with their number."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from typing import Any


def get_all_sharing_strategies() -> set[str]:
    """The one: Tensors are copied to another process."""
    return {"file_descriptor"}


def get_sharing_strategy() -> str:
    """The one there is."""
    return "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Nothing: Tensors are copied to another process."""


def spawn(
    fn: Callable[..., None],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "fork",
) -> list[Any] | None:
    """Run ``fn(i, *args)`` in ``nprocs`` processes; RuntimeError if one fails. Without ``join``, the processes."""
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else start_method)
    processes = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]
    for process in processes:
        process.start()
    if not join:
        return processes
    for process in processes:
        process.join()
    failed = [i for i, process in enumerate(processes) if process.exitcode]
    if failed:
        raise RuntimeError(f"torch.multiprocessing.spawn: processes {failed} failed")
    return None


start_processes = spawn
