"""Diagonals and triangles of matrices."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.diagonal import place_diagonal
from ..types.dtypes import dtype as Dtype
from ..types.dtypes import numpy_dtype
from .registry import function, method, tensor_method


@method()
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices in ``dim1`` and ``dim2`` with the last dimension of ``input`` on their diagonal and 0 elsewhere.

    >>> autograd.tensor([1, 2]).diag_embed()
    tensor([[1, 0],
            [0, 2]])
    """
    if not input.ndim:
        raise RuntimeError("diag_embed: expected at least one dimension")
    first, second = (check_dim("diag_embed", dim, input.ndim + 1) for dim in (dim1, dim2))
    if first == second:
        raise RuntimeError(f"diag_embed: diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = input.shape[-1] + abs(offset)
    shape = list(input.shape[:-1])
    for dim in sorted((first, second)):
        shape.insert(dim, size)
    return place_diagonal(input, tuple(shape), offset, first, second)


@method()
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on its diagonal; of a matrix, a copy of its diagonal. RuntimeError for other shapes.

    >>> autograd.tensor([[1, 2], [3, 4]]).diag()
    tensor([1, 4])
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return diag_embed(input, diagonal) if input.ndim == 1 else input.diagonal(diagonal).clone()


@method()
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements of ``input``, row by row, on its diagonal.

    >>> autograd.tensor([[1], [2]]).diagflat()
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(input.reshape(-1), offset)


@tensor_method()
def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """In place: ``fill_value`` where all indices are equal. wrap: a tall matrix has more diagonals, one below another.

    RuntimeError for fewer than two dimensions, or sizes that differ in more than two.

    >>> autograd.zeros(2, 2).fill_diagonal_(1)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if self.ndim < 2:
        raise RuntimeError("fill_diagonal_: dimensions must larger than 1")
    if self.ndim > 2 and len(set(self.shape)) > 1:
        raise RuntimeError("fill_diagonal_: all dimensions of input must be of equal length")
    rows, columns = self.shape[0], self.shape[-1]
    # Between the end of one diagonal and the start of the next a row is left out.
    for top in range(0, rows, columns + 1) if wrap and self.ndim == 2 else (0,):
        part = self[top : top + columns]
        part.as_strided((min(part.shape),), (sum(self.stride()),)).fill_(fill_value)
    return self


@function("linalg.diagonal")
def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """`diagonal` of the last two dimensions.

    >>> autograd.linalg.diagonal(autograd.ones(3, 2, 2)).shape
    autograd.Size([3, 2])
    """
    if A.ndim < 2:
        raise IndexError(f"linalg.diagonal: expected a matrix or a stack of them, but got shape {list(A.shape)}")
    return A.diagonal(offset, dim1, dim2)


@function()
def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and the columns of the elements of a ``row``×``col`` matrix that are not above the diagonal ``offset``.

    >>> autograd.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _indices("tril_indices", np.tri, row, col, offset, dtype)


@function()
def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and the columns of the elements of a ``row``×``col`` matrix that are not below the diagonal ``offset``.

    >>> autograd.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _indices("triu_indices", lambda *args: np.logical_not(np.tri(*args)), row, col, offset - 1, dtype)


def _indices(name: str, triangle: Any, row: int, col: int, offset: int, dtype: Dtype | None) -> Tensor:
    row, col, offset = map(operator.index, (row, col, offset))
    for what, size in (("row", row), ("col", col)):
        if size < 0:
            raise RuntimeError(f"{name}: {what} must be non-negative, got {size}")
    kind = np.dtype(np.int64) if dtype is None else numpy_dtype(dtype)
    if kind not in (np.int64, np.int32):
        raise NotImplementedError(f"{name}: not implemented for {dtype}; indices are int64 or int32")
    return wrap(np.array(np.nonzero(triangle(row, col, offset, bool)), kind), None)
