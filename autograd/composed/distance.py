"""The distance of two points."""

from __future__ import annotations

from ..engine.tensor import Tensor
from .registry import method


@method()
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """``‖input - other‖ₚ``, the norm over all elements.

    >>> autograd.tensor([3., 0.]).dist(autograd.tensor([0., 4.]))
    tensor(5.)
    """
    return (input - other).norm(p)
