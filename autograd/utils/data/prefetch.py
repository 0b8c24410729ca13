"""Batches that worker processes load ahead."""

from __future__ import annotations

import os
import signal
import socket
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import cycle
from multiprocessing.connection import wait
from typing import Any

from .fetch import BEGIN, END, Fetcher, cut_short
from .messages import packed, receive, send
from .process import WATCH, serve
from .worker import WorkerInfo

# How many seconds workers have to finish the batch they are at, before they are killed.
PATIENCE = 5.0


class Worker:
    """A process that answers requests in the order in which they were made."""

    def __init__(self, context: Any, info: WorkerInfo, fetcher: Fetcher, init: Callable[[int], Any] | None) -> None:
        self.channel, theirs = socket.socketpair()
        self.process = context.Process(
            target=serve, args=(theirs, info, fetcher, init), name=f"DataLoader {info.id}", daemon=True
        )
        # How many of the answers that are to come nobody waits for any more.
        self.unwanted = 0
        try:
            self.process.start()
        except Exception as error:
            self.channel.close()
            error.add_note(
                f"A process started by {context.get_start_method()!r} is sent the dataset, collate_fn and "
                "worker_init_fn, so pickle must know them: as what is defined at the top level of a module."
            )
            raise
        finally:
            theirs.close()

    def ask(self, request: Any) -> None:
        with suppress(OSError):  # It is dead, which shows when its answer is due.
            send(self.channel, packed(request))

    def dead(self) -> bool:
        """Whether the process is no more and nothing is left to read: its end may live on in a process it forked."""
        if self.process.is_alive() or wait([self.channel], 0):
            return False
        self.channel.shutdown(socket.SHUT_RDWR)
        return True

    def obituary(self) -> str:
        self.process.join(PATIENCE)
        code = self.process.exitcode
        how = "" if code is None else f" with exit code {code}"
        if code is not None and code < 0:
            how = f", killed by signal {-code} ({signal.strsignal(-code)})"
        return f"DataLoader worker (pid {self.process.pid}) exited unexpectedly{how}"


def stop(owner: int, workers: list[Worker]) -> None:
    """Let the workers go: each ends after the batch it is at, or is killed if that takes long."""
    if os.getpid() != owner:
        return  # In a forked child, whose parent's workers they are.
    for worker in workers:
        with suppress(OSError):
            worker.channel.shutdown(socket.SHUT_RDWR)
        worker.channel.close()
    deadline = time.monotonic() + PATIENCE
    try:
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
    finally:
        for worker in workers:
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


class Prefetcher:
    """Batches, in order if that is asked for, loaded ahead by worker processes that end with it.

    Each is asked for ``ahead`` batches before the first is taken. seed: that of the first worker's random numbers;
    the next has the next. init: called in each worker with its number; timeout: seconds to wait for a batch, or 0.
    """

    def __init__(
        self,
        dataset: Any,
        fetcher: Fetcher,
        workers: int,
        ahead: int,
        seed: int,
        *,
        init: Callable[[int], Any] | None,
        timeout: float,
        persistent: bool,
        in_order: bool,
        context: Any,
    ) -> None:
        self.ahead, self.timeout, self.persistent, self.in_order = workers * ahead, timeout, persistent, in_order
        self.owner = os.getpid()
        self.workers: list[Worker] = []
        # The numbers of the workers that were asked for a batch, in that order; last, what the sampler raised.
        self.pending: deque[int | BaseException] = deque()
        # What ends the workers doesn't know this object, so it goes, and they with it, when its user has gone.
        self.close = weakref.finalize(self, stop, self.owner, self.workers)
        try:
            for i in range(workers):
                self.workers.append(Worker(context, WorkerInfo(i, workers, seed + i, dataset), fetcher, init))
        except BaseException:
            self.close()
            raise

    def usable(self) -> bool:
        """Whether its workers are there, and this process' own: a child that was forked since has none of them."""
        return self.close.alive and not self.forked()

    def forked(self) -> bool:
        return os.getpid() != self.owner

    def begin(self, requests: Iterator[Any]) -> None:
        """Start an epoch and loading, whatever became of the epoch before."""
        self.forget(range(len(self.workers)))
        self.requests = requests
        self.active = set(range(len(self.workers)))
        self.turns = cycle(range(len(self.workers)))
        try:
            for worker in self.workers:
                worker.ask(BEGIN)
            for _ in range(self.ahead):
                self.ask()
        except BaseException:
            self.give_up()
            raise

    def give_up(self) -> None:
        """End the epoch and all workers, of which nobody knows any more what they were asked."""
        self.pending.clear()
        self.close()

    def forget(self, workers: Iterable[int]) -> None:
        """Wait for none of the answers that these are to give; what the sampler raised is forgotten too."""
        for number in workers:
            self.workers[number].unwanted += self.pending.count(number)
        self.pending = deque(number for number in self.pending if isinstance(number, int) and number not in workers)

    def ask(self, free: int | None = None) -> None:
        """Ask for the next batch, if there is one, whose turn it is or, in no order, who is free."""
        if not self.active:
            return
        if free is None or self.in_order or free not in self.active:
            free = next(i for i in self.turns if i in self.active)
        try:
            request = next(self.requests)
        except StopIteration:
            return
        except BaseException as error:
            # Of the sampler: raised when the batches before have been taken.
            self.pending.append(error)
            return
        self.pending.append(free)
        self.workers[free].ask(request)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.forked():
            raise RuntimeError(
                "this iterator of a DataLoader has its workers in the process that this one was forked from; "
                "make another with iter()"
            )
        try:
            return self.next_batch()
        except Exception:
            raise
        except BaseException:  # Ctrl-C, perhaps in the middle of an answer.
            self.give_up()
            raise

    def next_batch(self) -> Any:
        while self.pending:
            if isinstance(self.pending[0], BaseException):
                raise self.pending.popleft()  # type: ignore[misc]
            number, batch, error = self.next_answer()
            self.pending.remove(number)
            if batch is END:
                self.active.discard(number)
                self.forget([number])
            self.ask(number)
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

    def next_answer(self) -> tuple[int, Any, Exception | None]:
        """The number of a worker, and the batch or the error that it has for who asked first or, in no order, for any.

        RuntimeError, once for all workers, if it has died, and if it takes longer than the timeout.
        """
        asked = [number for number in self.pending if isinstance(number, int)]
        asked = asked[:1] if self.in_order else list(dict.fromkeys(asked))
        end = time.monotonic() + (self.timeout or float("inf"))
        while True:
            number = self.first_of(asked, end)
            worker = self.workers[number]
            try:
                batch, error = receive(worker.channel)
            except EOFError:
                text = worker.obituary()
                self.give_up()
                raise RuntimeError(text) from None
            except Exception:  # This process can't read what pickle wrote in that one.
                self.give_up()
                raise
            if not worker.unwanted:
                return number, batch, error
            worker.unwanted -= 1

    def first_of(self, asked: list[int], end: float) -> int:
        """Which of these workers is the first to have an answer, or to be dead."""
        while True:
            ready = wait([self.workers[number].channel for number in asked], min(WATCH, end - time.monotonic()))
            for number in asked:
                if self.workers[number].channel in ready or (not ready and self.workers[number].dead()):
                    return number
            if time.monotonic() >= end:
                raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds")
