"""From one rank to another.

A message has two parts. The first says what the second is and how many were sent before, so that one of another shape
or dtype is refused before it is received, and so that arrays can arrive in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor
from .collectives import array_of, buffer_for, contiguous, number_of, of, written
from .errors import DistBackendError
from .groups import current, outside
from .work import ProcessGroup, Steps, Work

# The first part, as one row: what follows, and its number.
ANNOUNCED = np.dtype([("what", "S120"), ("number", np.int64)])
# MPI promises no larger tags than this; so many messages to one rank are never under way.
NUMBERS = 32_767


class MessageWork(Work):
    """A message that is under way.

    rank: who sent it, once it was received.
    """

    rank: int | None = None

    def source_rank(self) -> int | None:
        """The number, among all, of the rank that sent it."""
        return self.rank


def isend(
    tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None
) -> Work | None:
    """Begin to send ``tensor`` to rank ``dst``; until its ``wait()``, leave it alone."""
    if outside(group, "isend"):
        return None
    array, chosen = array_of("send", "tensor", tensor), current(group)
    to = number_of(chosen, "send", "dst", dst, group_dst)
    if to == chosen.rank():
        raise ValueError("send: Invalid destination rank: destination rank should not be the same as this one")
    call = f"send to {chosen.ranks[to]} {of(array)}"
    chosen.watch.check(call, [chosen.ranks[to]])
    chosen.sent[to] += 1
    number = chosen.sent[to] % NUMBERS

    def steps() -> Steps:
        announced = np.array([(of(array).encode(), number)], ANNOUNCED)
        sent = contiguous(array)
        # Both are on their way before either is waited for.
        requests = [chosen.announcing.send(announced, to, tag), chosen.delivering.send(sent, to, number)]
        yield from requests

    return MessageWork(chosen, call, steps())


def irecv(
    tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None
) -> Work | None:
    """Begin to receive into ``tensor`` what rank ``src`` sends, or any rank; it is there after its ``wait()``."""
    if outside(group, "irecv"):
        return None
    array, chosen = array_of("recv", "tensor", tensor), current(group)
    anyone = src is None and group_src is None
    source = None if anyone else number_of(chosen, "recv", "src", src, group_src)
    call = f"recv from {'any rank' if source is None else chosen.ranks[source]} {of(array)}"
    chosen.watch.check(call, chosen.ranks if source is None else [chosen.ranks[source]])

    def steps() -> Steps:
        announced = np.empty(1, ANNOUNCED)
        header = chosen.announcing.receive(announced, source, tag)
        yield header
        what, number = announced[0]
        if what.decode() != of(array):
            raise DistBackendError(f"{call}: rank {chosen.ranks[header.source]} sent one {what.decode()}")
        work.rank = chosen.ranks[header.source]
        buffer = buffer_for(array)
        yield chosen.delivering.receive(buffer, header.source, int(number))
        written(array, buffer)

    work = MessageWork(chosen, call, steps())
    return work


def send(tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """Send ``tensor`` to rank ``dst``. DistBackendError where that rank is gone or doesn't receive it in time."""
    work = isend(tensor, dst, group, tag, group_dst)
    if work is not None:
        work.wait()


def recv(tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """Receive into ``tensor`` what rank ``src`` sends, or any rank, and return the number of that rank.

    DistBackendError, and nothing is written, where another shape or dtype was sent.
    """
    work = irecv(tensor, src, group, tag, group_src)
    if work is None:
        return -1
    work.wait()
    return work.rank  # type: ignore[attr-defined]  # it is known by now


class P2POp(NamedTuple):
    """A message for `batch_isend_irecv`: ``op`` is `isend` or `irecv`."""

    op: Callable[..., Work | None]
    tensor: Tensor
    peer: int | None = None
    group: ProcessGroup | None = None
    tag: int = 0
    group_peer: int | None = None


def batch_isend_irecv(p2p_op_list: list[P2POp]) -> list[Work]:
    """Begin to send and to receive several messages."""
    begun = [one.op(one.tensor, one.peer, one.group, one.tag, one.group_peer) for one in p2p_op_list]
    return [work for work in begun if work is not None]
