"""Ops that pick elements out, and their adjoints, which put them back and add where one was picked twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.choice import choose
from .arithmetic import where
from .axes import axis_of
from .broadcasting import sum_to_size
from .op import op
from .pointwise import zero
from .shape import along
from .summing import added_at

# One element is a number to NumPy.
ARRAYS = (np.ndarray, np.generic)
WHOLE = slice(None)


def backward_of(node, out=None, x=None, key=...):
    """What PyTorch calls the derivative of ``x[key]``: it goes through the parts of a key, and this is the last."""
    for part in reversed(key if isinstance(key, tuple) else (key,)):
        if part is None:
            return "UnsqueezeBackward0"
        if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            return "SelectBackward0"
        if isinstance(part, slice) and part != slice(None):
            return "SliceBackward0"
        if part is not ... and not isinstance(part, slice):
            return "IndexBackward0"
    return "AliasBackward0"


@op(
    view=True,
    symbol="[ ]",
    derivative="∂L/∂x = ∂L/∂out at the places picked, else 0",
    level="internal",
    backward=backward_of,
)
def getitem(x, key):
    """``x[key]``, by ints, slices, None, ``...``, bool masks and arrays of ints."""
    try:
        out = taken(x, key) if type(key) is tuple and key and type(key[-1]) is np.ndarray else x[key]
    except IndexError as error:
        raise IndexError(in_dimensions(str(error), x, key)) from None
    # One element is a number to NumPy; here it is a view without dimensions.
    return out if isinstance(out, np.ndarray) else x[(*key, ...) if isinstance(key, tuple) else (key, ...)]


def taken(x, key):
    """``x[key]`` in rows, where NumPy would have the dimension that is picked from step last."""
    *before, index = key
    if index.dtype.kind == "i" and before and all(type(part) is slice and part == WHOLE for part in before):
        return x.take(index, len(before))
    return x[key]


def in_dimensions(text, x, key):
    """What NumPy says of a wrong ``key``, in PyTorch's words: dimensions of tensors instead of axes of arrays."""
    if text.startswith("too many indices"):
        if x.ndim:
            return f"too many indices for tensor of dimension {x.ndim}"
        sliced = any(isinstance(part, slice) for part in (key if isinstance(key, tuple) else (key,)))
        return "slice() cannot be applied to a 0-dim tensor." if sliced else "invalid index of a 0-dim tensor"
    if text.startswith("boolean index"):
        masks = [
            part for part in (key if isinstance(key, tuple) else (key,)) if getattr(part, "dtype", None) == np.bool_
        ]
        shapes = " or ".join(str(list(mask.shape)) for mask in masks)
        return f"The shape of the mask {shapes} does not match the shape of the indexed tensor {list(x.shape)}"
    return text.replace("axis", "dimension").replace("arrays", "tensors")


@op(symbol="[ ]ᵀ", derivative="∂L/∂x = ∂L/∂out[key]", level="internal")
def put_at(x, key, shape):
    """Zeros of ``shape`` with ``x`` added at ``key``: the adjoint of getitem."""
    if not is_basic(key):
        return added_at(x, key, shape)
    out = np.zeros(shape, x.dtype)
    out[key] = x
    return out


class Placed:
    """The gradient of ``x[key]`` in x: zeros of ``shape`` with ``values`` at ``key``, not yet written out.

    A loop over ``x[t]`` brings one of these to x for each t. Written out, each would be as large as x; added where they
    belong, to the sum of those before, all of them together cost what one of the size of x does. The key is a basic
    one, which picks no element twice.
    """

    __slots__ = ("key", "shape", "values")

    def __init__(self, values, key, shape):
        self.values, self.key, self.shape = values, key, shape

    def __array__(self, dtype=None, copy=None):
        return np.asarray(put_at.forward(self.values, self.key, self.shape), dtype)

    def __add__(self, other):
        total = np.asarray(self)
        total += other
        return total

    def __array_ufunc__(self, ufunc, method, total, placed, out=None):
        """What NumPy asks for ``total + placed``, into a copy, and for ``total += placed``, in place."""
        made = np.array(total) if out is None else out[0]
        part = getitem.forward(made, placed.key)
        part += placed.values
        return made


@op(variadic=True, symbol="[ ]ᵀ", derivative="∂L/∂xᵢ = ∂L/∂out[keyᵢ]", level="internal")
def put_all(values, keys, shape):
    """Zeros of ``shape`` with each of ``values`` added at its key, a basic one."""
    out = np.zeros(shape, values[0].dtype)
    for x, key in zip(values, keys):
        part = getitem.forward(out, key)
        part += x
    return out


put_all.linear(lambda g, out, values, keys, shape: [getitem(g, key) for key in keys])


class PlacedTensors:
    """What `Placed` is, of Tensors: all that came to x from ``x[key]`` so far, which one op adds where it belongs."""

    __slots__ = ("keys", "rest", "shape", "values")

    def __init__(self, values: Any, keys: Any, shape: Any, rest: Any = None) -> None:
        self.values, self.keys, self.shape, self.rest = list(values), list(keys), shape, rest

    def plus(self, other: Any) -> PlacedTensors:
        """Itself with ``other``, a gradient of x, added in place."""
        if type(other) is PlacedTensors:
            self.values += other.values
            self.keys += other.keys
            other = other.rest
        if other is not None:
            self.rest = other if self.rest is None else self.rest + other
        return self

    def written_out(self) -> Any:
        """The gradient of x as a Tensor."""
        if len(self.values) == 1:
            total = put_at(self.values[0], self.keys[0], self.shape)
        else:
            total = put_all(self.values, self.keys, self.shape)
        return total if self.rest is None else self.rest + total


