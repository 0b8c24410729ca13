"""Products of matrices."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import linear as kernels
from ..kernels.products import matrices
from .axes import axis_of
from .broadcasting import sum, sum_to_size
from .op import op
from .shape import reshape, unsqueeze
from .summing import total


def backward_of_matmul(node, out=None, x=None, y=None):
    """What PyTorch calls it, which has functions of their own for vectors and matrices."""
    dims = getattr(x, "ndim", None), getattr(y, "ndim", None)
    names = {(1, 1): "DotBackward0", (2, 1): "MvBackward0", (1, 2): "SqueezeBackward4", (2, 2): "MmBackward0"}
    return names.get(dims, "UnsafeViewBackward0")


@op(
    symbol="@",
    derivative=("∂L/∂x = ∂L/∂out @ yᵀ", "∂L/∂y = xᵀ @ ∂L/∂out"),
    backward=backward_of_matmul,
)
def matmul(x, y):
    """The product of matrices, of stacks of matrices, or of vectors with either.

    RuntimeError unless the last size of x is the size that it meets in y.

    >>> autograd.tensor([[1., 2.], [3., 4.]]) @ autograd.tensor([1., 10.])
    tensor([21., 43.])
    """
    if not x.ndim or not y.ndim:
        raise RuntimeError("both arguments need to be at least 1D; use * to multiply by a number")
    if x.shape[-1] != y.shape[-2 if y.ndim > 1 else -1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({by(x.shape)} and {by(y.shape)}): "
            f"{x.shape[-1]} columns meet {y.shape[-2 if y.ndim > 1 else -1]} rows"
        )
    if x.dtype == np.bool_:
        raise NotImplementedError("not implemented for 'Bool'; make it an integer or a float first")
    return times(x, y) if x.ndim == y.ndim == 2 else np.matmul(x, y)


def times(x, y):
    """The product of two matrices: of arrays what is faster, ours or NumPy's."""
    made = matrices.product(x, y) if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) else None
    return x @ y if made is None else made


def by(shape: tuple[int, ...]) -> str:
    """A shape as PyTorch writes it in this error: ``2x3``."""
    return "x".join(map(str, shape))


def matmul_x(g, x, y):
    """``g @ yᵀ``, in the shape of ``x``."""
    if y.ndim == 1:
        made = (g if x.ndim == 1 else unsqueeze(g, -1)) * y
    elif x.ndim == 1:
        made = reshape(y @ unsqueeze(g, -1), y.shape[:-1])
    else:
        made = g @ y.mT
    return made if made.shape == x.shape else sum_to_size(made, x.shape)


def matmul_y(g, x, y):
    """``xᵀ @ g``, in the shape of ``y``."""
    if x.ndim == 1:
        made = x * g if y.ndim == 1 else unsqueeze(x, -1) * unsqueeze(g, -2)
    elif y.ndim == 1:
        made = reshape(unsqueeze(g, -2) @ x, x.shape[:-2] + x.shape[-1:])
    else:
        made = x.mT @ g
    return made if made.shape == y.shape else sum_to_size(made, y.shape)


matmul.linear(lambda g, out, x, y: matmul_x(g, x, y),
              lambda g, out, x, y: matmul_y(g, x, y))  # fmt: skip


@op(derivative="∂(trace x)/∂xᵢⱼ = 1 where i = j, else 0")
def trace(x):
    """The sum of a matrix's diagonal.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).trace()
    tensor(5.)
    """
    if x.ndim != 2:
        raise RuntimeError(f"expected a matrix, but got tensor with dim {x.ndim}")
    if x.dtype == np.bool_:
        raise NotImplementedError("not implemented for 'Bool'")
    return total(np.diagonal(x), (0,))


trace.linear(lambda g, out, x: g * np.eye(*x.shape, dtype=np.bool_))


@op(symbol="×", derivative=("∂L/∂x = y × ∂L/∂out", "∂L/∂y = ∂L/∂out × x"))
def cross(x, y, dim=None):
    """The cross product of vectors of three along ``dim``, or along the first dimension of size 3.

    >>> autograd.cross(autograd.tensor([1., 0., 0.]), autograd.tensor([0., 1., 0.]))
    tensor([0., 0., 1.])
    """
    if x.ndim != y.ndim:
        raise RuntimeError("inputs must have the same number of dimensions")
    axis = axis_of(three(x.shape, dim), x.ndim)
    if x.shape[axis] != 3 or y.shape[axis] != 3:
        raise RuntimeError(f"inputs dimension {axis} must have length 3. Got {x.shape[axis]} and {y.shape[axis]}")
    next, last = (lambda z: np.roll(z, -1, axis)), (lambda z: np.roll(z, -2, axis))
    return next(x) * last(y) - last(x) * next(y)


def three(shape, dim):
    """The dimension that `cross` is along."""
    if dim is not None:
        return dim
    if 3 not in shape:
        raise RuntimeError("no dimension of size 3 in input")
    return shape.index(3)


cross.linear(lambda g, out, x, y, dim: sum_to_size(cross(y, g, three(x.shape, dim)), x.shape),
             lambda g, out, x, y, dim: sum_to_size(cross(g, x, three(x.shape, dim)), y.shape))  # fmt: skip


def backward_of_linear(node, out=None, x=None, weight=None, bias=None):
    """What PyTorch calls it: a matrix is multiplied as it is, rows of several dimensions as one matrix, viewed."""
    plain = bias is None and node.parents[2] is None
    if node.ndim == 1:
        return "SqueezeBackward4" if plain else "ViewBackward0"
    if node.ndim == 2:
        return "MmBackward0" if plain else "AddmmBackward0"
    return "UnsafeViewBackward0" if plain else "ViewBackward0"


@op(
    symbol="x·Wᵀ+b",
    backward=backward_of_linear,
    derivative=("∂L/∂x = ∂L/∂out @ W", "∂L/∂W = (∂L/∂out)ᵀ @ x", "∂L/∂b = Σ ∂L/∂out"),
    level="function",
    aliases=("nn.functional.linear",),
)
def linear(x, weight, bias=None):
    """A fully connected layer: ``x @ weightᵀ + bias``.

    x (..., in_features), weight (out_features, in_features), bias (out_features) or None; gives (..., out_features).

    >>> nn.functional.linear(autograd.ones(1, 3), autograd.ones(2, 3), autograd.tensor([0., 1.]))
    tensor([[3., 4.]])
    """
    if x.ndim == 0 or weight.ndim != 2 or x.shape[-1] != weight.shape[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({by(x.shape)} and {by(weight.shape[::-1])}): "
            f"the input needs {weight.shape[-1]} features in its last dimension"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise RuntimeError(f"expected a bias of shape {weight.shape[:1]}")
    out = times(rows(x), weight.T) if bias is None else kernels.linear(rows(x), weight, bias)
    return out if x.ndim == 2 else out.reshape(*x.shape[:-1], len(weight))


def rows(x):
    """``x`` as a matrix, with its last dimension for columns."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


linear.linear(
    lambda g, out, x, weight, bias: times(g, weight) if x.ndim == 2 else times(rows(g), weight).reshape(x.shape),
    lambda g, out, x, weight, bias: times(rows(g).T, rows(x)),
    lambda g, out, x, weight, bias: sum(rows(g), 0),
)
