"""Calls that all ranks of a group make: Tensors are reduced, gathered, handed out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..engine.versions import note_write
from .errors import DistBackendError
from .groups import current, get_group_rank, in_seconds, outside
from .reductions import ReduceOp, named, reduced, reducible
from .wires import Array
from .work import ProcessGroup, Steps, Work

SUM = ReduceOp.SUM


def array_of(call: str, name: str, tensor: Any) -> Array:
    """The array of an argument. TypeError for what is no Tensor."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{call}: expected parameter `{name}` to be a Tensor, not {type(tensor).__name__}")
    return tensor.array


def arrays_of(call: str, name: str, tensors: Any, count: int, like: Array) -> list[Array]:
    """The arrays of a list of Tensors, one for each rank, each of the shape and the dtype of ``like``."""
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(f"{call}: expected parameter `{name}` to be a list of Tensors, not {type(tensors).__name__}")
    arrays = [array_of(call, name, tensor) for tensor in tensors]
    if len(arrays) != count:
        raise ValueError(f"{call}: {name} should have a Tensor for each of {count} ranks, not {len(arrays)}")
    for array in arrays:
        if array.shape != like.shape or array.dtype != like.dtype:
            raise ValueError(
                f"{call}: Tensors in {name} should have the shape {like.shape} and dtype {like.dtype}, as the other "
                f"one, but one has {array.shape} and {array.dtype}"
            )
    return arrays


def number_of(group: ProcessGroup, call: str, name: str, rank: int | None, in_group: int | None) -> int:
    """The number in ``group`` of a rank that was named by one of its numbers. ValueError unless there is one."""
    if (rank is None) == (in_group is None):
        raise ValueError(f"{call}: give one of {name} and group_{name}")
    if in_group is None:
        return get_group_rank(group, rank)  # type: ignore[arg-type]  # one of the two was given
    if not 0 <= in_group < group.size():
        raise ValueError(f"{call}: group_{name} is {in_group}, but the group has {group.size()} ranks")
    return in_group


def written(array: Array, value: Array | None = None) -> None:
    """Have ``value`` in ``array``, and it known that it was written to."""
    if value is not None and value is not array:
        array[...] = value
    note_write(array)


def contiguous(array: Array) -> Array:
    """``array`` if its elements follow each other in memory, else a copy."""
    return array if array.flags.c_contiguous else array.copy(order="C")


def buffer_for(array: Array) -> Array:
    """Memory to receive ``array`` in: its own if its elements follow each other there."""
    return array if array.flags.c_contiguous else np.empty(array.shape, array.dtype)


def of(array: Array) -> str:
    return f"of {array.shape} {array.dtype}"


def barrier(
    group: Any = None, async_op: bool = False, device_ids: Any = None, timeout: timedelta | None = None
) -> Work | None:
    """Return once all ranks of ``group`` have come here.

    >>> autograd.distributed.init_process_group()
    >>> autograd.distributed.barrier()
    >>> autograd.distributed.destroy_process_group()
    """
    if outside(group, "barrier"):
        return None
    chosen = current(group)
    # That all make the same call is all there is to it.
    return chosen.start("barrier", iter(()), async_op, in_seconds(timeout, chosen.timeout))


def monitored_barrier(group: Any = None, timeout: timedelta | None = None, wait_all_ranks: bool = False) -> None:
    """`barrier`, which always names the ranks that did not come."""
    barrier(group, timeout=timeout)


