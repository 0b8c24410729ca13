"""How kernels divide their work among the cores: threads of our own, which run at once since kernels release the GIL.

Numba's `parallel=True` isn't used: it compiles slowly, and its thread pools abort the process when two threads enter
them at once or after a fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from .blas import limit
from .interrupts import uninterrupted

# What one core does in so many nanoseconds is worth handing half of to another. Waking that and being woken cost 50,000
# to 100,000 on a virtual machine, where this was measured.
WORTHWHILE = 200_000
# How many pieces there are whatever the number of threads, if deterministic algorithms are asked for.
FIXED_PIECES = 16


def divided(count: int, work: Callable[[int, int], Any], nanoseconds: float) -> list[Any]:
    """Call ``work(start, stop)`` for pieces that make up ``range(count)``, and give what the calls returned, in order.

    The pieces run at once, so each must write where no other does. What they have in common is summed by the caller:
    each piece returns its own part. nanoseconds: about how long all of it takes one core; less than `WORTHWHILE` is one
    piece. The pieces are the same every time for one number of threads, and for all of them under
    `use_deterministic_algorithms`. What a piece divides in turn stays on its thread. Ctrl-C waits for all pieces.
    """
    if nanoseconds < WORTHWHILE:
        return [work(0, count)]
    pieces = split(count)
    helpers = min(len(pieces), threads) - 1
    if helpers == 0 or inside.piece:
        return [work(start, stop) for start, stop in pieces]
    with uninterrupted, limit:
        return Job(work, pieces).carry_out(helpers)


def split(count: int) -> list[tuple[int, int]]:
    """The pieces of ``range(count)``, of sizes that differ by one at most."""
    parts = max(1, min(FIXED_PIECES if deterministic else threads, count))
    return [(count * i // parts, count * (i + 1) // parts) for i in range(parts)]


class Inside(threading.local):
    """Whether this thread is in a piece."""

    piece = False


inside = Inside()


class Job:
    """Pieces of work, of which every thread that comes takes the next until none is left."""

    def __init__(self, work: Callable[[int, int], Any], pieces: list[tuple[int, int]]) -> None:
        self.work, self.left = work, enumerate(pieces)
        self.results: list[Any] = [None] * len(pieces)
        self.errors: dict[int, BaseException] = {}
        self.done: SimpleQueue[None] = SimpleQueue()

    def run(self) -> None:
        inside.piece = True
        try:
            for i, (start, stop) in self.left:
                try:
                    self.results[i] = self.work(start, stop)
                except BaseException as error:
                    self.errors[i] = error
                self.done.put(None)
        finally:
            inside.piece = False

    def carry_out(self, helpers: int) -> list[Any]:
        """Call helpers, take part, wait for them, and raise what the first piece that failed raised."""
        pool.help(self, helpers)
        self.run()
        for _ in self.results:
            self.done.get()
        if self.errors:
            raise self.errors[min(self.errors)]
        return self.results


class Pool:
    """Threads that wait for jobs to help with; daemons, so that waiting doesn't keep Python from exiting."""

    def __init__(self) -> None:
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.size = 0
        self.lock = threading.Lock()

    def help(self, job: Job, helpers: int) -> None:
        """Let that many threads come to ``job``; whoever comes late finds it done."""
        if self.size < helpers:
            self.grow(helpers)
        for _ in range(min(helpers, self.size)):
            self.jobs.put(job)

    def grow(self, size: int) -> None:
        """Start threads until there are ``size``; they stay."""
        # There are none to be had in a browser, and while Python exits: then all is done by who asks for it.
        with self.lock, suppress(RuntimeError):
            while self.size < size:
                threading.Thread(target=self.serve, name="chalkgrad", daemon=True).start()
                self.size += 1

    def serve(self) -> None:
        while True:
            job = self.jobs.get()
            job.run()
            del job  # and with it the arrays


def forget_threads() -> None:
    """A forked child has none of its parent's threads, only their traces."""
    global pool
    pool = Pool()
    limit.renew()


def usable_cpus() -> int:
    """OMP_NUM_THREADS where it is set, as in PyTorch, or the CPUs that this process may use."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def get_num_threads() -> int:
    """On how many threads kernels run: at first OMP_NUM_THREADS or, without it, the CPUs that this process may use."""
    return threads


def set_num_threads(number: int) -> None:
    """Let kernels, and NumPy's BLAS, run on that many threads. RuntimeError unless ``number`` is a positive int.

    The BLAS that came with SciPy runs on one thread from the first kernel on: the kernels that call it are themselves
    divided among threads.

    >>> before = autograd.get_num_threads()
    >>> autograd.set_num_threads(1)
    >>> autograd.get_num_threads()
    1
    >>> autograd.set_num_threads(before)
    """
    global threads
    check_positive("set_num_threads", number)
    with uninterrupted:
        threads = number
        limit.set(number)


def get_num_interop_threads() -> int:
    """What `set_num_interop_threads` was given, or else as many as `get_num_threads` gave at first."""
    return interop_threads


def set_num_interop_threads(number: int) -> None:
    """Nothing: ops run one after another here. RuntimeError unless ``number`` is a positive int."""
    global interop_threads
    check_positive("set_num_interop_threads", number)
    interop_threads = number


def check_positive(name: str, number: Any) -> None:
    if not isinstance(number, int) or isinstance(number, bool):
        raise RuntimeError(f"{name} expects an int, but got {type(number).__name__}")
    if number < 1:
        raise RuntimeError(f"{name} expects a positive integer, but got {number}")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """With ``mode`` True, kernels give the same bits on any number of threads. TypeError unless ``mode`` is a bool.

    Without it they give the same bits every time on one number of threads, but what is summed over pieces of a batch
    is rounded differently on another number. NumPy's own matrix products and sums aren't ours to promise for; they too
    repeat themselves on one number of threads. There is nothing that has no deterministic algorithm, so ``warn_only``
    makes no difference.

    >>> autograd.use_deterministic_algorithms(True)
    >>> autograd.are_deterministic_algorithms_enabled()
    True
    >>> autograd.use_deterministic_algorithms(False)
    """
    global deterministic, only_warned
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms: mode must be bool, not {type(mode).__name__}")
    deterministic, only_warned = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    """The mode of `use_deterministic_algorithms`."""
    return deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """The ``warn_only`` of `use_deterministic_algorithms`."""
    return only_warned


threads = interop_threads = usable_cpus()
deterministic = only_warned = False
pool = Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_threads)
