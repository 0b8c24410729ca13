"""Ops that join several Tensors into one; the derivative cuts the gradient into the parts that came from each."""

from __future__ import annotations

import numpy as np

from .axes import axis_of
from .op import op
from .shape import along, reshape


@op(
    variadic=True,
    level="function",
    derivative="∂L/∂xᵢ = the part of ∂L/∂out that came from xᵢ",
    aliases=("concat", "concatenate"),
)
def cat(tensors, dim=0):
    """Tensors joined along a dimension they have; other sizes must agree.

    >>> autograd.cat([autograd.zeros(2), autograd.ones(1)])
    tensor([0., 0., 1.])
    """
    if not tensors:
        raise ValueError("cat: expected a non-empty list of Tensors")
    for position, x in enumerate(tensors):
        if x.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {position}) cannot be concatenated")
    # PyTorch lets an empty vector stand beside anything.
    joined = [x for x in tensors if x.shape != (0,)] or tensors[:1]
    shape = joined[0].shape
    axis = axis_of(dim, len(shape))
    for x in joined:
        if x.shape != shape:
            check_sizes(shape, x.shape, axis)
    return np.concatenate(joined, dim)


def check_sizes(expected, sizes, axis):
    """Raise RuntimeError unless an array of these ``sizes`` goes along ``axis`` behind one of those ``expected``."""
    if len(sizes) != len(expected):
        raise RuntimeError(f"Tensors must have same number of dimensions: got {len(expected)} and {len(sizes)}")
    for i, (wanted, size) in enumerate(zip(expected, sizes)):
        if i != axis and size != wanted:
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {axis}. Expected size {wanted} but got size {size} "
                f"in dimension {i}"
            )


def uncat(g, shapes, dim):
    """``g`` cut along ``dim`` into pieces of these shapes; an empty vector gets an empty piece."""
    axis = dim % g.ndim
    pieces, start = [], 0
    for shape in shapes:
        size = 0 if shape == (0,) and g.ndim > 1 else shape[axis]
        piece = g[along(axis, slice(start, start + size))]
        pieces.append(piece if piece.shape == shape else reshape(piece, shape))
        start += size
    return pieces


cat.linear(lambda g, out, tensors, dim: uncat(g, [x.shape for x in tensors], dim))


@op(variadic=True, level="function", derivative="∂L/∂xᵢ = ∂L/∂out[i]")
def stack(tensors, dim=0):
    """Tensors of one shape side by side along a new dimension.

    >>> autograd.stack([autograd.zeros(2), autograd.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    if not tensors:
        raise RuntimeError("stack: expects a non-empty list of Tensors")
    shape = tensors[0].shape
    for position, x in enumerate(tensors):
        if x.shape != shape:
            raise RuntimeError(
                f"each tensor is expected to be equal size, but got {shape} at entry 0 and {x.shape} at entry "
                f"{position}"
            )
    if dim == 0 and shape:
        # np.stack does the same and takes three times as long for small ones.
        return np.concatenate(tensors).reshape(len(tensors), *shape)
    return np.stack(tensors, dim)


stack.linear(lambda g, out, tensors, dim: [g[along(dim % g.ndim, i)] for i in range(len(tensors))])
