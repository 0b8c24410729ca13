"""In which order samples are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from typing import Any

import numpy as np

from ...composed.random import multinomial
from ...creation.data import as_tensor
from ...creation.generator import Generator, chosen
from ...creation.random import randint, randperm
from ...engine.tensor import Tensor
from ...types.dtypes import float64

# How many numbers PyTorch's RandomSampler draws at a time.
DRAWN_AT_ONCE = 32


class Sampler:
    """An order of sample numbers: a subclass defines ``__iter__`` and ``__len__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__()")

    # `Sampler[T]` in annotations, and as a base.
    def __class_getitem__(cls, item: Any) -> Any:
        return cls


class SequentialSampler(Sampler):
    """0, 1, 2, ..."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """All numbers in random order, or with ``replacement`` ``num_samples`` drawn independently, as they are asked for.

    ValueError unless there are samples to draw.

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
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = num_samples
        check_count(self.num_samples)

    @property
    def num_samples(self) -> int:
        """As many as were asked for, or as there are now: a dataset may grow."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        generator = self.generator or Generator().manual_seed(random_seed())
        size, count = len(self.data_source), self.num_samples
        if size < 1:
            raise ValueError(f"RandomSampler: there are {count} samples to draw, but the dataset is empty")
        # PyTorch draws the last, shorter part even where it has no numbers, and what is drawn later depends on that.
        if self.replacement:
            for _ in range(count // DRAWN_AT_ONCE):
                yield from randint(size, (DRAWN_AT_ONCE,), generator=generator).tolist()
            yield from randint(size, (count % DRAWN_AT_ONCE,), generator=generator).tolist()
        else:
            for _ in range(count // size):
                yield from randperm(size, generator=generator).tolist()
            yield from randperm(size, generator=generator).tolist()[: count % size]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """These numbers in random order.

    >>> _ = autograd.manual_seed(0)
    >>> list(autograd.utils.data.SubsetRandomSampler([10, 20, 30]))
    [30, 10, 20]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """``num_samples`` numbers from 0 to ``len(weights) - 1``, each as likely as its weight says.

    ValueError for weights that are not in one row, or no samples to draw.

    >>> list(autograd.utils.data.WeightedRandomSampler([0., 1., 0.], 3))
    [1, 1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float] | Tensor,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        check_count(num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.ndim != 1:
            raise ValueError(f"weights should be a 1d sequence but have the shape {tuple(self.weights.shape)}")
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        yield from multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


def check_count(num_samples: Any) -> None:
    """Raise ValueError unless this is a number of samples to draw."""
    if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
        raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")


class BatchSampler(Sampler):
    """The numbers of ``sampler`` in lists of ``batch_size``; the last is shorter, or left out with ``drop_last``.

    >>> list(autograd.utils.data.BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]  # as in PyTorch, only if the sampler has a length
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def random_seed(generator: Generator | None = None) -> int:
    """A seed drawn from ``generator`` or the global random numbers, as PyTorch's loaders draw theirs."""
    return int(chosen("random_", generator).raw64(1)[0] & np.uint64((1 << 63) - 1))
