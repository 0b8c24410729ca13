"""The process of a worker: it loads the batches that it is asked for, one after the other."""

from __future__ import annotations

import os
import pickle
import random
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import Any

import numpy as np

from ...creation.generator import manual_seed
from ...kernels.compiling.threads import set_num_threads
from .fetch import BEGIN, END, Fetch, Fetcher
from .messages import Message, packed, receive, send
from .worker import WorkerInfo, become

# How many seconds a worker may stay when its parent has gone without a word.
WATCH = 1.0


def serve(channel: socket.socket, info: WorkerInfo, fetcher: Fetcher, init: Callable[[int], Any] | None) -> None:
    """Answer each request that comes through ``channel`` with a batch, or with what went wrong, until it is closed.

    BEGIN starts an epoch, and isn't answered. init: called once, with the worker's number.
    """
    # Ctrl-C goes to all processes of a terminal. The main one decides what becomes of its workers.
    signal.signal(signal.SIGINT, lambda *_: None)
    become(info)
    set_num_threads(1)  # The cores are the training's, and the other workers'.
    seed_all(info)
    # Batches are sent while the next is loaded, and requests are read while nobody takes a batch: so neither side can
    # wait for the other to read.
    answers: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(target=send_all, args=(channel, answers), daemon=True).start()
    fetch: Fetch = lambda request: END
    for request in requests(channel):
        try:
            if request is not BEGIN:
                answers.put(packed((fetch(request), None)))
                continue
            if init is not None:
                first, init = init, None
                first(info.id)
            fetch = fetcher(info.dataset)
        except Exception as error:
            told = portable(error, info)
            if request is BEGIN:
                fetch = failing(told)
            else:
                answers.put(packed((None, told)))


def seed_all(info: WorkerInfo) -> None:
    """Seed this process' random numbers, of Python and NumPy too, with the seeds that PyTorch's worker would have."""
    random.seed(info.seed)
    manual_seed(info.seed)
    base = info.seed - info.id
    np.random.seed(np.random.SeedSequence([info.id, base & 0xFFFFFFFF, base >> 32, 0]).generate_state(4))


def send_all(channel: socket.socket, answers: SimpleQueue[Message]) -> None:
    with suppress(OSError):  # Nobody takes them any more.
        while True:
            send(channel, answers.get())


def requests(channel: socket.socket) -> Iterator[Any]:
    """What comes through ``channel``, until it is closed or the parent is no more."""
    parent = os.getppid()
    while True:
        while not wait([channel], WATCH):
            if os.getppid() != parent:
                return
        try:
            request = receive(channel)
        except EOFError:
            return
        yield request


def failing(error: Exception) -> Fetch:
    """A Fetch for an epoch that could not begin: it raises why, and then there are no batches."""
    left = [error]

    def fetch(request: Any) -> Any:
        if left:
            raise left.pop()
        return END

    return fetch


def portable(error: Exception, info: WorkerInfo) -> Exception:
    """``error`` as it may be sent: with a note on where it was raised, and of another type if it can't be pickled."""
    place = f"This was raised in worker {info.id} of a DataLoader. There, in process {os.getpid()}:"
    if any(note.startswith(place) for note in getattr(error, "__notes__", ())):
        return error  # Why the epoch could not begin: told before, and raised where its first batch was asked for.
    text = traceback.format_exc().rstrip()
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"{place}\n\n{text}")
    return error
