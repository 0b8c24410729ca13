"""``torch.utils.data``: its names beside those of `autograd.utils.data`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..engine.tensor import Tensor
from ..utils.data import Dataset, IterableDataset
from ..utils.data.collate import default_collate, stacked
from .names_only import Nothing

__all__ = ["default_collate"]
string_classes = (str, bytes)
# What NumPy calls arrays of strings and of objects, of which there are no Tensors.
np_str_obj_array_pattern = re.compile(r"[SaUO]")
# What annotations call the functions that a DataLoader takes.
_collate_fn_t = _worker_init_fn_t = Callable[..., Any]
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


class _DatasetKind:
    """Whether a dataset is read by numbers or walked through."""

    Map, Iterable = 0, 1


class _BaseDataLoaderIter(Nothing):
    """A walk through a DataLoader by PyTorch's classes, which those of this package aren't."""


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    """One in this process."""


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """One by several processes."""
