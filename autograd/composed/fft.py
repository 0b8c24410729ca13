"""The part of ``torch.fft`` that needs no complex numbers: moving frequency 0 to the middle of a spectrum, and back.

The transforms themselves give complex numbers, which are out of scope.
"""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from .registry import function


@function("fft.fftshift")
def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The two halves of ``dim`` (or of each of several, by default all) swapped: the first element into the middle.

    >>> autograd.fft.fftshift(autograd.tensor([0, 1, 2, -2, -1]))
    tensor([-2, -1,  0,  1,  2])
    """
    return _turned(input, dim, lambda size: size // 2)


@function("fft.ifftshift")
def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of `fftshift`: the middle element comes first.

    >>> autograd.fft.ifftshift(autograd.tensor([-2, -1, 0, 1, 2]))
    tensor([ 0,  1,  2, -2, -1])
    """
    return _turned(input, dim, lambda size: (size + 1) // 2)


def _turned(x: Tensor, dim: Any, by: Any) -> Tensor:
    dims = range(x.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    return x.roll([by(x.size(d)) for d in dims], list(dims)) if len(dims) else x.clone()
