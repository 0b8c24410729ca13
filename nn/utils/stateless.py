"""Modules as functions of their parameters, where older scripts look for it."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor

from ..module import Module


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """The old name of `autograd.func.functional_call`; it warns.

    >>> layer, given = nn.Linear(1, 1), {"weight": autograd.ones(1, 1), "bias": autograd.ones(1)}
    >>> nn.utils.stateless.functional_call(layer, given, autograd.tensor([2.]))
    tensor([3.])
    """
    warnings.warn(
        "`nn.utils.stateless.functional_call` is deprecated. Please use `autograd.func.functional_call` instead which "
        "is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    call = autograd.func.functional_call
    return call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)
