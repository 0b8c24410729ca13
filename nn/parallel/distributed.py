"""Training on several ranks: each has all parameters and a part of each batch, and gradients are averaged."""

from __future__ import annotations

import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.engine.backward import awaited
from autograd.engine.hooks import RemovableHandle
from autograd.engine.node import Node, ancestors
from autograd.engine.versions import note_write
from autograd.transforms.tree import leaves

from ..module import Module

if TYPE_CHECKING:
    from autograd.distributed import Work

MEGABYTE = 1 << 20
# Unless it is said: so many buckets for all gradients, each of at least and at most so many bytes. A bucket waits for
# the last of its gradients, and each costs a call.
BUCKETS, SMALLEST, LARGEST = 4, 64 << 10, 25 * MEGABYTE


class Bucket:
    """Gradients that are averaged in one call: their memory, one after the other, and the call once it has begun."""

    def __init__(self, parameters: list[Tensor]) -> None:
        self.parameters = parameters
        self.flat = autograd.zeros(sum(p.numel() for p in parameters), dtype=parameters[0].dtype)
        ends = np.cumsum([p.numel() for p in parameters])
        self.views = [part.reshape(p.shape) for p, part in zip(parameters, np.split(self.flat.array, ends[:-1]))]
        self.work: Work | None = None
        self.missing = len(parameters)

    def begin_again(self) -> None:
        self.work, self.missing = None, len(self.parameters)