def all_reduce(tensor: Tensor, op: ReduceOp = SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Have in ``tensor``, on all ranks, what theirs give together: the sum, or what ``op`` says.

    async_op: return at once with a `Work`, whose ``wait()`` completes it; until then leave ``tensor`` alone.
    DistBackendError, on all ranks, where shapes or dtypes differ, or another call is made; see `init_process_group`.

    >>> autograd.distributed.init_process_group()
    >>> x = autograd.tensor([1., 2.])
    >>> autograd.distributed.all_reduce(x); x
    tensor([1., 2.])
    >>> autograd.distributed.destroy_process_group()
    """
    if outside(group, "all_reduce"):
        return None
    array = array_of("all_reduce", "tensor", tensor)
    how = named(op, "all_reduce", array.dtype)
    chosen = current(group)

    def steps() -> Steps:
        buffer = reducible(array)
        yield from reduced(chosen.wire.reduce_all(buffer, how), array, buffer, op, chosen.size())
        written(array)

    return chosen.start(f"all_reduce {op.name} {of(array)}", steps(), async_op)


def reduce(
    tensor: Tensor,
    dst: int | None = None,
    op: ReduceOp = SUM,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """`all_reduce`, but only rank ``dst`` has the result."""
    if outside(group, "reduce"):
        return None
    array = array_of("reduce", "tensor", tensor)
    how = named(op, "reduce", array.dtype)
    chosen = current(group)
    to = number_of(chosen, "reduce", "dst", dst, group_dst)

    def steps() -> Steps:
        buffer = reducible(array)
        request = chosen.wire.reduce(buffer, how, to)
        if chosen.rank() == to:
            yield from reduced(request, array, buffer, op, chosen.size())
            written(array)
        else:
            yield request

    return chosen.start(f"reduce {op.name} to {to} {of(array)}", steps(), async_op)


def broadcast(
    tensor: Tensor, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Have in ``tensor``, on all ranks, what it has on rank ``src``."""
    if outside(group, "broadcast"):
        return None
    array = array_of("broadcast", "tensor", tensor)
    chosen = current(group)
    source = number_of(chosen, "broadcast", "src", src, group_src)

    def steps() -> Steps:
        buffer = contiguous(array)
        yield chosen.wire.broadcast(buffer, source)
        if chosen.rank() != source:
            written(array, buffer)

    return chosen.start(f"broadcast from {source} {of(array)}", steps(), async_op)


def gathering(call: str, arrays: Sequence[Array], part: Array, chosen: ProcessGroup, async_op: bool) -> Work | None:
    """Have in ``arrays`` what all ranks have in ``part``."""

    def steps() -> Steps:
        whole = np.empty((chosen.size(), *part.shape), part.dtype)
        yield chosen.wire.gather_all(whole, contiguous(part))
        for array, arrived in zip(arrays, whole):
            written(array, arrived)

    return chosen.start(f"{call} {of(part)}", steps(), async_op)


def all_gather(tensor_list: list[Tensor], tensor: Tensor, group: Any = None, async_op: bool = False) -> Work | None:
    """Have in each of ``tensor_list``, on all ranks, the ``tensor`` of one rank, in their order."""
    if outside(group, "all_gather"):
        return None
    part, chosen = array_of("all_gather", "tensor", tensor), current(group)
    arrays = arrays_of("all_gather", "tensor_list", tensor_list, chosen.size(), part)
    return gathering("all_gather", arrays, part, chosen, async_op)


def whole_and_part(call: str, whole: Array, part: Array, count: int) -> None:
    """Raise RuntimeError unless ``whole`` has ``count`` times what ``part`` has: one after the other, or stacked."""
    rows = (count * part.shape[0], *part.shape[1:]) if part.ndim else (count,)
    if whole.shape not in (rows, (count, *part.shape)) or whole.dtype != part.dtype:
        raise RuntimeError(
            f"{call}: of {count} ranks, parts {of(part)} go with {rows} or {(count, *part.shape)} of the same dtype, "
            f"not with one {of(whole)}"
        )


def all_gather_into_tensor(
    output_tensor: Tensor, input_tensor: Tensor, group: Any = None, async_op: bool = False
) -> Work | None:
    """Have in ``output_tensor``, on all ranks, ``input_tensor`` of all ranks, one after the other or stacked."""
    call = "all_gather_into_tensor"
    if outside(group, call):
        return None
    whole, part = array_of(call, "output_tensor", output_tensor), array_of(call, "input_tensor", input_tensor)
    chosen = current(group)
    whole_and_part(call, whole, part, chosen.size())

    def steps() -> Steps:
        buffer = buffer_for(whole)
        yield chosen.wire.gather_all(buffer, contiguous(part))
        written(whole, buffer)

    return chosen.start(f"{call} {of(part)}", steps(), async_op)


def gather(
    tensor: Tensor,
    gather_list: list[Tensor] | None = None,
    dst: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """Have in ``gather_list`` on rank ``dst``, 0 if not given, the ``tensor`` of each rank."""
    if outside(group, "gather"):
        return None
    part, chosen = array_of("gather", "tensor", tensor), current(group)
    to = number_of(chosen, "gather", "dst", *first_if_none(chosen, dst, group_dst))
    arrays = arrays_for(chosen, to, "gather", "gather_list", gather_list, "dst", part)

    def steps() -> Steps:
        whole = np.empty((chosen.size(), *part.shape), part.dtype) if arrays else None
        yield chosen.wire.gather(whole, contiguous(part), to)
        for array, arrived in zip(arrays, () if whole is None else whole):
            written(array, arrived)

    return chosen.start(f"gather to {to} {of(part)}", steps(), async_op)


def first_if_none(chosen: ProcessGroup, rank: int | None, in_group: int | None) -> tuple[int | None, int | None]:
    """What was given of a rank; rank 0 if nothing was."""
    return (0, None) if rank is None and in_group is None else (rank, in_group)


def arrays_for(
    chosen: ProcessGroup, number: int, call: str, name: str, tensors: Any, role: str, like: Array
) -> list[Array]:
    """The arrays of a list of Tensors that one rank gives, and no other: ValueError."""
    if chosen.rank() == number:
        return arrays_of(call, name, tensors, chosen.size(), like)
    if tensors:
        raise ValueError(f"{call}: {name} is for rank {chosen.ranks[number]}, which is {role}; give none on the others")
    return []


def scatter(
    tensor: Tensor,
    scatter_list: list[Tensor] | None = None,
    src: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """Have in ``tensor`` on each rank one of ``scatter_list`` of rank ``src``, 0 if not given."""
    if outside(group, "scatter"):
        return None
    part, chosen = array_of("scatter", "tensor", tensor), current(group)
    source = number_of(chosen, "scatter", "src", *first_if_none(chosen, src, group_src))
    arrays = arrays_for(chosen, source, "scatter", "scatter_list", scatter_list, "src", part)

    def steps() -> Steps:
        buffer = buffer_for(part)
        yield chosen.wire.scatter(buffer, np.stack(arrays) if arrays else None, source)
        written(part, buffer)

    return chosen.start(f"scatter from {source} {of(part)}", steps(), async_op)


def reducing_parts(
    call: str, part: Array, whole: Array, op: ReduceOp, chosen: ProcessGroup, async_op: bool
) -> Work | None:
    """Have in ``part`` what all ranks have together in their ``whole`` at the place of this one."""
    how = named(op, call, part.dtype)

    def steps() -> Steps:
        given = reducible(whole)
        buffer = part if part.flags.c_contiguous and given.dtype == part.dtype else np.empty(part.shape, given.dtype)
        yield from reduced(chosen.wire.reduce_parts(buffer, given, how), part, buffer, op, chosen.size())
        written(part)

    return chosen.start(f"{call} {op.name} {of(part)}", steps(), async_op)


def reduce_scatter_tensor(
    output: Tensor, input: Tensor, op: ReduceOp = SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce ``input`` over all ranks, and have in ``output`` the part of this rank: of its rows, or of a stack."""
    call = "reduce_scatter_tensor"
    if outside(group, call):
        return None
    part, whole, chosen = array_of(call, "output", output), array_of(call, "input", input), current(group)
    whole_and_part(call, whole, part, chosen.size())
    return reducing_parts(call, part, whole, op, chosen, async_op)


def reduce_scatter(
    output: Tensor, input_list: list[Tensor], op: ReduceOp = SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce each of ``input_list`` over all ranks, and have in ``output`` that of this rank."""
    call = "reduce_scatter"
    if outside(group, call):
        return None
    part, chosen = array_of(call, "output", output), current(group)
    whole = np.stack(arrays_of(call, "input_list", input_list, chosen.size(), part))
    return reducing_parts(call, part, whole, op, chosen, async_op)


def all_to_all_single(
    output: Tensor,
    input: Tensor,
    output_split_sizes: Sequence[int] | None = None,
    input_split_sizes: Sequence[int] | None = None,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Give each rank its rows of ``input``, and have in ``output`` the rows that all gave this one, in their order.

    output_split_sizes, input_split_sizes: how many rows; as many for each if not given. DistBackendError where a rank
    gives another number than it is taken to.
    """
    call = "all_to_all_single"
    if outside(group, call):
        return None
    arrived, given, chosen = array_of(call, "output", output), array_of(call, "input", input), current(group)
    if arrived.dtype != given.dtype or arrived.shape[1:] != given.shape[1:]:
        raise ValueError(f"{call}: output {of(arrived)} doesn't go with input {of(given)}")
    arriving = rows_for_each(call, "output", output_split_sizes, arrived, chosen.size())
    giving = rows_for_each(call, "input", input_split_sizes, given, chosen.size())
    steps = exchange(call, arrived, arriving, given, giving, chosen)
    return chosen.start(f"{call} of rows {of(given[:0])}", steps, async_op)


def rows_for_each(call: str, name: str, sizes: Sequence[int] | None, array: Array, count: int) -> list[int]:
    """How many rows of ``array`` are for each rank."""
    if not array.ndim:
        raise ValueError(f"{call}: {name} has no rows: it is 0-d")
    if not sizes:
        if array.shape[0] % count:
            raise RuntimeError(f"{call}: the {array.shape[0]} rows of {name} can't be divided equally by {count} ranks")
        return [array.shape[0] // count] * count
    if len(sizes) != count or sum(sizes) != array.shape[0] or min(sizes) < 0:
        raise RuntimeError(
            f"{call}: {name}_split_sizes {list(sizes)} should be {count} numbers whose sum is {array.shape[0]}, the "
            f"rows of {name}"
        )
    return list(sizes)


def exchange(
    call: str, arrived: Array, arriving: list[int], given: Array, giving: list[int], chosen: ProcessGroup
) -> Steps:
    """Give each rank so many rows, and have so many of each in ``arrived``."""
    counts, announced = np.array(giving), np.empty(chosen.size(), int)
    yield chosen.wire.exchange(announced, [8] * chosen.size(), counts, [8] * chosen.size())
    wrong = [giver for giver, rows in enumerate(arriving) if announced[giver] != rows]
    # Which ranks don't agree: one number for a pair, the largest of which all ranks hear of.
    pair = np.array([1 + wrong[-1] * chosen.size() + chosen.rank() if wrong else 0])
    yield chosen.wire.reduce_all(pair, "MAX")
    if pair[0]:
        giver, taker = (chosen.ranks[number] for number in divmod(int(pair[0]) - 1, chosen.size()))
        raise DistBackendError(f"{call}: rank {giver} gives rank {taker} another number of rows than that one takes")
    buffer, row = buffer_for(arrived), given.itemsize * math.prod(given.shape[1:])
    yield chosen.wire.exchange(
        buffer, [row * rows for rows in arriving], contiguous(given), [row * rows for rows in giving]
    )
    written(arrived, buffer)


def all_to_all(
    output_tensor_list: list[Tensor], input_tensor_list: list[Tensor], group: Any = None, async_op: bool = False
) -> Work | None:
    """Give each rank one of ``input_tensor_list``, and have in each of the other list what a rank gave this one."""
    call = "all_to_all"
    if outside(group, call):
        return None
    chosen = current(group)
    takes = [array_of(call, "output_tensor_list", tensor) for tensor in output_tensor_list]
    gives = [array_of(call, "input_tensor_list", tensor) for tensor in input_tensor_list]
    if not len(takes) == len(gives) == chosen.size():
        raise ValueError(f"{call}: give lists of a Tensor for each of {chosen.size()} ranks")
    given = np.concatenate([array.reshape(-1) for array in gives])
    arrived = np.empty(sum(array.size for array in takes), given.dtype)
    counts = [array.size for array in takes]

    def steps() -> Steps:
        yield from exchange(call, arrived, counts, given, [array.size for array in gives], chosen)
        for array, part in zip(takes, np.split(arrived, np.cumsum(counts)[:-1])):
            written(array, part.reshape(array.shape))

    return chosen.start(f"{call} of {given.dtype}", steps(), async_op)
