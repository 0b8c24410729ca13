"""Interventions: the output of a module replaced while a block runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Tensor

if TYPE_CHECKING:
    from .module import Module


@contextmanager
def patched(model: Module, name: str, replacement: Any) -> Iterator[None]:
    """The outputs of the module called ``name`` below ``model`` replaced: see `Module.patch`."""
    target = model.get_submodule(name)

    def replace(module: Module, args: Any, output: Any) -> Any:
        return replacement(output) if callable(replacement) else in_place_of(output, replacement, name)

    handle = target.register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()


def in_place_of(output: Any, value: Any, name: str) -> Tensor:
    """``value`` as a Tensor of the shape and dtype of ``output``."""
    if not isinstance(output, Tensor):
        raise TypeError(f"patch: {name} gives a {type(output).__name__}; replace it by a function of that")
    made = value if isinstance(value, Tensor) else autograd.tensor(value)
    return made.to(output.dtype).expand(output.shape)
