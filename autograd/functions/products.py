"""Products of matrices and vectors."""

from __future__ import annotations

import numpy as np

from ..tensor import Tensor
from .registry import method


@method()
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices.

    >>> autograd.ones(1, 2).mm(autograd.ones(2, 1))
    tensor([[2.]])
    """
    return _product("mm", input, mat2, 2, 2)


@method()
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two stacks of matrices.

    >>> autograd.ones(5, 2, 3).bmm(autograd.ones(5, 3, 4)).shape
    autograd.Size([5, 2, 4])
    """
    return _product("bmm", input, mat2, 3, 3)


@method()
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).mv(autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    return _product("mv", input, vec, 2, 1)


@method()
def dot(input: Tensor, other: Tensor) -> Tensor:
    """The sum of the products of two vectors' elements.

    >>> autograd.tensor([1., 2.]).dot(autograd.tensor([3., 4.]))
    tensor(11.)
    """
    return _product("dot", input, other, 1, 1)


def _product(name: str, x: Tensor, y: Tensor, x_ndim: int, y_ndim: int) -> Tensor:
    if x.ndim != x_ndim or y.ndim != y_ndim:
        raise RuntimeError(
            f"{name}: expected {x_ndim}D and {y_ndim}D Tensors, but got shapes {tuple(x.shape)} and {tuple(y.shape)}"
        )
    return x @ y


@method()
def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).trace()
    tensor(5.)
    """
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got a Tensor of shape {tuple(input.shape)}")
    diagonal = np.arange(min(input.shape))
    return input[diagonal, diagonal].sum()
