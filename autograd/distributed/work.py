"""Calls that are under way, and the groups of ranks that make them.

Before arrays of several ranks are mixed, the ranks agree on what they are about to do: each says it in a sentence, such
as "all_reduce SUM of (3, 4) autograd.float32", and two numbers made of it are compared in one small reduction. Where
they differ, all ranks tell each other their sentences, and all raise the same error.
"""

from __future__ import annotations

import functools
import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from .errors import DistBackendError, listed
from .watch import Watch, waiting
from .wires import Alone, Request, Wire

# What a call does on a wire: it posts one request after the other, each once the one before is done.
Steps = Iterator[Request]
# Bytes of a sentence that others are told where sentences differ.
TOLD = 512


class Work:
    """A call that is under way, which ``wait()`` completes."""

    def __init__(self, group: ProcessGroup, call: str, steps: Steps) -> None:
        self.call = call
        self._group, self._steps = group, steps
        self._request: Request | None = next(steps, None)
        self._error: BaseException | None = None

    def advance(self) -> bool:
        """Go as far as possible without waiting; whether it is done."""
        try:
            while self._request is not None and self._request.Test():
                self._request = next(self._steps, None)
        except BaseException as error:
            self._request, self._error = None, error
            raise
        return self._request is None

    def is_completed(self) -> bool:
        """Whether it is done. Asking moves it on."""
        self._group.advance(self)
        return self._request is None

    def wait(self, timeout: timedelta | None = None) -> bool:
        """True once it is done: then results are where they belong.

        DistBackendError where ranks don't do the same, where one is gone, or after ``timeout``, that of the group if
        not given; it names the ranks and the call.
        """
        if self._error is not None:
            raise self._error
        seconds = self._group.timeout if timeout is None else timeout.total_seconds()
        self._group.watch.until(self.is_completed, self.call, seconds, self._group.ranks)
        return True

    def is_success(self) -> bool:
        """Whether it is done, and nothing went wrong."""
        return self.is_completed() and self._error is None

    def exception(self) -> BaseException | None:
        """What went wrong."""
        return self._error


class ProcessGroup:
    """Ranks that call together. Each has a number in the group; ``ranks`` are their numbers among all.

    What was begun is carried out in the order in which it was begun, on all ranks alike.
    """

    def __init__(
        self, wires: Sequence[Wire | Alone], ranks: Sequence[int], watch: Watch, timeout: float, name: str, backend: str
    ) -> None:
        self._agreeing, self.wire, self.announcing, self.delivering = wires
        self.ranks, self.watch, self.timeout = list(ranks), watch, timeout
        self.group_name, self.backend = name, backend
        self._begun: deque[Work] = deque()
        # How many messages this rank has sent to each.
        self.sent = [0] * self.wire.size

    def rank(self) -> int:
        """The number of this rank in the group."""
        return self.wire.rank

    def size(self) -> int:
        """How many ranks there are."""
        return self.wire.size

    def name(self) -> str:
        """The backend."""
        return self.backend

    def start(self, call: str, steps: Steps, async_op: bool = False, timeout: float | None = None) -> Work | None:
        """Begin a call that all ranks of the group make; without ``async_op``, wait for it and return None."""
        self.watch.check(call, self.ranks)
        work = Work(self, call, self._agreed(call, steps))
        self._begun.append(work)
        if async_op:
            self.advance()
        else:
            work.wait(None if timeout is None else timedelta(seconds=timeout))
        return work if async_op else None

    def advance(self, work: Work | None = None) -> None:
        """Move on what was begun, up to the first that takes longer; and ``work``, if it stands in no such row."""
        while self._begun:
            first = self._begun[0]
            try:
                if not first.advance():
                    break
            except BaseException:
                self._begun.popleft()
                raise
            self._begun.popleft()
        if work is not None and work not in self._begun:
            work.advance()

    def _agreed(self, call: str, steps: Steps) -> Steps:
        """``steps``, once all ranks have said that they make this ``call``."""
        number = digest(call)
        largest = np.array([number, -number])
        yield self._agreeing.reduce_all(largest, "MAX")
        if largest[0] != -largest[1]:
            mine = np.array([call.encode()[:TOLD]], f"S{TOLD}")
            told = np.zeros(self.size(), mine.dtype)
            yield self.wire.gather_all(told, mine)
            calls = {rank: text.decode(errors="replace") for rank, text in zip(self.ranks, told.tolist())}
            raise DistBackendError(f"ranks don't make the same call: {listed(calls)}")
        yield from steps

    def copy(self) -> ProcessGroup:
        """Another group of the same ranks, whose calls are in an order of their own. All ranks ask for it."""
        self.start("a copy of the group", iter(()))
        wait = waiting(self.watch, "a copy of the group", self.timeout, self.ranks)
        wires = [self._agreeing.copy(wait), self.wire.copy(wait), self.announcing, self.delivering]
        return ProcessGroup(wires, self.ranks, self.watch, self.timeout, self.group_name, self.backend)


@functools.lru_cache(1024)
def digest(call: str) -> int:
    """A positive number made of a sentence: that of another sentence is another."""
    return int.from_bytes(hashlib.blake2b(call.encode(), digest_size=8).digest(), "big") >> 2
