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
    for x in joined[1:]:
        if x.ndim != joined[0].ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {joined[0].ndim} and {x.ndim}")
    axis = axis_of(dim, joined[0].ndim)
    for x in joined[1:]:
        for i, (expected, size) in enumerate(zip(joined[0].shape, x.shape)):
            if i != axis and size != expected:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {expected} but got size "
                    f"{size} in dimension {i}"
                )
    return np.concatenate(joined, dim)


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
    for position, x in enumerate(tensors):
        if x.shape != tensors[0].shape:
            raise RuntimeError(
                f"each tensor is expected to be equal size, but got {tensors[0].shape} at entry 0 and {x.shape} at "
                f"entry {position}"
            )
    return np.stack(tensors, dim)


stack.linear(lambda g, out, tensors, dim: [g[along(dim % g.ndim, i)] for i in range(len(tensors))])
