"""What ranks know of each other: who raised, who ended, who is dead, who waits in which call.

An MPI call that another rank never makes waits forever. Nothing here calls one that can't be left: what was begun is
asked again and again whether it is done, and in between ranks read what the others write of themselves, and see whether
the processes beside them are alive. As the last resort, a deadline passes, and those who don't answer are named.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from .errors import DistBackendError, listed
from .wires import Request, Wire, mpi

# The tag of what ranks write of themselves, on the communicator of all of them.
TAG = 31_013
# Seconds: how often a rank looks after the others; how long what is under way may take to arrive once its sender is
# gone; for how long others are asked where they are; for how long one that failed waits until all have heard of it.
LOOKING, ARRIVING, ASKING, LEAVING = 0.01, 0.5, 2.0, 5.0
# What became of a rank that died, of one that came to the end of its program, and of one that gave up because of
# another: the last two are named only where nothing before them is to blame.
DIED, ENDED, GAVE_UP = "the process died", "the program has ended", "it gave up because of another rank"


class Watch:
    """What this process knows of all ranks. Alone, it knows all there is."""

    rank, size = 0, 1

    def __init__(self) -> None:
        # Of the ranks that take part in nothing any more, what became of them.
        self.gone: dict[int, str] = {}
        # The call that this rank waits in.
        self.call = ""
        self.crowded = False

    def look(self) -> None:
        """Learn what is new."""

    def where(self, ranks: Collection[int]) -> dict[int, str]:
        """For those of ``ranks`` who answer, the call that they wait in."""
        return {}

    def until(self, done: Callable[[], bool], call: str, timeout: float, ranks: Sequence[int]) -> None:
        """Return once ``done()``. DistBackendError where one of ``ranks`` is gone, or after ``timeout`` seconds."""
        start, outer = time.monotonic(), self.call
        self.call = call
        try:
            last = None
            while not done():
                now = time.monotonic()
                self.look()
                if last is None and not self.gone.keys().isdisjoint(ranks):
                    last = now + ARRIVING
                if last is not None and now > last:
                    self.fail(call, ranks)
                if now > start + timeout:
                    self.give_up(call, timeout, ranks)
                self.pause(now - start)
        finally:
            self.call = outer

    def pause(self, waited: float) -> None:
        """Let others have the CPU: at once where ranks share one, else once the wait has taken a while."""
        if self.crowded or waited > 0.002:
            time.sleep(min(max(waited / 20, 2e-5), 1e-3))

    def check(self, call: str, ranks: Sequence[int]) -> None:
        """DistBackendError where one of ``ranks`` is known to be gone."""
        self.look()
        if not self.gone.keys().isdisjoint(ranks):
            self.fail(call, ranks)

    def fail(self, call: str, ranks: Sequence[int]) -> None:
        causes = {rank: text for rank, text in self.gone.items() if rank in ranks}
        for consequence in (GAVE_UP, ENDED):
            causes = {rank: text for rank, text in causes.items() if text != consequence} or causes
        raise DistBackendError(f"{call} on rank {self.rank} can't be completed: {listed(causes)}", causes)

    def give_up(self, call: str, timeout: float, ranks: Sequence[int]) -> None:
        others = [rank for rank in ranks if rank != self.rank]
        answers = self.where(others)
        said = {rank: f"waits in {answers[rank]}" for rank in others if rank in answers}
        silent = {rank: "isn't in any call, or doesn't run" for rank in others if rank not in answers}
        raise DistBackendError(
            f"{call} on rank {self.rank} was not completed within {timeout:g} s: {listed({**silent, **said})}"
        )


class WatchOverMPI(Watch):
    """What this process knows of all ranks that MPI has started."""

    def __init__(self) -> None:
        super().__init__()
        self._mpi = mpi()
        self._world = self._mpi.COMM_WORLD
        self.rank, self.size = self._world.Get_rank(), self._world.Get_size()
        self._others = [rank for rank in range(self.size) if rank != self.rank]
        self._process = os.getpid()
        self._next_look = 0.0
        self._sent: list[Any] = []
        self._answers: dict[int, str] = {}
        self._said_farewell: set[int] = set()
        self._alive: dict[int, Callable[[], bool]] = {}
        # Whether anything went wrong on any rank: then MPI can't be ended together.
        self._broken = False
        self._hook = sys.excepthook
        sys.excepthook = self._on_exception
        atexit.register(self._close)
        # MPICH's launcher tells by this signal that some rank has died, and would end the others by it.
        usable = hasattr(signal, "SIGUSR1") and threading.current_thread() is threading.main_thread()
        if usable and signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)

    def meet(self, timeout: float) -> None:
        """Learn which processes the other ranks are, once all are here."""
        here = self._mpi.Get_processor_name()
        name = f"{here} {os.getpid()}".encode()
        mine, all_of_them = np.array([name], "S128"), np.zeros(self.size, "S128")
        request = Wire(self._world).gather_all(all_of_them, mine)
        self.until(request.Test, "init_process_group", timeout, range(self.size))
        beside = [text.decode().rsplit(" ", 1) for text in all_of_them.tolist()]
        for rank in self._others:
            if beside[rank][0] == here and rank not in self._alive:
                self._alive[rank] = process(int(beside[rank][1]))
        self.crowded = 1 + len(self._alive) > cpus()

    def look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOKING
        status = self._mpi.Status()
        while self._world.Iprobe(tag=TAG, status=status):
            sender = status.Get_source()
            self._read(sender, *self._world.recv(source=sender, tag=TAG))
        for rank, alive in list(self._alive.items()):
            if not alive():
                del self._alive[rank]
                self._broken = self._broken or rank not in self._said_farewell
                self.gone.setdefault(rank, DIED)
                self._said_farewell.add(rank)

    def _read(self, sender: int, kind: str, content: Any) -> None:
        """A message of another rank's."""
        if kind == "where":
            if self.call:
                self._tell("here", self.call, [sender])
        elif kind == "here":
            self._answers[sender] = content
        elif kind == "farewell":
            self._said_farewell.add(sender)
            self.gone.setdefault(sender, content)
        else:
            self._broken = True
            self.gone.update(content)

    def _tell(self, kind: str, content: Any, ranks: Sequence[int]) -> None:
        self._sent = [request for request in self._sent if not request.Test()]
        self._sent += [self._world.isend((kind, content), rank, TAG) for rank in ranks]

    def where(self, ranks: Collection[int]) -> dict[int, str]:
        self._answers.clear()
        self._tell("where", None, list(ranks))
        self._wait_until(lambda: set(ranks) <= self._answers.keys(), ASKING)
        return dict(self._answers)

    def _wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Look after the others until ``done()``, at most so long; whether it is."""
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            time.sleep(LOOKING / 5)
            self.look()
        return done()

    def report(self, causes: dict[int, str]) -> None:
        """Tell all ranks that these take part in nothing any more."""
        self._broken = True
        self._tell("failed", causes, self._others)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Tell the others what ends this process, then go on as Python would have."""
        causes = error.causes if isinstance(error, DistBackendError) else {}
        text = f"raised {kind.__name__}: {error}" if str(error) else f"raised {kind.__name__}"
        self.report(causes or {self.rank: text})
        self._hook(kind, error, trace)

    def _close(self) -> None:
        """End MPI together with all others, where they are well. Else let them hear of it, and leave it as it is."""
        if os.getpid() != self._process or self._mpi.Is_finalized():
            return
        self.call = "the end of its program"
        self._tell("farewell", GAVE_UP if self._broken else ENDED, self._others)
        sys.stdout.flush()
        # Others may have much to do after their last call, and are waited for as long as they live.
        while not self._broken and not self._all_ended():
            self._wait_until(lambda: self._broken or self._all_ended(), 60.0)
        if self._broken:
            self._wait_until(self._all_ended, LEAVING)
        else:
            self._mpi.Finalize()

    def _all_ended(self) -> bool:
        return len(self._said_farewell) == len(self._others)


def cpus() -> int:
    """How many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process(number: int) -> Callable[[], bool]:
    """What tells whether a process of this machine is alive."""
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(number)
        except ProcessLookupError:
            return lambda: False
        except OSError:
            return by_signal(number)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        # It can be read from once the process has ended, even if nobody has asked yet how.
        return lambda: not poll.poll(0)
    return by_signal(number)


def by_signal(number: int) -> Callable[[], bool]:
    """`process` where the system has no better way."""

    def alive() -> bool:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    return alive


_watch: Watch | None = None


def watch(over_mpi: bool) -> Watch:
    """The one watch of this process, made when it is first asked for."""
    global _watch
    if _watch is None:
        _watch = WatchOverMPI() if over_mpi else Watch()
    return _watch


def waiting(watch: Watch, call: str, timeout: float, ranks: Sequence[int]) -> Callable[[Request], None]:
    """What waits for a request."""
    return lambda request: watch.until(request.Test, call, timeout, ranks)
