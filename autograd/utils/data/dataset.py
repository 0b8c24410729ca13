"""Data sets: samples by number."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from ...creation.generator import Generator
from ...creation.random import randperm
from ...engine.tensor import Tensor


class Dataset:
    """A collection of samples: a subclass defines ``__getitem__(index)`` and ``__len__()``.

    If it also defines ``__getitems__(indices)``, a `DataLoader` takes the samples of a batch from that at once.
    ``a + b`` has the samples of both.
    """

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index)")

    def __add__(self, other: Any) -> Any:
        return ConcatDataset([self, other])

    # `Dataset[T]` in annotations, and as a base.
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

    def __add__(self, other: Any) -> Any:
        return ChainDataset([self, other])


class TensorDataset(Dataset):
    """Samples that are rows of Tensors: ``dataset[i]`` is ``(a[i], b[i], ...)``. AssertionError unless all are as long.

    >>> autograd.utils.data.TensorDataset(autograd.ones(3, 2), autograd.arange(3))[1]
    (tensor([1., 1.]), tensor(1))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors or any(len(tensor) != len(tensors[0]) for tensor in tensors):
            sizes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors)
            raise AssertionError(
                f"Size mismatch between tensors: they must have one first size, but have shapes {sizes}"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class ConcatDataset(Dataset):
    """The samples of several datasets, one after the other.

    >>> autograd.utils.data.ConcatDataset([range(3), range(10, 12)])[3]
    10
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset; ChainDataset does")
        self.cumulative_sizes = list(accumulate(map(len, self.datasets)))

    def __getitem__(self, index: int) -> Any:
        length = len(self)
        if index < -length:
            raise ValueError("absolute value of index should not exceed dataset length")
        if index >= length:
            raise IndexError(f"index {index} is out of range for {length} samples")
        index %= length
        number = bisect_right(self.cumulative_sizes, index)
        return self.datasets[number][index - (self.cumulative_sizes[number - 1] if number else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset):
    """The samples of several `IterableDataset`, one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield dataset

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._checked())

    def __len__(self) -> int:
        return sum(map(len, self._checked()))


class StackDataset(Dataset):
    """Samples put together of the samples of several datasets: tuples, or dicts of datasets that are given by name.

    ValueError unless all are as long.

    >>> autograd.utils.data.StackDataset(number=range(3), letter="abc")[1]
    {'number': 1, 'letter': 'b'}
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            raise ValueError("StackDataset takes datasets as arguments or by name, at least one and not both")
        self.datasets = kwargs or args
        self._length, *others = map(len, kwargs.values() if kwargs else args)
        if any(length != self._length for length in others):
            raise ValueError(f"Size mismatch between datasets: they have {[self._length, *others]} samples")

    def _together(self, take: Callable[[Any], Any]) -> Any:
        """A tuple or dict of what ``take`` gives of each dataset."""
        if isinstance(self.datasets, dict):
            return {name: take(dataset) for name, dataset in self.datasets.items()}
        return tuple(take(dataset) for dataset in self.datasets)

    def __getitem__(self, index: Any) -> Any:
        return self._together(lambda dataset: dataset[index])

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        columns = self._together(lambda dataset: items_of(dataset, indices))
        if isinstance(columns, dict):
            return [dict(zip(columns, row)) for row in zip(*columns.values())]
        return list(zip(*columns))

    def __len__(self) -> int:
        return self._length


class Subset(Dataset):
    """The samples of ``dataset`` with these numbers."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        if type(self).__getitem__ is not Subset.__getitem__:
            return [self[i] for i in indices]  # A subclass that does something with each sample.
        return items_of(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def items_of(dataset: Any, indices: Sequence[int]) -> list[Any]:
    """The samples that have these numbers, at once if the dataset can do that. ValueError if it gives more or fewer."""
    at_once = getattr(dataset, "__getitems__", None)
    if at_once is None:
        return [dataset[i] for i in indices]
    items: list[Any] = at_once(indices)
    if len(items) != len(indices):
        raise ValueError(f"Nested dataset's output size mismatch. Expected {len(indices)}, got {len(items)}")
    return items


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """Subsets of these sizes, or of fractions that add up to 1, that share no sample. ValueError unless they add up.

    What fractions leave over goes to the first subsets, a sample each. UserWarning for a subset that is empty.

    >>> _ = autograd.manual_seed(0)
    >>> [part.indices for part in autograd.utils.data.random_split(range(5), [0.6, 0.4])]
    [[4, 0, 1], [3, 2]]
    """
    total = len(dataset)
    sizes = [int(length) for length in lengths]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1")
        sizes = [math.floor(total * fraction) for fraction in lengths]
        for i in range(total - sum(sizes)):
            sizes[i % len(sizes)] += 1
        for i, size in enumerate(sizes):
            if size == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(sizes) != total:
        raise ValueError(f"Sum of input lengths {sum(sizes)} does not equal the length {total} of the input dataset")
    order = randperm(total, generator=generator).tolist()
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [Subset(dataset, order[start : start + size]) for start, size in zip(starts, sizes)]
