"""``torch.nn.parallel``: several processes, which there are none of."""

from __future__ import annotations

from typing import Any

from .names_only import Nothing


class DistributedDataParallel(Nothing):
    """A module that several processes train. RuntimeError: there is one process."""


def scatter(inputs: Any, *args: Any, **options: Any) -> Any:
    """RuntimeError: there is one device."""
    raise RuntimeError("torch.nn.parallel: there is one device here, so nothing goes to several or comes from them")


gather = scatter_kwargs = replicate = parallel_apply = scatter
