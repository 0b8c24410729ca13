"""What a worker of a `DataLoader` knows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WorkerInfo:
    """Which of the workers this is, the seed of its random numbers, and its copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_here: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker of a `DataLoader`, its ``id``, ``num_workers``, ``seed`` and ``dataset``; elsewhere None.

    >>> class Halves(autograd.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         worker = autograd.utils.data.get_worker_info()
    ...         return iter(range(worker.id, 6, worker.num_workers))
    >>> list(autograd.utils.data.DataLoader(Halves(), batch_size=2, num_workers=2))
    [tensor([0, 2]), tensor([1, 3]), tensor([4]), tensor([5])]
    """
    return _here


def become(info: WorkerInfo) -> None:
    """Let this process be that worker."""
    global _here
    _here = info
