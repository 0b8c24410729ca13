"""Rows of a table looked up by index, and the adjoint, which adds where one was looked up twice."""

from __future__ import annotations

import operator

import numpy as np

from ..types.dtypes import numpy_dtype
from .op import op
from .summing import sums_of_rows


@op(level="function", symbol="W[ ]", derivative=("", "∂L/∂W = ∂L/∂out added to the rows looked up"))
def embedding(input, weight, padding_idx=-1, scale_grad_by_freq=False):
    """The row of ``weight`` that each index names: of indices (...) and a matrix (count, size), (..., size).

    The row ``padding_idx`` gets no gradient; with ``scale_grad_by_freq`` a row's is divided by how often it is there.

    >>> nn.functional.embedding(autograd.tensor([2, 0]), autograd.tensor([[1., 2.], [3., 4.], [5., 6.]]))
    tensor([[5., 6.],
            [1., 2.]])
    """
    if input.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"expected indices of int64 or int32, not {input.dtype}")
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input.size and (input.min() < 0 or input.max() >= len(weight)):
        raise IndexError(f"index out of range: there are {len(weight)} rows")
    operator.index(padding_idx)  # TypeError for what is none
    return weight.take(input, 0)


@op(level="internal", derivative="∂L/∂x = embedding(index, ∂L/∂out)")
def added_rows(x, index, count):
    """A matrix of ``count`` rows, each the sum of the rows of ``x`` whose index names it: the adjoint of embedding."""
    return sums_of_rows(x.reshape(index.size, x.shape[-1]), index.reshape(-1), count)


def share(index, count, padding_idx, scale_grad_by_freq):
    """What part of the gradient that arrives at each index goes on to its row: a column of numbers."""
    part = index != padding_idx
    if scale_grad_by_freq and index.size:
        part = part / np.bincount(index.reshape(-1), minlength=count)[index]
    return part[..., None]


def row_gradient(g, index, count, padding_idx, scale_grad_by_freq):
    """What the rows get of ``g``."""
    if padding_idx >= 0 or scale_grad_by_freq:
        g = g * share(index, count, padding_idx, scale_grad_by_freq).astype(numpy_dtype(g.dtype))
    return added_rows(g, index, count)


embedding.linear(None, lambda g, out, input, weight, *how: row_gradient(g, input, weight.shape[0], *how))
added_rows.linear(lambda g, out, x, index, count: embedding(index, g))
