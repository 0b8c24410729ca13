"""How kernels divide their work among the cores: threads of our own, which run at once since kernels release the GIL.

Numba's `parallel=True` isn't used: it compiles slowly, and its thread pools abort the process when two threads enter
them at once or after a fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

# What one core does in this time is worth handing half of to another.
WORTHWHILE = 100_000


def divided(count: int, work: Callable[[int, int], Any], nanoseconds: float) -> list[Any]:
    """Call ``work(start, stop)`` for pieces that make up ``range(count)``, and give what the calls returned, in order.

    The pieces run at once, so each must write where no other does. What they have in common is summed by the caller:
    each piece returns its own part. nanoseconds: about how long all of it takes one core; what is soon done is one
    piece. The pieces are the same every time for one number of threads. Within a piece nothing is divided further.
    """
    pieces = split(count, nanoseconds)
    if len(pieces) == 1 or inside.piece:
        return [work(start, stop) for start, stop in pieces]
    job = Job(work, pieces)
    pool.help(job, len(pieces) - 1)
    return job.finish()


def split(count: int, nanoseconds: float) -> list[tuple[int, int]]:
    """The pieces of ``range(count)``, of sizes that differ by one at most."""
    parts = min(threads, count) if nanoseconds >= WORTHWHILE else 1
    if parts <= 1:
        return [(0, count)]
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

    def finish(self) -> list[Any]:
        """Take part, wait for the others, and raise what the first piece that failed raised."""
        self.run()
        for _ in self.results:
            self.done.get()
        if self.errors:
            raise self.errors[min(self.errors)]
        return self.results


class Pool:
    """Threads that wait for jobs to help with. They are daemons: what waits for work doesn't keep Python from exiting."""

    def __init__(self) -> None:
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self.size = 0
        self.lock = threading.Lock()

    def help(self, job: Job, helpers: int) -> None:
        """Let that many threads come to ``job``; whoever comes late finds it done."""
        if self.size < threads - 1:
            self.resize(threads - 1)
        for _ in range(helpers):
            self.jobs.put(job)

    def resize(self, size: int) -> None:
        with self.lock:
            for _ in range(self.size, size):
                threading.Thread(target=self.serve, name="chalkgrad", daemon=True).start()
            for _ in range(size, self.size):
                self.jobs.put(None)
            self.size = size

    def serve(self) -> None:
        while job := self.jobs.get():
            job.run()
            del job  # and with it the arrays


def new_pool() -> None:
    """A pool that has no threads yet, which is what a forked child finds of its parent's."""
    global pool
    pool = Pool()


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
    """Let kernels run on that many threads. RuntimeError unless ``number`` is positive."""
    global threads
    if not isinstance(number, int):
        raise TypeError(f"set_num_threads expects an int, but got {type(number).__name__}")
    if number < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, but got {number}")
    threads = number
    pool.resize(min(pool.size, number - 1))


threads = usable_cpus()
new_pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=new_pool)