class DistributedDataParallel(Module):
    """Calls ``module``; a backward pass leaves in its parameters the mean of the gradients of all ranks.

    Each rank gives it a part of the batch, of equal size: then the gradients are those of the whole batch in one
    process, for a loss that is a mean over the batch. At the start all ranks get the parameters and buffers of rank 0.
    Gradients are averaged in buckets, from the last layer on, while the backward pass goes on to earlier layers.

    broadcast_buffers: before each forward pass, all ranks get the buffers of rank 0, as the statistics of batch norms
        (`nn.SyncBatchNorm` has those of all batches). init_sync: get the parameters at the start.
    process_group: the ranks, all if not given. bucket_cap_mb: the size of a bucket; a fourth of all if not given.
    find_unused_parameters: look in each graph which parameters it has; without, RuntimeError if one has no gradient.
    gradient_as_bucket_view: let gradients stay in the memory of buckets, which the next backward pass overwrites.
    check_every: so often, in forward passes, compare the parameters of all ranks; see `check`.
    overlap: average while the backward pass goes on; otherwise after it.
    Raises RuntimeError where the modules of ranks differ or nothing in them is learned, ValueError where
    `autograd.distributed` is not initialized. Li et al., PyTorch Distributed, 2020.

    >>> autograd.distributed.init_process_group()
    >>> model = nn.parallel.DistributedDataParallel(nn.Linear(2, 1))
    >>> model(autograd.ones(3, 2)).sum().backward()
    >>> model.module.weight.grad, list(model.state_dict())
    (tensor([[3., 3.]]), ['module.weight', 'module.bias'])
    >>> autograd.distributed.destroy_process_group()
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool | None = None,
        init_sync: bool = True,
        process_group: Any = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
        *,
        check_every: int | None = None,
        overlap: bool = True,
    ) -> None:
        super().__init__()
        if device_ids or output_device is not None:
            raise ValueError("DistributedDataParallel: device_ids and output_device are for GPUs; leave them out")
        if bucket_cap_mb is not None and bucket_cap_mb <= 0:
            raise ValueError(f"DistributedDataParallel: bucket_cap_mb must be above 0, not {bucket_cap_mb}")
        self.module = module
        self.device_ids, self.output_device, self.dim = None, None, dim
        self.process_group = autograd.distributed.groups.current(process_group)
        self.broadcast_buffers = broadcast_buffers is None or broadcast_buffers
        self.find_unused_parameters = find_unused_parameters or static_graph
        self.gradient_as_bucket_view = gradient_as_bucket_view
        self.check_every, self.overlap = check_every, overlap
        self.require_backward_grad_sync = True
        self._learned = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        if not self._learned:
            raise RuntimeError(
                "DistributedDataParallel is not needed when a module doesn't have any parameters that require a "
                "gradient."
            )
        # Its calls are mixed with those of synchronized layers, in an order of their own.
        self._group = self.process_group.copy()
        self._check_same_model()
        if init_sync:
            self._get_from_first([*module.parameters(), *module.buffers()])
        self._buckets = in_buckets([p for _, p in reversed(self._learned)], bucket_cap_mb)
        self._forwards = 0
        self._synchronizing = False
        self._unused: set[int] = set()
        self._arrived: set[int] = set()
        self._watch_gradients()

    def _check_same_model(self) -> None:
        """RuntimeError, on all ranks, unless they have the same parameters to learn."""
        mine = [(name, tuple(p.shape), str(p.dtype)) for name, p in self._learned]
        found: list[Any] = [None] * self._group.size()
        autograd.distributed.all_gather_object(found, mine, self._group)
        first = self._group.ranks[0]
        for rank, other in zip(self._group.ranks, found):
            if other == found[0]:
                continue
            text = f"has {len(other)} parameters, and rank {first} {len(found[0])}"
            unlike = [pair for pair in zip(other, found[0]) if pair[0] != pair[1]]
            if unlike:
                (name, *kind), (wanted, *wanted_kind) = unlike[0]
                text = f"has {name} of {kind}, where rank {first} has {wanted} of {wanted_kind}"
            raise RuntimeError(f"DistributedDataParallel expects the same model on all ranks, but rank {rank} {text}")

    def _get_from_first(self, tensors: Iterable[Tensor]) -> None:
        """Have in ``tensors`` what they have on the first rank: in one call for each dtype."""
        by_dtype: dict[Any, list[Tensor]] = {}
        for tensor in tensors:
            by_dtype.setdefault(tensor.array.dtype, []).append(tensor)
        for group in by_dtype.values():
            flat = np.concatenate([tensor.array.reshape(-1) for tensor in group])
            autograd.distributed.broadcast(autograd.from_numpy(flat), group=self._group, group_src=0)
            if self._group.rank():
                ends = np.cumsum([tensor.numel() for tensor in group])
                for tensor, part in zip(group, np.split(flat, ends[:-1])):
                    tensor.array[...] = part.reshape(tensor.shape)
                    note_write(tensor.array)

    def _watch_gradients(self) -> None:
        """Hear of each gradient as soon as it is complete, and of the end of the pass."""
        # What is called lives as long as the parameters, and should not keep this alive.
        arrive, finish = weakref.WeakMethod(self._arrive), weakref.WeakMethod(self._end_of_pass)
        nodes, handles = [], []
        for bucket in self._buckets:
            for p, view in zip(bucket.parameters, bucket.views):
                node: Node = p.node  # type: ignore[assignment]  # it requires grad
                awaited[node] = partial(called, arrive, p, bucket, view)
                handles.append(RemovableHandle(node.accumulated, partial(called, finish), prepend=True))
                nodes.append(node)
        weakref.finalize(self, leave_alone, nodes, handles)

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        self._synchronizing = autograd.is_grad_enabled() and self.require_backward_grad_sync
        if self.require_backward_grad_sync:
            if self.check_every and self._forwards % self.check_every == 0:
                self.check()
            self._forwards += 1
            if self.broadcast_buffers:
                self._get_from_first(self.module.buffers())
        if self._synchronizing:
            self._begin_again()
        out = self.module(*inputs, **kwargs)
        if self._synchronizing and self.find_unused_parameters:
            self._find_unused(out)
        return out

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """A block in which gradients are added up on each rank, to be averaged in the first pass after it.

        The forward pass belongs into the block, too.
        """
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def check(self) -> None:
        """RuntimeError, on all ranks, which names parameters that are not the same on all, and where they differ.

        A checksum of each is compared. Ranks part where a rank changes its parameters by itself, as by other random
        numbers or another learning rate.
        """
        sums = [zlib.crc32(np.ascontiguousarray(p.array).data) for _, p in self._learned]
        mine = autograd.tensor(sums)
        each = mine.new_empty(self._group.size(), len(sums))
        autograd.distributed.all_gather_into_tensor(each, mine, self._group)
        differ = each.array != each.array[0]
        if differ.any():
            first, *more = np.flatnonzero(differ.any(axis=0))
            ranks = [self._group.ranks[i] for i in np.flatnonzero(differ[:, first])]
            named = autograd.distributed.errors.ranked(ranks)
            raise RuntimeError(
                f"DistributedDataParallel: ranks have parted: {self._learned[first][0]} of {named} differs "
                f"from that of rank {self._group.ranks[0]}" + (f", and {len(more)} more differ" if more else "")
            )

    def _begin_again(self) -> None:
        """Forget a pass that did not end, once what it began is done."""
        for bucket in self._buckets:
            if bucket.work is not None:
                bucket.work.wait()
            bucket.begin_again()
        self._arrived.clear()

    def _find_unused(self, out: Any) -> None:
        """Take the parameters that are not in the graph of ``out`` as complete: what they have is averaged."""
        roots = [x.node for x in leaves(out) if isinstance(x, Tensor) and x.node is not None]
        used = set(ancestors(roots))
        self._unused = {id(p) for _, p in self._learned if p.node not in used}
        if len(self._unused) == len(self._learned):
            self._finish()

    def _arrive(self, p: Tensor, bucket: Bucket, view: Any, gradient: Any) -> None:
        """Put a gradient into its bucket, and begin to average what is complete."""
        if not self._synchronizing or id(p) in self._arrived:
            return
        self._put(p, view, gradient.array if isinstance(gradient, Tensor) else gradient)
        self._arrived.add(id(p))
        bucket.missing -= 1
        if self.overlap:
            self._begin_complete()
            self._group.advance()

    def _put(self, p: Tensor, view: Any, gradient: Any) -> None:
        """Have in ``view`` the gradient that ``p`` will have on this rank."""
        before = p.grad
        if before is None:
            view[...] = gradient
            return
        np.add(before.array, gradient, out=view)
        if np.may_share_memory(before.array, view):
            # The engine adds to it, too.
            p.grad = autograd.from_numpy(before.array.copy())

    def _begin_complete(self) -> None:
        """Begin to average the buckets that are complete: in their order, which is the same on all ranks."""
        for bucket in self._buckets:
            unused = sum(id(p) in self._unused for p in bucket.parameters)
            if bucket.missing > unused:
                break
            if bucket.work is None:
                for p, view in zip(bucket.parameters, bucket.views) if unused else ():
                    if id(p) in self._unused and id(p) not in self._arrived:
                        self._put(p, view, 0)
                mean = autograd.distributed.ReduceOp.AVG
                bucket.work = autograd.distributed.all_reduce(bucket.flat, mean, self._group, async_op=True)

    def _end_of_pass(self) -> None:
        """What is called for every parameter that got a gradient: the first one of them ends the pass."""
        if self._synchronizing and self._arrived:
            self._finish()

    def _finish(self) -> None:
        """Have the averaged gradients in the parameters."""
        missing = [n for n, p in self._learned if id(p) not in self._arrived and id(p) not in self._unused]
        if missing:
            self._begin_again()
            raise RuntimeError(
                "Expected to have finished reduction in the prior iteration before starting a new one. These "
                f"parameters had no part in the loss: {', '.join(missing)}; find_unused_parameters=True allows that"
            )
        self._begin_complete()
        anywhere = self._used_anywhere() if self.find_unused_parameters else None
        for bucket in self._buckets:
            if bucket.work is not None:
                bucket.work.wait()
            for p, view in zip(bucket.parameters, bucket.views):
                if anywhere is None or anywhere[id(p)]:
                    self._give(p, view)
            bucket.begin_again()
        self._arrived.clear()

    def _used_anywhere(self) -> dict[int, bool]:
        """Of each parameter, whether any rank had a gradient for it."""
        used = autograd.tensor([id(p) in self._arrived for _, p in self._learned])
        autograd.distributed.all_reduce(used, autograd.distributed.ReduceOp.MAX, self._group)
        return {id(p): found for (_, p), found in zip(self._learned, used.tolist())}

    def _give(self, p: Tensor, view: Any) -> None:
        """Let the gradient of ``p`` be what is in ``view``."""
        if self.gradient_as_bucket_view:
            p.grad = autograd.from_numpy(view)
        elif p.grad is None:
            p.grad = autograd.from_numpy(view.copy())
        else:
            p.grad.array[...] = view
            note_write(p.grad.array)


def called(method: weakref.WeakMethod[Any], *args: Any) -> None:
    """Call a method, if what it belongs to is still there."""
    found = method()
    if found is not None:
        found(*args)


def leave_alone(nodes: Iterable[Node], handles: Iterable[RemovableHandle]) -> None:
    """Await these leaves no longer."""
    for node in nodes:
        awaited.pop(node, None)
    for handle in handles:
        handle.remove()


def in_buckets(parameters: list[Tensor], megabytes: float | None) -> list[Bucket]:
    """Buckets for the gradients of ``parameters``, in this order."""
    total = sum(p.numel() * p.element_size() for p in parameters)
    cap = min(max(total // BUCKETS, SMALLEST), LARGEST) if megabytes is None else megabytes * MEGABYTE
    groups: list[list[Tensor]] = []
    size = 0
    for p in parameters:
        if not groups or size + p.numel() * p.element_size() > cap or groups[-1][0].dtype != p.dtype:
            groups.append([])
            size = 0
        groups[-1].append(p)
        size += p.numel() * p.element_size()
    return [Bucket(group) for group in groups]
