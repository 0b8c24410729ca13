"""Threads that load batches ahead.

In PyTorch these are processes. Threads need no pickling and no second Python, can't break what a fork breaks, and load
at once wherever NumPy or a library for images or files does the work, which releases the GIL. Scripts written for
PyTorch see no difference: each worker has a copy of the dataset, and random numbers of its own.
"""

from __future__ import annotations

import copy
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from queue import Empty, SimpleQueue
from typing import Any

from ...creation.generator import Generator, own
from ...kernels.compiling.threads import inside
from .dataset import Dataset

# Gives the batch that is asked for, or END where a dataset that can't be asked has come to its end.
Fetch = Callable[[Any], Any]
END = object()
# Makes a Fetch for a dataset, at the start of an epoch.
Fetcher = Callable[[Any], Fetch]


@dataclass(frozen=True)
class WorkerInfo:
    """Which of the workers this is, the seed of its random numbers, and its copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


class Here(threading.local):
    """The worker that this thread is."""

    info: WorkerInfo | None = None


here = Here()


def get_worker_info() -> WorkerInfo | None:
    """In a worker of a `DataLoader`, its ``id``, ``num_workers``, ``seed`` and ``dataset``; elsewhere None.

    >>> class Halves(autograd.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         worker = autograd.utils.data.get_worker_info()
    ...         return iter(range(worker.id, 6, worker.num_workers))
    >>> list(autograd.utils.data.DataLoader(Halves(), batch_size=2, num_workers=2))
    [tensor([0, 2]), tensor([1, 3]), tensor([4]), tensor([5])]
    """
    return here.info


class Epoch:
    """One time through a dataset, of which ``fetcher`` makes what loads its batches."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher


class Task:
    """A batch to load, and, once it is, the batch or what went wrong."""

    def __init__(self, request: Any, epoch: Epoch) -> None:
        self.request, self.epoch, self.cancelled = request, epoch, False
        self.outcome: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()


def serve(tasks: SimpleQueue[Task | None], info: WorkerInfo, init: Callable[[int], Any] | None) -> None:
    """What a worker does until it is given None."""
    here.info = info
    own.generator = Generator().manual_seed(info.seed)
    inside.piece = True  # the cores are the training's: a worker's kernels stay on its thread
    epoch: Epoch | None = None
    wrong = None if init is None else attempt(init, info.id)[1]
    while task := tasks.get():
        if not task.cancelled:
            if wrong is None and task.epoch is not epoch:
                epoch = task.epoch
                fetch, wrong = attempt(epoch.fetcher, info.dataset)
            task.outcome.put(attempt(fetch, task.request) if wrong is None else (END, wrong))
            wrong = None
        del task  # and with it the batch


def attempt(work: Callable[[Any], Any], argument: Any) -> tuple[Any, BaseException | None]:
    """What ``work(argument)`` returns, or what it raises, with a note on where that was."""
    try:
        return work(argument), None
    except BaseException as error:
        assert here.info is not None
        error.add_note(f"This was raised in worker {here.info.id} of a DataLoader.")
        return None, error


def cut_short(error: StopIteration) -> RuntimeError:
    """What is raised for a StopIteration that would end an epoch early, as if there were no more batches."""
    return RuntimeError(f"DataLoader: a sample or collate_fn raised {error!r}, which only an iterator may do")


def stop(queues: list[SimpleQueue[Task | None]], pending: deque[tuple[int, Task]]) -> None:
    """Cancel what isn't begun, and let the workers go."""
    cancel(pending)
    for tasks in queues:
        tasks.put(None)


def cancel(pending: deque[tuple[int, Task]]) -> None:
    while pending:
        pending.popleft()[1].cancelled = True


class Prefetcher:
    """Batches in order, loaded ahead by workers that end with it.

    Each is asked for ``ahead`` batches before the first is taken. seed: that of the first worker's random numbers;
    the next has the next. init: called in each worker with its number; timeout: seconds to wait for a batch, or 0.
    """

    def __init__(
        self,
        dataset: Any,
        workers: int,
        ahead: int,
        seed: int,
        init: Callable[[int], Any] | None,
        timeout: float,
        persistent: bool,
    ) -> None:
        self.ahead, self.timeout, self.persistent = workers * ahead, timeout, persistent
        self.process = os.getpid()
        self.pending: deque[tuple[int, Task]] = deque()
        self.queues: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(workers)]
        for i, tasks in enumerate(self.queues):
            its_own = copy.copy(dataset) if isinstance(dataset, Dataset) else dataset
            info = WorkerInfo(i, workers, seed + i, its_own)
            threading.Thread(target=serve, args=(tasks, info, init), name=f"DataLoader {i}", daemon=True).start()
        # The workers know their queues and not this object, so it goes, and they with it, when its user has gone.
        self.close = weakref.finalize(self, stop, self.queues, self.pending)

    def forked(self) -> bool:
        """Whether this is a child, forked since, which has none of the workers."""
        return os.getpid() != self.process

    def begin(self, requests: Iterator[Any], fetcher: Fetcher) -> None:
        """Start an epoch and loading, whatever became of the epoch before."""
        cancel(self.pending)
        self.requests, self.epoch = requests, Epoch(fetcher)
        self.active = set(range(len(self.queues)))
        self.turns = cycle(range(len(self.queues)))
        for _ in range(self.ahead):
            self.ask()

    def ask(self) -> None:
        """Give the next batch to the worker whose turn it is, unless there is no batch or no worker left."""
        if not self.active:
            return
        worker = next(i for i in self.turns if i in self.active)
        try:
            request = next(self.requests)
        except StopIteration:
            return
        except BaseException as error:
            # Of the sampler: raised when the batches before have been taken.
            failed = Task(None, self.epoch)
            failed.outcome.put((None, error))
            self.pending.append((worker, failed))
            return
        task = Task(request, self.epoch)
        self.pending.append((worker, task))
        self.queues[worker].put(task)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.forked():
            raise RuntimeError(
                "this iterator of a DataLoader has its workers in the process that this one was forked from; "
                "make another with iter()"
            )
        while self.pending:
            worker, task = self.pending[0]
            if worker not in self.active:
                self.pending.popleft()
                continue
            try:
                batch, error = task.outcome.get(timeout=self.timeout or None)
            except Empty:
                raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds") from None
            self.pending.popleft()
            if batch is END:
                self.active.discard(worker)
            self.ask()
            try:
                if isinstance(error, StopIteration):
                    raise cut_short(error) from error
                if error is not None:
                    raise error
            finally:
                del error  # whose traceback would keep this frame, and this object with its workers
            if batch is not END:
                return batch
        if not self.persistent:
            self.close()
        raise StopIteration
