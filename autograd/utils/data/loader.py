"""Loading samples in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from typing import Any

from ...creation.generator import Generator
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .fetch import END, Fetcher, cut_short, fetch_indexed, fetch_next
from .sampler import BatchSampler, RandomSampler, SequentialSampler, random_seed

# What an iterator has been made of, so that a change would be half a change.
DECIDED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class DataLoader:
    """Batches of samples of ``dataset``, in order or, with ``shuffle``, in an order that differs every time.

    sampler: the order; batch_sampler: the order in batches; collate_fn: makes a batch of a list of samples
    (`default_collate`; of single samples `default_convert`); drop_last: leave out a last batch that is not full;
    generator: where randomness comes from. batch_size None gives single samples. ValueError for settings that exclude
    each other.

    With ``num_workers`` above 0, that many processes load ahead, each ``prefetch_factor`` (2) batches, and the batches
    come in the same order, or with ``in_order`` False as they are ready. multiprocessing_context: how the processes
    start, "fork", "spawn", "forkserver" or a context of `multiprocessing`; None: as is usual on this system. Other than
    forked ones are sent what they need, which pickle must know, and import the script, which must not train when it is
    imported. worker_init_fn: called in each worker with its number, where `get_worker_info` tells more; timeout: how
    many seconds to wait for a batch before a RuntimeError, or 0; persistent_workers: they stay from one epoch to the
    next. A worker has a copy of the dataset, and random numbers of its own, Python's and NumPy's too, which are those
    of PyTorch's worker. Each goes through all of an `IterableDataset`. What is raised in a worker is raised where its
    batch is taken; the batch after it can still be taken. RuntimeError if a worker dies. ``pin_memory`` and
    ``pin_memory_device`` make no difference: there is no GPU.

    >>> data = autograd.utils.data.TensorDataset(autograd.arange(5), autograd.arange(5) * 10)
    >>> for x, y in autograd.utils.data.DataLoader(data, batch_size=3):
    ...     print(x, y)
    tensor([0, 1, 2]) tensor([ 0, 10, 20])
    tensor([3, 4]) tensor([30, 40])
    """

    # `DataLoader[T]` in annotations.
    def __class_getitem__(cls, item: Any) -> Any:
        return cls

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
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
            )
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("drop_last option needs batches; batch_size=None gives single samples")
        check_workers(num_workers, timeout, multiprocessing_context, prefetch_factor, persistent_workers)
        self.iterable = isinstance(dataset, IterableDataset)
        if self.iterable:
            given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
            for name, value in given.items():
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
            sampler = repeat(0)  # only how many is looked at
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.dataset, self.sampler, self.generator = dataset, sampler, generator
        self.batch_size, self.drop_last, self.num_workers = batch_size, drop_last, num_workers
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_collate if batch_sampler is not None else default_convert)
        self.timeout, self.worker_init_fn = timeout, worker_init_fn
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.persistent_workers, self.in_order = persistent_workers, in_order
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.multiprocessing_context = multiprocessing_context
        self._prefetcher: Any = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in DECIDED and name in self.__dict__:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        batched = self.batch_sampler is not None
        requests = iter(self.batch_sampler if batched else self.sampler)  # type: ignore[arg-type]
        prefetcher = self._prefetcher
        if prefetcher is None or not prefetcher.usable():
            # PyTorch draws a seed for its workers even where it has none; the numbers that follow are to be the same.
            seed = random_seed(self.generator)
            if self.iterable:
                fetcher = partial(fetch_next, self.collate_fn, batched, self.drop_last)
            else:
                fetcher = partial(fetch_indexed, self.collate_fn, batched)
            if self.num_workers == 0:
                return Direct(requests, fetcher, self.dataset)
            prefetcher = self._workers(fetcher, seed)
        prefetcher.begin(requests)
        if self.persistent_workers:
            self._prefetcher = prefetcher
        return prefetcher

    def _workers(self, fetcher: Fetcher, seed: int) -> Any:
        # What talks to processes takes long to import, and most loaders have none.
        import multiprocessing

        from .prefetch import Prefetcher

        context = self.multiprocessing_context
        return Prefetcher(
            self.dataset,
            fetcher,
            self.num_workers,
            self.prefetch_factor or 2,
            seed,
            init=self.worker_init_fn,
            timeout=self.timeout,
            persistent=self.persistent_workers,
            in_order=self.in_order,
            context=multiprocessing.get_context(context) if context is None or isinstance(context, str) else context,
        )

    def __len__(self) -> int:
        if self.iterable:
            count = len(self.dataset)
            size = self.batch_size or 1
            return count // size if self.drop_last else -(-count // size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]


class Direct:
    """The batches, loaded when they are asked for. After one that could not be loaded comes the next."""

    def __init__(self, requests: Iterator[Any], fetcher: Fetcher, dataset: Any) -> None:
        self.requests, self.fetch = requests, fetcher(dataset)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        request = next(self.requests)
        try:
            batch = self.fetch(request)
        except StopIteration as error:
            raise cut_short(error) from error
        if batch is END:
            raise StopIteration
        return batch


def check_workers(number: int, timeout: float, context: Any, prefetch_factor: int | None, persistent: bool) -> None:
    """Raise ValueError or TypeError unless these settings go together, as in PyTorch."""
    if number < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to load in this thread")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError(f"prefetch_factor option should be positive, but got {prefetch_factor}")
    needing = {
        "prefetch_factor": prefetch_factor is not None,
        "persistent_workers": persistent,
        "multiprocessing_context": context is not None,
    }
    for name, given in needing.items():
        if given and number == 0:
            raise ValueError(f"{name} option needs num_workers > 0")
    if context is None:
        return
    import multiprocessing
    from multiprocessing.context import BaseContext

    methods = multiprocessing.get_all_start_methods()
    if isinstance(context, str) and context not in methods:
        raise ValueError(
            f"multiprocessing_context option should specify a valid start method in {methods}, but got {context!r}"
        )
    if not isinstance(context, (str, BaseContext)):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string specifying the start method, "
            f"but got {context!r}"
        )
