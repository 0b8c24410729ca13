"""In which order samples are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any

import numpy as np

from ...creation.generator import Generator, current_generator
from ...creation.random import randint, randperm


class Sampler:
    """An order of sample numbers: a subclass defines ``__iter__`` and ``__len__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__()")


class SequentialSampler(Sampler):
    """0, 1, 2, ..."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """All numbers in random order, or with ``replacement`` ``num_samples`` drawn independently.

    >>> _ = autograd.manual_seed(0)
    >>> list(autograd.utils.data.RandomSampler(range(4)))
    [2, 3, 0, 1]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        if num_samples is not None and num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self.num_samples = len(data_source) if num_samples is None else num_samples

    def __iter__(self) -> Iterator[int]:
        generator = self.generator or Generator().manual_seed(random_seed())
        size = len(self.data_source)
        if self.replacement:
            yield from randint(size, (self.num_samples,), generator=generator).tolist()
            return
        left = self.num_samples
        while left > 0:
            yield from randperm(size, generator=generator).tolist()[:left]
            left -= size

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The numbers of ``sampler`` in lists of ``batch_size``; the last is shorter, or left out with ``drop_last``.

    >>> list(autograd.utils.data.BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        batch: list[int] = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]  # as in PyTorch, only if the sampler has a length
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def random_seed(generator: Generator | None = None) -> int:
    """A seed drawn from ``generator`` or the global random numbers, as PyTorch's loaders draw theirs."""
    return int((generator or current_generator()).raw64(1)[0] & np.uint64((1 << 63) - 1))
