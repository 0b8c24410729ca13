"""Data sets: samples by number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ...creation.generator import Generator
from ...creation.random import randperm
from ...engine.tensor import Tensor


class Dataset:
    """A collection of samples: a subclass defines ``__getitem__(index)`` and ``__len__()``."""

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index)")

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


class IterableDataset(Dataset):
    """Samples that come one after another: a subclass defines ``__iter__()``, and ``__len__()`` if that is known.

    With several workers each goes through all of it unless `get_worker_info` tells them apart: see `DataLoader`.

    >>> class Countdown(autograd.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(autograd.utils.data.DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__()")


class TensorDataset(Dataset):
    """Samples that are rows of Tensors: ``dataset[i]`` is ``(a[i], b[i], ...)``. ValueError unless all are as long.

    >>> autograd.utils.data.TensorDataset(autograd.ones(3, 2), autograd.arange(3))[1]
    (tensor([1., 1.]), tensor(1))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors or any(len(tensor) != len(tensors[0]) for tensor in tensors):
            sizes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors)
            raise ValueError(f"Size mismatch between tensors: all need the same first size, but have shapes {sizes}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class Subset(Dataset):
    """The samples of ``dataset`` with these numbers."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: int) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """Subsets of these sizes, or of these fractions, that share no sample. ValueError unless they add up.

    >>> _ = autograd.manual_seed(0)
    >>> [part.indices for part in autograd.utils.data.random_split(range(5), [0.6, 0.4])]
    [[4, 0, 1], [3, 2]]
    """
    total = len(dataset)
    sizes = [int(length) for length in lengths]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1 and any(isinstance(length, float) for length in lengths):
        sizes = [math.floor(total * fraction) for fraction in lengths]
        for i in range(total - sum(sizes)):
            sizes[i % len(sizes)] += 1
    if sum(sizes) != total:
        raise ValueError(f"Sum of input lengths {sum(sizes)} does not equal the length {total} of the input dataset")
    order = randperm(total, generator=generator).tolist()
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [Subset(dataset, order[start : start + size]) for start, size in zip(starts, sizes)]
