"""Broadcasting and summing: `expand` and `sum_to_size`, `repeat` and the sum of the copies are each other's adjoint."""

from __future__ import annotations

import numpy as np

from ..types.dtypes import numpy_dtype
from .axes import different_axes
from .op import op
from .shape import cast, reshape
from .summing import total


def axes(dim, ndim):
    """``dim`` (an int, a sequence, or None for all) as a tuple of axes counted from the front. () means all, too."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return tuple(range(ndim))
    if type(dim) is int and 0 <= dim < ndim:
        return (dim,)
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    found = different_axes(dims, ndim)
    return found if ndim else ()


def kept_shape(shape, dim):
    """The shape that a reduction over ``dim`` would have with ``keepdim``."""
    reduced = axes(dim, len(shape))
    return tuple(1 if i in reduced else size for i, size in enumerate(shape))


def spread(g, shape, dim):
    """``g``, the result of a reduction of ``shape`` over ``dim``, with its dimensions back so that it broadcasts."""
    kept = kept_shape(shape, dim)
    return g if g.shape == kept else reshape(g, kept)


@op(
    symbol="Σ",
    derivative="∂(Σxᵢ)/∂xᵢ = 1",
    backward=lambda node, out=None, x=None, dim=None, *rest: f"SumBackward{int(dim is not None)}",
)
def sum(x, dim=None, keepdim=False, dtype=None):
    """The sum of all elements, or over ``dim``; integers and bools are summed as int64.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).sum(dim=0)
    tensor([4., 6.])
    """
    if dtype is None:
        return total(x, axes(dim, x.ndim), keepdim)
    kind = numpy_dtype(dtype)
    if kind.kind != "f":
        return np.add.reduce(x, axes(dim, x.ndim), kind, keepdims=keepdim)
    return total(x.astype(kind), axes(dim, x.ndim), keepdim)


sum.linear(
    lambda g, out, x, dim, keepdim, dtype: expand(
        spread(g if dtype is None else cast(g, x.dtype), x.shape, dim), x.shape
    )
)


@op(packs=True, derivative="∂L/∂x = expand(∂L/∂out, x.shape)")
def sum_to_size(x, size):
    """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand.

    >>> autograd.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    extra = x.ndim - len(size)
    if extra < 0 or [had for had, wanted in zip(x.shape[extra:], size) if wanted not in (1, had)]:
        raise RuntimeError(f"size {tuple(size)} is not expandable to size {tuple(x.shape)}")
    repeated = [i for i in range(extra, x.ndim) if size[i - extra] == 1 != x.shape[i]]
    over = (*range(extra), *repeated)
    if not over and size:
        return np.array(x)
    return total(x, over, True).reshape(size)


sum_to_size.linear(lambda g, out, x, size: expand(g, x.shape))


@op(view=True, packs=True, derivative="∂L/∂x = sum of ∂L/∂out over the repeated dimensions", aliases=("broadcast_to",))
def expand(x, shape):
    """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size.

    >>> autograd.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    missing = len(shape) - np.ndim(x)
    if missing < 0:
        raise RuntimeError(f"the number of sizes provided ({len(shape)}) must be at least the number of dimensions")
    if -1 in shape[:missing]:
        raise RuntimeError(
            f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension of {shape}"
        )
    sizes = (1,) * missing + np.shape(x)
    target = tuple(size if wanted == -1 else wanted for wanted, size in zip(shape, sizes))
    for dim, (size, wanted) in enumerate(zip(sizes, target)):
        if size not in (1, wanted):
            raise RuntimeError(
                f"The expanded size of the tensor ({wanted}) must match the existing size ({size}) at non-singleton "
                f"dimension {dim}"
            )
    # What repeats nothing can be written to, unlike what NumPy's broadcast_to makes.
    return x[(None,) * missing] if target == sizes else np.broadcast_to(x, target)


expand.linear(lambda g, out, x, shape: sum_to_size(g, x.shape))


@op(packs=True, derivative="∂L/∂x = sum of ∂L/∂out over the copies")
def repeat(x, sizes):
    """``x`` laid side by side, ``sizes[i]`` times along dimension i.

    >>> autograd.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    if len(sizes) < x.ndim:
        raise RuntimeError("number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension: {tuple(sizes)}")
    return np.tile(x, sizes)


repeat.linear(lambda g, out, x, sizes: reshape(unrepeat(g, x.shape, sizes), x.shape))


def unrepeat(g, shape, sizes):
    """The sum of the copies in ``g`` that `repeat` made of each element."""
    padded = (1,) * (len(sizes) - len(shape)) + tuple(shape)
    split = [size for pair in zip(sizes, padded) for size in pair]
    return sum(reshape(g, split), tuple(range(0, len(split), 2))) if sizes else g
