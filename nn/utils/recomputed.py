"""What the parameters have in common that a hook computes from others before every forward."""

from __future__ import annotations

from typing import Any

from autograd import Tensor

from ..module import Module
from ..parameter import Parameter


def hooks_of(module: Module, kind: type) -> list[Any]:
    """The hooks of this kind that are called before the forward of ``module``."""
    own = module.__dict__.get("_hooks")
    return [hook.function for hook in own.before if isinstance(hook.function, kind)] if own else []


def take_away(module: Module, function: Any) -> None:
    """Call ``function`` before the forward of ``module`` no longer."""
    own = module.__dict__["_hooks"]
    own.before[:] = [hook for hook in own.before if hook.function is not function]


def parameter_of(module: Module, name: str) -> Parameter:
    """The Parameter ``name`` of ``module``; KeyError if there is none, ValueError where None holds its place."""
    found = getattr(module, name, None)
    if isinstance(found, Parameter):
        return found
    if found is None and hasattr(module, name):
        raise ValueError(f"the parameter `{name}` of {type(module).__name__} is None")
    raise KeyError(name)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """``weight`` as a matrix with a row for each index of ``dim``."""
    return weight.movedim(dim, 0).flatten(1)
