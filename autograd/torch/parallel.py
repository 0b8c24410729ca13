"""``torch.nn.parallel``: several processes, which there are none of."""

from __future__ import annotations

from .names_only import Nothing


class DistributedDataParallel(Nothing):
    """A module that several processes train. RuntimeError: there is one process."""
