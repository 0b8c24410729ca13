"""Which samples each of several processes takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized

from ... import distributed
from ...creation.generator import Generator
from ...creation.random import randperm
from .sampler import Sampler


class DistributedSampler(Sampler):
    """The numbers that rank ``rank`` of ``num_replicas`` takes, as many as the others: every ``num_replicas``-th.

    num_replicas, rank: those of `autograd.distributed` if not given. shuffle: in an order that ``seed`` and
    `set_epoch` decide, the same on all ranks. drop_last: leave out what can't be divided equally; otherwise the first
    ones come twice. ValueError for a rank that there isn't, or where `autograd.distributed` is not initialized.

    >>> sampler = autograd.utils.data.DistributedSampler(range(10), num_replicas=2, rank=1)
    >>> list(sampler)
    [1, 5, 9, 8, 2]
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        num_replicas = distributed.get_world_size() if num_replicas is None else num_replicas
        rank = distributed.get_rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        # As in PyTorch, the size that it has now.
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else math.ceil(count / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        generator = Generator().manual_seed(self.seed + self.epoch)
        indices = randperm(count, generator=generator).tolist() if self.shuffle else list(range(count))
        indices = (indices * math.ceil(self.total_size / max(count, 1)))[: self.total_size]
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Shuffle differently in this epoch; to be called on all ranks before it begins."""
        self.epoch = epoch
