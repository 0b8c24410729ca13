"""What carries arrays between ranks: MPI, or nothing where there is one process.

Every call returns at once with a request, whose ``Test()`` moves it on and says whether it is done. Arrays are
contiguous.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]


class Request(Protocol):
    """What is under way."""

    def Test(self) -> bool: ...


class Done:
    """A request that is done."""

    source = 0

    def Test(self) -> bool:
        return True


class Received:
    """A request for a message, which knows the rank that it came from once it is there."""

    def __init__(self, request: Any, status: Any) -> None:
        self._request, self._status = request, status

    def Test(self) -> bool:
        return bool(self._request.Test(self._status))

    @property
    def source(self) -> int:
        return int(self._status.Get_source())


def mpi() -> Any:
    """mpi4py's MPI. It is not left to end it when Python ends: that would wait for ranks that may be dead."""
    import mpi4py

    mpi4py.rc.finalize = False
    return importlib.import_module("mpi4py.MPI")


def raw(array: Array) -> Array:
    """The bytes of an array: what is only carried needs no dtype that MPI knows."""
    return array.reshape(-1).view(np.uint8)


class Wire:
    """A communicator of MPI's."""

    def __init__(self, comm: Any) -> None:
        self._comm, self._mpi = comm, mpi()
        self.rank, self.size = comm.Get_rank(), comm.Get_size()

    def copy(self, wait: Callable[[Request], None]) -> Wire:
        """Another of the same ranks, once all ask for it."""
        comm, request = self._comm.Idup()
        wait(request)
        return Wire(comm)

    def split(self, members: Sequence[int]) -> Wire | None:
        """One of these ranks alone, in this order; None elsewhere. All ranks ask for it."""
        inside = self.rank in members
        comm = self._comm.Split(0 if inside else self._mpi.UNDEFINED, members.index(self.rank) if inside else 0)
        return Wire(comm) if inside else None

    def reduce_all(self, array: Array, how: str) -> Request:
        return self._comm.Iallreduce(self._mpi.IN_PLACE, array, getattr(self._mpi, how))

    def reduce(self, array: Array, how: str, to: int) -> Request:
        given = self._mpi.IN_PLACE if self.rank == to else array
        return self._comm.Ireduce(given, array, getattr(self._mpi, how), to)

    def reduce_parts(self, part: Array, whole: Array, how: str) -> Request:
        return self._comm.Ireduce_scatter_block(whole, part, getattr(self._mpi, how))

    def broadcast(self, array: Array, source: int) -> Request:
        return self._comm.Ibcast(raw(array), source)

    def gather_all(self, whole: Array, part: Array) -> Request:
        return self._comm.Iallgather(raw(part), raw(whole))

    def gather(self, whole: Array | None, part: Array, to: int) -> Request:
        return self._comm.Igather(raw(part), None if whole is None else raw(whole), to)

    def scatter(self, part: Array, whole: Array | None, source: int) -> Request:
        return self._comm.Iscatter(None if whole is None else raw(whole), raw(part), source)

    def exchange(self, arrived: Array, arriving: Sequence[int], given: Array, giving: Sequence[int]) -> Request:
        """Give each rank so many bytes of ``given``, and take so many from each into ``arrived``."""
        return self._comm.Ialltoallv([raw(given), giving], [raw(arrived), arriving])

    def send(self, array: Array, to: int, tag: int) -> Request:
        return self._comm.Isend(raw(array), to, tag)

    def receive(self, array: Array, source: int | None, tag: int) -> Received:
        anyone = self._mpi.ANY_SOURCE if source is None else source
        return Received(self._comm.Irecv(raw(array), anyone, tag), self._mpi.Status())


class Alone:
    """The wire of one process, which has all there is already."""

    rank, size = 0, 1

    def copy(self, wait: Callable[[Request], None]) -> Alone:
        return self

    def split(self, members: Sequence[int]) -> Alone:
        return self

    def reduce_all(self, array: Array, how: str) -> Done:
        return Done()

    def reduce(self, array: Array, how: str, to: int) -> Done:
        return Done()

    def reduce_parts(self, part: Array, whole: Array, how: str) -> Done:
        return self.gather_all(part, whole)

    def broadcast(self, array: Array, source: int) -> Done:
        return Done()

    def gather_all(self, whole: Array, part: Array) -> Done:
        raw(whole)[...] = raw(part)
        return Done()

    def gather(self, whole: Array | None, part: Array, to: int) -> Done:
        return Done() if whole is None else self.gather_all(whole, part)

    def scatter(self, part: Array, whole: Array | None, source: int) -> Done:
        return Done() if whole is None else self.gather_all(part, whole)

    def exchange(self, arrived: Array, arriving: Sequence[int], given: Array, giving: Sequence[int]) -> Done:
        return self.gather_all(arrived, given)

    def send(self, array: Array, to: int, tag: int) -> Done:
        raise ValueError("send: there is one process, and nobody to send to")

    def receive(self, array: Array, source: int | None, tag: int) -> Done:
        raise ValueError("recv: there is one process, and nobody to receive from")
