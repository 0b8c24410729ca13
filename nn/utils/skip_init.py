"""Modules whose parameters are about to be replaced anyway."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from autograd.random import fork_rng

from ..module import Module

M = TypeVar("M", bound=Module)


def skip_init(module_cls: type[M], *args: Any, **kwargs: Any) -> M:
    """``module_cls(*args, **kwargs)``, for which no random number is used up; don't rely on how its parameters start.

    RuntimeError for what is no module, or for one that takes no ``device``.

    >>> state = autograd.get_rng_state()
    >>> layer = nn.utils.skip_init(nn.Linear, 5, 1)
    >>> autograd.get_rng_state().equal(state)
    True
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    with fork_rng():
        return module_cls(*args, **kwargs)
