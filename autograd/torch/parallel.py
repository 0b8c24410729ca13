"""``torch.nn.parallel``, as far as it divides a batch among devices of one process."""

from __future__ import annotations

from typing import Any


def scatter(inputs: Any, *args: Any, **options: Any) -> Any:
    """RuntimeError: there is one device."""
    raise RuntimeError("torch.nn.parallel: there is one device here, so nothing goes to several or comes from them")


gather = scatter_kwargs = replicate = parallel_apply = scatter
