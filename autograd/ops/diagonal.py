"""Ops on diagonals and triangles of matrices."""

from __future__ import annotations

import numpy as np

from .axes import axis_of
from .op import op


@op(view=True, derivative="∂L/∂x = ∂L/∂out on the diagonal, else 0")
def diagonal(x, offset=0, dim1=0, dim2=1):
    """The diagonal of the matrices in ``dim1`` and ``dim2``, as the last dimension; ``offset``: how far above the main.

    >>> autograd.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    axis1, axis2 = (axis_of(dim, x.ndim or 1) for dim in (dim1, dim2))
    if axis1 == axis2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    # NumPy takes 32 bits; beyond the matrix, all are alike.
    most = max(x.shape, default=0)
    out = np.diagonal(x, min(max(offset, -most), most), axis1, axis2)
    # NumPy forbids writing into it for history's sake only.
    out.flags.writeable = x.flags.writeable
    return out


@op(derivative="∂L/∂x = diagonal(∂L/∂out, offset, dim1, dim2)", level="internal")
def place_diagonal(x, shape, offset, dim1, dim2):
    """Zeros of ``shape`` with ``x`` on the diagonal: the adjoint of `diagonal`."""
    out = np.zeros(shape, x.dtype)
    diagonal.forward(out, offset, dim1, dim2)[...] = x
    return out


diagonal.linear(lambda g, out, x, offset, dim1, dim2: place_diagonal(g, x.shape, offset, dim1, dim2))
place_diagonal.linear(lambda g, out, x, shape, offset, dim1, dim2: diagonal(g, offset, dim1, dim2))


@op(derivative="∂L/∂x = tril(∂L/∂out, diagonal)", in_place=True)
def tril(x, diagonal=0):
    """The lower triangles of matrices: 0 above the ``diagonal``, counted upwards from the main one.

    >>> autograd.ones(2, 2).tril()
    tensor([[1., 0.],
            [1., 1.]])
    """
    return np.tril(matrices(x), diagonal)


@op(derivative="∂L/∂x = triu(∂L/∂out, diagonal)", in_place=True)
def triu(x, diagonal=0):
    """The upper triangles of matrices: 0 below the ``diagonal``, counted upwards from the main one.

    >>> autograd.ones(2, 2).triu(1)
    tensor([[0., 1.],
            [0., 0.]])
    """
    return np.triu(matrices(x), diagonal)


tril.linear(lambda g, out, x, diagonal: tril(g, diagonal))
triu.linear(lambda g, out, x, diagonal: triu(g, diagonal))


def matrices(x):
    """``x``, unless it has less than two dimensions."""
    if x.ndim < 2:
        raise RuntimeError("input tensor must have at least 2 dimensions")
    return x
