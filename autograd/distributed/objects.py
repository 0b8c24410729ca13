"""Python's objects between ranks, pickled: only among programs that trust each other, as the ranks of one do."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from ..creation.data import from_numpy
from ..engine.tensor import Tensor
from .collectives import all_gather_into_tensor, broadcast, first_if_none, gather, number_of, scatter
from .groups import current, outside
from .messages import recv, send


def packed(value: Any) -> Tensor:
    """The bytes of an object."""
    return from_numpy(np.frombuffer(bytearray(pickle.dumps(value)), np.uint8))


def unpacked(tensor: Tensor, size: int | None = None) -> Any:
    """The object that is made of these bytes, or of as many of them."""
    return pickle.loads(tensor.array[:size].tobytes())


def of_size(size: int) -> Tensor:
    return from_numpy(np.zeros(size, np.uint8))


def sizes(tensor: Tensor, group: Any) -> list[int]:
    """How many bytes each rank has."""
    found = from_numpy(np.zeros(current(group).size(), np.int64))
    all_gather_into_tensor(found, from_numpy(np.array([len(tensor)])), group)
    return list(found.tolist())


def padded(tensor: Tensor, size: int) -> Tensor:
    """As many bytes as on the rank with most of them."""
    made = of_size(size)
    made.array[: len(tensor)] = tensor.array
    return made


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None
) -> None:
    """Have in ``object_list``, on all ranks, what it has on rank ``src``, 0 if not given.

    >>> autograd.distributed.init_process_group()
    >>> settings = [{"lr": 0.1}]
    >>> autograd.distributed.broadcast_object_list(settings); settings
    [{'lr': 0.1}]
    >>> autograd.distributed.destroy_process_group()
    """
    if outside(group, "broadcast_object_list"):
        return
    chosen = current(group)
    source = number_of(chosen, "broadcast_object_list", "src", *first_if_none(chosen, src, group_src))
    mine = chosen.rank() == source
    content = packed(list(object_list)) if mine else of_size(0)
    length = from_numpy(np.array([len(content)]))
    broadcast(length, group=chosen, group_src=source)
    content = content if mine else of_size(int(length.item()))
    broadcast(content, group=chosen, group_src=source)
    if not mine:
        object_list[:] = unpacked(content)


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Have in ``object_list``, on all ranks, the object of each.

    >>> autograd.distributed.init_process_group()
    >>> found = [None]
    >>> autograd.distributed.all_gather_object(found, "rank 0"); found
    ['rank 0']
    >>> autograd.distributed.destroy_process_group()
    """
    if outside(group, "all_gather_object"):
        return
    content = packed(obj)
    each = sizes(content, group)
    stacked = of_size(len(each) * max(each))
    all_gather_into_tensor(stacked, padded(content, max(each)), group)
    object_list[:] = [unpacked(row, size) for row, size in zip(stacked.reshape(len(each), -1), each)]


def gather_object(
    obj: Any,
    object_gather_list: list[Any] | None = None,
    dst: int | None = None,
    group: Any = None,
    group_dst: int | None = None,
) -> None:
    """Have in ``object_gather_list`` on rank ``dst``, 0 if not given, the object of each rank."""
    if outside(group, "gather_object"):
        return
    chosen = current(group)
    to = number_of(chosen, "gather_object", "dst", *first_if_none(chosen, dst, group_dst))
    content = packed(obj)
    each = sizes(content, group)
    arrived = [of_size(max(each)) for _ in each] if chosen.rank() == to else None
    gather(padded(content, max(each)), arrived, group=chosen, group_dst=to)
    if arrived is not None:
        if object_gather_list is None:
            raise ValueError("gather_object: give object_gather_list on the rank that is dst")
        object_gather_list[:] = [unpacked(tensor, size) for tensor, size in zip(arrived, each)]


def scatter_object_list(
    scatter_object_output_list: list[Any],
    scatter_object_input_list: list[Any] | None = None,
    src: int | None = None,
    group: Any = None,
    group_src: int | None = None,
) -> None:
    """Have as the first of ``scatter_object_output_list`` one of the other list of rank ``src``, 0 if not given."""
    if outside(group, "scatter_object_list"):
        return
    if not scatter_object_output_list:
        raise ValueError("Expected argument scatter_object_output_list to be a list of size at least 1.")
    chosen = current(group)
    source = number_of(chosen, "scatter_object_list", "src", *first_if_none(chosen, src, group_src))
    given = [packed(value) for value in scatter_object_input_list or ()] if chosen.rank() == source else []
    length = from_numpy(np.array([max(map(len, given), default=0)]))
    broadcast(length, group=chosen, group_src=source)
    mine = of_size(int(length.item()))
    parts = [padded(content, len(mine)) for content in given]
    scatter(mine, parts or None, group=chosen, group_src=source)
    # What follows the end of a pickled object is not read.
    scatter_object_output_list[0] = unpacked(mine)


def send_object_list(
    object_list: list[Any],
    dst: int | None = None,
    group: Any = None,
    device: Any = None,
    group_dst: int | None = None,
    use_batch: bool = False,
) -> None:
    """Send objects to rank ``dst``, which takes them by `recv_object_list`."""
    content = packed(list(object_list))
    send(from_numpy(np.array([len(content)])), dst, group, 0, group_dst)
    send(content, dst, group, 0, group_dst)


def recv_object_list(
    object_list: list[Any],
    src: int | None = None,
    group: Any = None,
    device: Any = None,
    group_src: int | None = None,
    use_batch: bool = False,
) -> int:
    """Have in ``object_list`` what rank ``src`` sends by `send_object_list`, or any rank; the number of that rank."""
    length = from_numpy(np.zeros(1, np.int64))
    source = recv(length, src, group, 0, group_src)
    content = of_size(int(length.item()))
    recv(content, source, group)
    object_list[:] = unpacked(content)
    return source
