"""``torch.utils.data``: its names beside those of `autograd.utils.data`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from ..creation.generator import Generator
from ..creation.random import randperm
from ..engine.tensor import Tensor
from ..utils.data import Dataset, IterableDataset, Sampler
from ..utils.data.collate import default_collate, stacked
from .names_only import Nothing

__all__ = ["DistributedSampler", "default_collate"]
string_classes = (str, bytes)
# What NumPy calls arrays of strings and of objects, of which there are no Tensors.
np_str_obj_array_pattern = re.compile(r"[SaUO]")
# A second name, of a project that ended.
MapDataPipe, IterDataPipe = Dataset, IterableDataset
default_collate_err_msg_format = "default_collate: batch must contain tensors, numbers, dicts or lists; found {}"


def collate_tensor_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """The Tensors of a batch along a new dimension in front."""
    return stacked(list(batch))


default_collate_fn_map = {Tensor: collate_tensor_fn}


def functional_datapipe(name: str, enable_df_api_tracing: bool = False) -> Any:
    """What decorates a class with itself: no method is made of it."""
    return lambda decorated: decorated


class DistributedSampler(Sampler):
    """The indices that fall to process ``rank`` of ``num_replicas``, shuffled by ``seed`` and the epoch."""

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError("Requires distributed package to be available: give num_replicas and rank")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else math.ceil(count / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        generator = Generator().manual_seed(self.seed + self.epoch)
        indices = randperm(count, generator=generator).tolist() if self.shuffle else list(range(count))
        # The first ones come again until every process has as many.
        indices = (indices * math.ceil(self.total_size / max(count, 1)))[: self.total_size]
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Shuffle differently in this epoch."""
        self.epoch = epoch


class _BaseDataLoaderIter(Nothing):
    """A walk through a DataLoader by PyTorch's classes, which those of this package aren't."""


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    """One in this process."""


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """One by several processes."""
