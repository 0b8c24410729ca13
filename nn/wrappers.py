"""Wrappers of older scripts that change nothing on one machine's CPU."""

from __future__ import annotations

import warnings
from typing import Any

from .module import Module


class Container(Module):
    """The base of containers of long ago, which takes modules by name; it warns.

    >>> list(nn.Container(act=nn.ReLU()).named_children())
    [('act', ReLU())]
    """

    def __init__(self, **kwargs: Any) -> None:
        warnings.warn(
            "`nn.Container` is deprecated. All of it's functionality is now implemented in `nn.Module`. "
            "Subclass that instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__()
        for name, module in kwargs.items():
            self.add_module(name, module)


class DataParallel(Module):
    """Calls ``module``. PyTorch's divides batches among GPUs, and where there are none does the same.

    >>> nn.DataParallel(nn.Linear(1, 2)).state_dict().keys()
    odict_keys(['module.weight', 'module.bias'])
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
