"""Weights as a direction times a length, by a hook (Salimans and Kingma, 2016)."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

import autograd
from autograd import Tensor

from ..module import Module
from ..parameter import Parameter
from .recomputed import as_matrix, hooks_of, parameter_of, take_away

M = TypeVar("M", bound=Module)


def lengths(v: Tensor, dim: int) -> Tensor:
    """The norm of each slice of ``v`` along ``dim``, in a shape that broadcasts; of all of it for -1."""
    if dim == -1:
        return autograd.linalg.vector_norm(v)
    shape = [1] * v.ndim
    shape[dim] = v.shape[dim]
    return autograd.linalg.vector_norm(as_matrix(v.unsqueeze(-1), dim), dim=1).reshape(shape)


def scaled(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """``g·v/‖v‖``, for each slice along ``dim``."""
    return v * (g / lengths(v, dim))


class WeightNorm:
    """The hook of `weight_norm`."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        return scaled(getattr(module, f"{self.name}_v"), getattr(module, f"{self.name}_g"), self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))

    def remove(self, module: Module) -> None:
        """Put a Parameter back in the place of the two."""
        weight = self.compute_weight(module).detach()
        for name in (self.name, f"{self.name}_g", f"{self.name}_v"):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Make the parameter ``name`` the product ``g·v/‖v‖`` of two others, ``name_g`` and ``name_v``, and warn.

    A length for each index of ``dim``, of everything if that is None. It is computed before every forward.
    RuntimeError if it is such a product already. The newer `nn.utils.parametrizations.weight_norm` computes it
    whenever it is read.

    >>> layer = nn.utils.weight_norm(nn.Linear(20, 40))
    >>> layer.weight_g.shape, layer.weight_v.shape
    (autograd.Size([40, 1]), autograd.Size([40, 20]))
    """
    warnings.warn(
        "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if any(hook.name == name for hook in hooks_of(module, WeightNorm)):
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook, weight = WeightNorm(name, dim), parameter_of(module, name).detach()
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(lengths(weight, hook.dim)))
    module.register_parameter(f"{name}_v", Parameter(weight))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the product that `weight_norm` made of a parameter a parameter again; ValueError where it has made none.

    >>> layer = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(2, 2)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    for hook in hooks_of(module, WeightNorm):
        if hook.name == name:
            hook.remove(module)
            take_away(module, hook)
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
