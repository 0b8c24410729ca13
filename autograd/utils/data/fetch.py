"""What loads a batch: the samples that have these numbers, or the next ones."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from ...engine.tensor import Tensor
from .collate import default_collate
from .dataset import Subset, TensorDataset

# Gives the batch that is asked for, or END where a dataset that can't be asked has come to its end.
Fetch = Callable[[Any], Any]
# Makes a Fetch for a dataset, at the start of an epoch.
Fetcher = Callable[[Any], Fetch]


class Mark(Enum):
    """What isn't a batch, or isn't the numbers of one; it stays itself from one process to another."""

    BEGIN = "an epoch begins"
    END = "a dataset has come to its end"


BEGIN, END = Mark.BEGIN, Mark.END


def fetch_indexed(collate: Callable[[Any], Any], batched: bool, dataset: Any) -> Fetch:
    """What loads the samples that have these numbers: at once, where the dataset can do that."""
    if not batched:
        return lambda index: collate(dataset[index])
    at_once = getattr(dataset, "__getitems__", None)
    take = at_once or (lambda indices: [dataset[index] for index in indices])
    rows = rows_of(dataset) if collate is default_collate else None
    if rows is None:
        return lambda indices: collate(take(indices))

    def fetch(indices: Any) -> Any:
        batch = rows(indices)
        return collate(take(indices)) if batch is None else batch

    return fetch


def fetch_next(collate: Callable[[Any], Any], batched: bool, drop_last: bool, dataset: Any) -> Fetch:
    """What loads the next samples, as many as it is given places for, or END."""
    samples = iter(dataset)

    def fetch(places: Any) -> Any:
        nonlocal samples
        count = len(places) if batched else 1
        found = list(islice(samples, count))
        if len(found) < count:
            samples = iter(())  # What has come to its end isn't asked again.
        if not found or (drop_last and len(found) < count):
            return END
        return collate(found if batched else found[0])

    return fetch


def rows_of(dataset: Any) -> Callable[[Any], list[Tensor] | None] | None:
    """What gives the batch of the samples with these numbers at once, if the samples are rows of Tensors.

    It is what `default_collate` makes of them one by one, only sooner: of a `TensorDataset`, or a `Subset` of one, that
    does nothing else with its samples. None for what isn't numbers.
    """
    kind = type(dataset)
    if isinstance(dataset, TensorDataset):
        as_it_is = kind.__getitem__ is TensorDataset.__getitem__ and not hasattr(dataset, "__getitems__")
        if as_it_is and all(isinstance(tensor, Tensor) for tensor in dataset.tensors):
            return partial(rows_at, dataset)
    elif isinstance(dataset, Subset):
        rows = rows_of(dataset.dataset)
        as_it_is = all(getattr(kind, name) is getattr(Subset, name) for name in ("__getitem__", "__getitems__"))
        if as_it_is and rows is not None:
            return lambda indices: rows([dataset.indices[i] for i in indices])
    return None


def rows_at(dataset: TensorDataset, indices: Any) -> list[Tensor] | None:
    numbers = np.asarray(indices)
    if numbers.dtype.kind not in "iu" or numbers.ndim != 1:
        return None
    return [tensor[numbers] for tensor in dataset.tensors]


def cut_short(error: StopIteration) -> RuntimeError:
    """What is raised for a StopIteration that would end an epoch early, as if there were no more batches."""
    return RuntimeError(f"DataLoader: a sample or collate_fn raised {error!r}, which only an iterator may do")
