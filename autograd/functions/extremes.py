"""The largest and the smallest, with where they are."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..ops import OPS
from ..tensor import Tensor, check_dim
from .registry import method


class Extreme(NamedTuple):
    """What `max` and `min` over a dimension return."""

    values: Tensor
    indices: Tensor


def _extreme(name: str, x: Tensor, dim: Any, keepdim: bool) -> Any:
    if dim is None:
        return OPS["a" + name].function(x)
    if isinstance(dim, Tensor):
        return OPS[name + "imum"].function(x, dim)
    check_dim(name, dim, x.ndim)
    indices = OPS["arg" + name].function(x, dim, True)
    values = x.gather(dim, indices)
    return Extreme(values, indices) if keepdim else Extreme(values.squeeze(dim), indices.squeeze(dim))


@method()
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; over ``dim``, ``(values, indices)``; of two Tensors, `maximum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).max(1).indices
    tensor([1, 0])
    """
    return _extreme("max", input, dim, keepdim)


@method()
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; over ``dim``, ``(values, indices)``; of two Tensors, `minimum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).min(1).values
    tensor([1., 2.])
    """
    return _extreme("min", input, dim, keepdim)
