"""Loading samples in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ...creation import as_tensor, tensor
from ...ops.shape import stack
from ...random import Generator
from ...tensor import Tensor
from .sampler import BatchSampler, RandomSampler, SequentialSampler, random_seed


class DataLoader:
    """Batches of samples of ``dataset``, in order or, with ``shuffle``, in an order that differs every time.

    sampler: the order; batch_sampler: the order in batches; collate_fn: makes a batch of a list of samples
    (`default_collate`); drop_last: leave out a last batch that is not full; generator: where randomness comes from.
    batch_size None gives single samples. Samples are loaded in the calling thread whatever ``num_workers``.
    ValueError for settings that exclude each other.

    >>> data = autograd.utils.data.TensorDataset(autograd.arange(5), autograd.arange(5) * 10)
    >>> for x, y in autograd.utils.data.DataLoader(data, batch_size=3):
    ...     print(x, y)
    tensor([0, 1, 2]) tensor([ 0, 10, 20])
    tensor([3, 4]) tensor([30, 40])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        generator: Generator | None = None,
    ) -> None:
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to load in this thread")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
            )
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.dataset, self.sampler, self.generator = dataset, sampler, generator
        self.batch_size, self.drop_last, self.num_workers = batch_size, drop_last, num_workers
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_collate if batch_sampler is not None else _converted)

    def __iter__(self) -> Iterator[Any]:
        # PyTorch draws a seed for its workers here; drawing it too keeps the numbers that follow the same.
        random_seed(self.generator)
        return self._batches()

    def _batches(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            for index in self.sampler:
                yield self.collate_fn(self.dataset[index])
            return
        for indices in self.batch_sampler:
            yield self.collate_fn([self.dataset[index] for index in indices])

    def __len__(self) -> int:
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]


def _converted(sample: Any) -> Any:
    return as_tensor(sample) if isinstance(sample, np.ndarray) else sample


def default_collate(batch: list[Any]) -> Any:
    """A batch of samples as Tensors with one more dimension in front; tuples and dicts part by part.

    TypeError for samples of other kinds.

    >>> autograd.utils.data.default_collate([(1, 2.5), (3, 4.5)])
    [tensor([1, 3]), tensor([2.5000, 4.5000], dtype=autograd.float64)]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, (np.ndarray, np.generic)):
        return as_tensor(np.stack(batch))
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, (tuple, list)):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        parts = [default_collate(list(part)) for part in zip(*batch)]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise TypeError(
        f"default_collate: batch must contain tensors, arrays, numbers, dicts or lists; found {type(first)}"
    )