def put_back(g, key, shape):
    """The gradient of ``x[key]`` in x, written out only where it must be: see `Placed` and `PlacedTensors`."""
    if not is_basic(key):
        return put_at(g, key, shape)
    return Placed(np.asarray(g), key, shape) if isinstance(g, ARRAYS) else PlacedTensors([g], [key], shape)


getitem.linear(lambda g, out, x, key: put_back(g, key, x.shape))
put_at.linear(lambda g, out, x, key, shape: getitem(g, key))


@op(derivative=("∂L/∂x = ∂L/∂out, 0 at the places written", "∂L/∂values = ∂L/∂out[key]"), level="internal")
def write_at(x, values, key):
    """``x`` with ``values`` at ``key``; of several for one place, the last."""
    out = np.array(x)
    out[key] = values
    return out


write_at.linear(lambda g, out, x, values, key: write_at(g, zero(getitem(g, key)), key),
                lambda g, out, x, values, key: sum_to_size(getitem(g, key), values.shape))  # fmt: skip


def is_basic(key: Any) -> bool:
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
    return np.atleast_1d(x)[places(x.shape, dim, index)].reshape(index.shape)


# Gradients are dense, whatever it says.
gather.keyword(sparse_grad=lambda x, dim, index, sparse_grad: gather(x, dim, index))


@op(derivative=("∂L/∂x = gather(∂L/∂out, dim, index)", "", "", ""), level="internal")
def ungather(x, dim, index, shape):
    """Zeros of ``shape`` with ``x`` added where gather would have picked: its adjoint."""
    return added_at(np.atleast_1d(x), places(shape, dim, index), shape or (1,)).reshape(shape)


gather.linear(lambda g, out, x, dim, index: ungather(g, dim, index, x.shape), None, None)
ungather.linear(lambda g, out, x, dim, index, shape: gather(g, dim, index), None, None)


def places(shape: tuple[int, ...], dim: int, index: Any) -> Any:
    """The key that picks the elements of `gather` from what has ``shape``, or (1,) for ()."""
    refuse_other_indices(index)
    shape, index = shape or (1,), np.atleast_1d(index)
    axis = axis_of(dim, len(shape))
    if not index.size:
        return (index.astype(np.int64),) * len(shape)
    if index.ndim != len(shape):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    if any(i != axis and size > limit for i, (size, limit) in enumerate(zip(index.shape, shape))):
        raise RuntimeError(f"Size does not match at dimension {axis}: index {index.shape} must fit into {shape}")
    for wrong in index[(index < 0) | (index >= shape[axis])]:
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {axis} with size {shape[axis]}")
    rest = index.ndim - 1
    return tuple(
        index if i == axis else np.arange(size).reshape((-1,) + (1,) * (rest - i)) for i, size in enumerate(index.shape)
    )


def refuse_other_indices(index):
    """Raise RuntimeError unless ``index`` is of int64 or int32, or there is nothing in it."""
    if index.size and index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"expected an index of int64 or int32, not {index.dtype}")


@op(derivative=("∂L/∂x = ∂L/∂out added at the places picked", "", ""))
def index_select(x, dim, index):
    """The slices of ``x`` along ``dim`` that a vector of ints names.

    >>> autograd.tensor([[1, 2], [3, 4]]).index_select(0, autograd.tensor([1, 1]))
    tensor([[3, 4],
            [3, 4]])
    """
    out = getitem.forward(x, slices(x.shape, dim, index))
    return out if out.base is None else out.copy()


index_select.linear(lambda g, out, x, dim, index: put_at(g, slices(x.shape, dim, index), x.shape), None, None)


def slices(shape: tuple[int, ...], dim: int, index: Any) -> Any:
    """The key of `index_select`; a scalar is a vector of one element here, which all of it is."""
    refuse_other_indices(index)
    if index.ndim > 1:
        raise IndexError("Index is supposed to be a vector")
    if not shape and index.size != 1:
        raise RuntimeError(f"Index to scalar can have only 1 value, got {index.size}")
    sizes = shape or (1,)
    axis = axis_of(dim, len(sizes))
    for wrong in index[(index < 0) | (index >= sizes[axis])]:
        raise IndexError(f"index {wrong} is out of range for dimension {axis} with size {sizes[axis]}")
    # The index itself, by which an exported program knows where it is from.
    return along(axis, index if index.ndim else np.reshape(index, -1)) if shape else ...


@op(derivative=("0 where the mask holds, else 1", "", "1 where the mask holds, else 0"), level="internal")
def masked_fill(x, mask, value):
    """``x`` with ``value``, a number or a 0-d Tensor, where the mask (a bool Tensor) holds."""
    if mask.dtype != np.bool_:
        raise RuntimeError(f"only supports boolean masks, but got a mask of {mask.dtype}")
    if np.ndim(value):
        raise RuntimeError(f"only supports a 0-dimensional value tensor, but got one with {value.ndim} dimensions")
    return choose(mask, value, x)


masked_fill.elementwise(lambda g, out, x, mask, value: where(mask, 0.0, g),
                        None,
                        lambda g, out, x, mask, value: where(mask, g, 0.0))  # fmt: skip


@op(level="function", aliases=("nn.functional.one_hot",))
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
    if num_classes >= 1 << 63:
        raise RuntimeError(f"the number of classes has 63 bits at most, but it is {num_classes}")
    if x.size and x.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return (x[..., None] == np.arange(num_classes)).astype(np.int64)


@op
def argwhere(x):
    """The indices of the elements that aren't 0, one in a row.

    >>> autograd.tensor([[0, 7], [8, 0]]).argwhere()
    tensor([[0, 1],
            [1, 0]])
    """
    return np.argwhere(x)
