"""The children, in which the calls are made, and the parent, which survives them and tells what it found."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import resource
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from samples import ROWS

import autograd

from .calls import Outcome, Refusal, our_outcome, torch, torch_outcome, widened_torch_outcome
from .cases import Case
from .comparing import differences, on_its_own

# A first call may have to compile its kernel.
PATIENCE = 120.0
# Of one child: what a call did to the memory is noticed by one of those that follow.
CALLS = 1000
MEMORY = 2 * 2**30


def child(pipe: Connection) -> None:
    """Make the calls that the parent asks for, with bounded memory."""
    if torch is not None:
        torch.set_num_threads(1)
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    while True:
        call, name, number = pipe.recv()
        autograd.manual_seed(0)
        found = call(Case.drawn(name, number))
        try:
            pipe.send(found)
        except MemoryError:
            # An expanded view of more elements than there is memory for.
            pipe.send(Outcome(error=Refusal(RuntimeError, "too large to be looked at")))


class Died(Exception):
    """A child crashed, or was killed since it gave no answer."""


class Child:
    """A process that makes calls of one library, so that whatever it dies of, even later, is that library's. It is
    replaced when it dies and after some hundred calls."""

    def __init__(self, calls: int) -> None:
        self.calls, self.most = 0, calls

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=child, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, call: Callable[[Case], Outcome], name: str, number: int) -> Outcome:
        if self.calls % self.most == 0:
            self.end()
            self.start()
        self.calls += 1
        try:
            self.pipe.send((call, name, number))
            if self.pipe.poll(PATIENCE):
                return self.pipe.recv()
            died = f"hang: no answer in {PATIENCE:.0f} s"
        except (EOFError, OSError):
            self.process.join()
            calls = (self.calls - 1) % self.most
            died = f"crash: exit code {self.process.exitcode}, in or after this call ({calls} were made before)"
        self.end()
        raise Died(died)

    def end(self) -> None:
        if self.calls:
            self.process.kill()
            self.process.join()
            self.pipe.close()
        self.calls = 0


@dataclass(frozen=True)
class Finding:
    severity: str
    name: str
    number: int
    what: str

    def __str__(self) -> str:
        try:
            call = str(Case.drawn(self.name, self.number))
        except Exception as error:
            call = f"{self.name}, of which no case can be drawn ({error!r})"
        return f"{self.severity}: {call}: {self.what}  # python tests/fuzzing.py --case {self.name}:{self.number}"


def findings(cases: Iterable[tuple[str, int]], until: float = math.inf, calls: int = CALLS) -> Iterator[Finding]:
    """What is found in ``cases``, up to a time, with a new child after so many calls."""
    mine, others = Child(calls), Child(calls)
    try:
        for name, number in cases:
            if time.monotonic() > until:
                return
            try:
                found = list(findings_of(name, number, mine, others))
            except Exception as error:
                found = [("broken", f"the comparison raises {error!r}")]
            for severity, what in found:
                yield Finding(severity, name, number, what)
    finally:
        mine.end()
        others.end()


def findings_of(name: str, number: int, mine: Child, others: Child) -> Iterator[tuple[str, str]]:
    try:
        ours = mine.ask(our_outcome, name, number)
    except Died as death:
        severity, _, what = str(death).partition(": ")
        yield severity, what
        return
    if torch is None or ROWS[name].torch is None:
        yield from on_its_own(ours)
        return
    # Where PyTorch itself dies, there is nothing to compare.
    with contextlib.suppress(Died):
        theirs = others.ask(torch_outcome, name, number)
        yield from differences(name, ours, theirs, lambda: others.ask(widened_torch_outcome, name, number))
