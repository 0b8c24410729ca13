"""Norms of matrices."""

from __future__ import annotations

import math
from typing import Any

from ..engine.tensor import Tensor, check_dim
from ..ops.arithmetic import where
from ..ops.decomposition import svdvals
from .checks import check_matrices
from .linalg import where_regular, zero_pivot
from .registry import function


@function("linalg.matrix_norm")
def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The norm of the matrices in the dimensions ``dim``.

    ord: "fro" the root of the sum of squares, "nuc" the sum of the singular values, 2 the largest and -2 the smallest
    of these; 1 and inf the largest sum of sizes in a column and in a row, -1 and -inf the smallest.

    >>> autograd.linalg.matrix_norm(autograd.tensor([[3., 0.], [0., -4.]]))
    tensor(5.)
    """
    name = "linalg.matrix_norm"
    if dtype is not None:
        A = A.to(dtype)
    if not A.is_floating_point():
        raise RuntimeError(f"{name}: Expected a floating point tensor as input. Got {A.dtype}")
    if A.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if isinstance(dim, int) or len(dim) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {dim if isinstance(dim, int) else tuple(dim)}")
    row, column = (check_dim(name, d, A.ndim) for d in dim)
    if row == column:
        raise RuntimeError(f"{name}: dims must be different. Got {tuple(dim)}")
    if ord == "fro":
        return A.norm(2, (row, column), keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        summed, other = (row, column) if abs(ord) == 1 else (column, row)
        sizes = A.abs().sum(summed, True)
        norm = _largest(sizes, other) if ord > 0 else sizes.amin(other, True)
        return norm if keepdim else norm.squeeze((row, column))
    if ord not in ("nuc", 2, -2):
        raise RuntimeError(f"{name}: Order {ord} not supported.")
    rest = [d for d in range(A.ndim) if d not in (row, column)]
    values = svdvals(A.permute([*rest, row, column]))
    norm = values.sum(-1) if ord == "nuc" else _largest(values, -1).squeeze(-1) if ord == 2 else values.amin(-1)
    if keepdim:
        for d in sorted((row, column)):
            norm = norm.unsqueeze(d)
    return norm


def _largest(x: Tensor, dim: int) -> Tensor:
    """The largest along ``dim``, 0 of none."""
    return x.amax(dim, True) if x.array.shape[dim] else x.sum(dim, True)


@function("linalg.norm")
def linalg_norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The norm of a vector or a matrix: `linalg.vector_norm` over one dimension, `linalg.matrix_norm` over two.

    Without ``ord``, the root of the sum of all squares; without ``dim``, of A with one or two dimensions.

    >>> autograd.linalg.norm(autograd.tensor([[3., 0.], [0., -4.]]), ord=1)
    tensor(4.)
    """
    if dtype is not None:
        A = A.to(dtype)
    if not A.is_floating_point():
        raise RuntimeError(f"linalg.norm: Expected a floating point tensor as input. Got {A.dtype}")
    dims = (dim,) if isinstance(dim, int) else dim
    if ord is None:
        return A.norm(2, dims, keepdim)
    if dims is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(
                "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. "
                f"Got {A.ndim}D of shape {list(A.shape)}"
            )
        dims = tuple(range(A.ndim))
    if len(dims) == 2:
        return matrix_norm(A, ord, dims, keepdim)
    if len(dims) != 1:
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: Order {ord!r} is of matrices: dim must have two entries. Got {list(dims)}")
    return A.norm(ord, dims, keepdim)


@function("linalg.cond")
def cond(A: Tensor, p: Any = None) -> Tensor:
    """How much a matrix magnifies errors: ``‖A‖·‖A⁻¹‖`` in the norm ``p`` of `linalg.matrix_norm`; 2 if not given.

    inf for a singular matrix.

    >>> autograd.linalg.cond(autograd.tensor([[4., 0.], [0., 2.]]))
    tensor(2.)
    """
    p = 2 if p is None else p
    check_matrices("linalg.cond", A, square=p not in (2, -2))
    if p in (2, -2):
        values = svdvals(A)
        if not values.array.shape[-1]:
            return values.sum(-1)
        largest, smallest = values[..., 0], values[..., -1]
        return largest / smallest if p == 2 else smallest / largest
    if not A.array.size:
        return A.sum((-2, -1))
    info = zero_pivot(A)
    product = matrix_norm(A, p) * where_regular(info, A, lambda safe: matrix_norm(safe.inverse(), p))
    return where(info != 0, math.inf, product)
