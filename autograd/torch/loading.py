"""``torch.utils.data``: its names beside those of `autograd.utils.data`."""

from __future__ import annotations

from typing import Any

from ..utils.data import Dataset, IterableDataset
from ..utils.data.collate import default_collate

__all__ = ["default_collate"]
string_classes = (str, bytes)
# A second name, of a project that ended.
MapDataPipe, IterDataPipe = Dataset, IterableDataset
default_collate_err_msg_format = "default_collate: batch must contain tensors, numbers, dicts or lists; found {}"


def functional_datapipe(name: str, enable_df_api_tracing: bool = False) -> Any:
    """What decorates a class with itself: no method is made of it."""
    return lambda decorated: decorated
