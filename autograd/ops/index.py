"""Ops that pick elements out, and their adjoints, which put them back and add where one was picked twice."""

from __future__ import annotations

import numpy as np

from .arithmetic import where
from .op import op
from .shape import along


@op(view=True, symbol="[ ]", derivative="∂L/∂x = ∂L/∂out at the places picked, else 0", level="internal")
def getitem(x, key):
    """``x[key]``, by ints, slices, None, ``...``, bool masks and arrays of ints."""
    out = x[key]
    # One element is a number to NumPy; here it is a view without dimensions.
    return out if isinstance(out, np.ndarray) else x[(*key, ...) if isinstance(key, tuple) else (key, ...)]


@op(symbol="[ ]ᵀ", derivative="∂L/∂x = ∂L/∂out[key]", level="internal")
def put_at(x, key, shape):
    """Zeros of ``shape`` with ``x`` added at ``key``: the adjoint of getitem."""
    out = np.zeros(shape, x.dtype)
    if is_basic(key):
        out[key] = x
    else:
        np.add.at(out, key, x)
    return out


getitem.linear(lambda g, out, x, key: put_at(g, key, x.shape))
put_at.linear(lambda g, out, x, key, shape: getitem(g, key))


def is_basic(key):
    """Whether ``key`` picks no element twice, being of ints, slices, None and ``...`` only."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is None or part is ... or isinstance(part, (int, slice, np.integer)) for part in parts)


@op(derivative=("∂L/∂x = ∂L/∂out added at the places picked", "", ""))
def gather(x, dim, index):
    """``out[i][j] = x[index[i][j]][j]`` for ``dim`` 0, and likewise for others; IndexError for an index out of range.

    >>> autograd.tensor([[1, 2], [3, 4]]).gather(1, autograd.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    return x[places(x.shape, dim, index)] if x.ndim else np.reshape(x, 1)[places((1,), dim, index)].reshape(index.shape)


@op(derivative=("∂L/∂x = gather(∂L/∂out, dim, index)", "", "", ""), level="internal")
def ungather(x, dim, index, shape):
    """Zeros of ``shape`` with ``x`` added where gather would have picked: its adjoint."""
    out = np.zeros(shape, x.dtype)
    np.add.at(np.reshape(out, -1) if not shape else out, places(shape or (1,), dim, index), x)
    return out


gather.linear(lambda g, out, x, dim, index: ungather(g, dim, index, x.shape), None, None)
ungather.linear(lambda g, out, x, dim, index, shape: gather(g, dim, index), None, None)


def places(shape, dim, index):
    """The key that picks the elements of `gather`."""
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"expected an index of int64, not {index.dtype}")
    axis = np.lib.array_utils.normalize_axis_index(dim, len(shape))
    index = np.reshape(index, (1,)) if not index.ndim else index
    if index.ndim != len(shape):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    if any(i != axis and size > limit for i, (size, limit) in enumerate(zip(index.shape, shape))):
        raise RuntimeError(f"Size does not match at dimension {axis}: index {index.shape} must fit into {shape}")
    if index.size and (index.min() < 0 or index.max() >= shape[axis]):
        raise RuntimeError(f"index out of bounds for dimension {axis} with size {shape[axis]}")
    return tuple(index if i == axis else grid for i, grid in enumerate(np.ogrid[tuple(map(slice, index.shape))]))


@op(derivative=("∂L/∂x = ∂L/∂out added at the places picked", "", ""))
def index_select(x, dim, index):
    """The slices of ``x`` along ``dim`` that a vector of ints names.

    >>> autograd.tensor([[1, 2], [3, 4]]).index_select(0, autograd.tensor([1, 1]))
    tensor([[3, 4],
            [3, 4]])
    """
    return x[slices(x.shape, dim, index)]


index_select.linear(lambda g, out, x, dim, index: put_at(g, slices(x.shape, dim, index), x.shape), None, None)


def slices(shape, dim, index):
    """The key of `index_select`."""
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"expected an index of int64 or int32, not {index.dtype}")
    if index.ndim > 1:
        raise IndexError("Index is supposed to be a vector")
    axis = np.lib.array_utils.normalize_axis_index(dim, len(shape))
    if index.size and (index.min() < 0 or index.max() >= shape[axis]):
        raise IndexError(f"index out of range for dimension {axis} with size {shape[axis]}")
    return along(axis, np.reshape(index, -1))


@op(derivative=("0 where the mask holds, else 1", "", "1 where the mask holds, else 0"))
def masked_fill(x, mask, value):
    """``x`` with ``value``, a number or a 0-d Tensor, where the mask (a bool Tensor) holds.

    >>> autograd.tensor([1., 2.]).masked_fill(autograd.tensor([True, False]), 0.)
    tensor([0., 2.])
    """
    if mask.dtype != np.bool_:
        raise RuntimeError(f"only supports boolean masks, but got a mask of {mask.dtype}")
    if np.ndim(value):
        raise RuntimeError(f"only supports a 0-dimensional value tensor, but got one with {value.ndim} dimensions")
    return np.where(mask, value, x)


masked_fill.elementwise(lambda g, out, x, mask, value: where(mask, 0.0, g),
                        None,
                        lambda g, out, x, mask, value: where(mask, g, 0.0))  # fmt: skip


@op(level="function")
def one_hot(x, num_classes=-1):
    """For each class index a row of zeros with a 1 at it; as many classes as the largest index needs if not given.

    >>> nn.functional.one_hot(autograd.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if x.dtype.kind not in "iu":
        raise RuntimeError(f"expected class indices of int64, not {x.dtype}")
    if x.size and x.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        if not x.size:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        num_classes = int(x.max()) + 1
    if x.size and x.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return (x[..., None] == np.arange(num_classes)).astype(np.int64)
