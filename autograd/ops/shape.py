"""Ops that move elements about and compute nothing: each one's derivative moves them back."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..types.dtypes import numpy_dtype
from .axes import axis_of, different_axes
from .op import op


@op(symbol="cast", derivative="∂cast(x)/∂x = 1", level="internal", backward="ToCopyBackward0")
def cast(x, dtype):
    """``x`` in another dtype. Its gradient comes back in the dtype of ``x``."""
    return x.astype(numpy_dtype(dtype))


cast.linear(lambda g, out, x, dtype: cast(g, x.dtype))


def cast_first(op):
    """Give ``op`` the keyword ``dtype``: what its first argument is cast to before anything else, and its result is."""

    def typed(x, *rest):
        *params, dtype = rest
        if dtype is None:
            return op(x, *params)
        try:
            wanted = numpy_dtype(dtype)
        except TypeError as error:
            raise TypeError(f"{op.name}(): {error}") from None
        out = op(cast(x, dtype), *params)
        return out if numpy_dtype(out.dtype) == wanted else cast(out, dtype)

    op.keyword(dtype=typed)


@op(view=True, symbol="=", derivative="∂x/∂x = 1", level="internal")
def identity(x):
    """``x`` itself, as a new node of the graph."""
    return x[...]


identity.linear(lambda g, out, x: g)


@op(view=True, symbol="=", derivative="∂x/∂x = 1", level="internal", flat=True)
def flatly(x):
    """``x`` itself, for what is made of it in straight lines: the derivative of its slope is 0, not missing."""
    return x[...]


flatly.linear(lambda g, out, x: g)


@op(symbol="clone", derivative="∂x/∂x = 1")
def clone(x):
    """A copy in memory of its own, through which gradients pass.

    >>> autograd.tensor([1., 2.]).clone()
    tensor([1., 2.])
    """
    return np.array(x)


clone.linear(lambda g, out, x: g)


@op(view=True, symbol="contiguous", derivative="∂x/∂x = 1", level="internal")
def contiguous(x):
    """``x`` laid out in rows, copied only if it isn't."""
    return x[...] if x.flags.c_contiguous else np.ascontiguousarray(x)


contiguous.linear(lambda g, out, x: g)


@op(view=True, packs=True, derivative="∂L/∂x = reshape(∂L/∂out, x.shape)", backward="ViewBackward0")
def reshape(x, shape):
    """The same elements in another shape; one size may be -1.

    >>> autograd.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    try:
        return x.reshape(sensible(shape))
    except ValueError:
        sizes = list(shape) if isinstance(shape, (tuple, list)) else [shape]
        raise RuntimeError(misfit(sizes, np.size(x))) from None


def sensible(shape):
    """``shape``, unless it has negative sizes other than -1, which NumPy takes for one."""
    if type(shape) is tuple and shape and min(shape) < -1:
        raise RuntimeError(f"invalid shape dimension {min(shape)} of shape {list(shape)}")
    return shape


def misfit(sizes, count):
    """Why ``count`` elements have no place in ``sizes``."""
    if sizes.count(-1) > 1:
        return "only one dimension can be inferred"
    if -1 in sizes and 0 in sizes and not count:
        return (
            f"cannot reshape tensor of 0 elements into shape {sizes} because the unspecified dimension size -1 can be "
            "any value and is ambiguous"
        )
    return f"shape '{sizes}' is invalid for input of size {count}"


reshape.linear(lambda g, out, x, shape: reshape(g, x.shape))


@op(view=True, packs=True, derivative="∂L/∂x = reshape(∂L/∂out, x.shape)", level="internal")
def view(x, shape):
    """`reshape` without copying: RuntimeError where the layout in memory doesn't allow it."""
    try:
        return x.reshape(sensible(shape), copy=False)
    except ValueError as error:
        if "copy" in str(error):
            raise RuntimeError(
                "view size is not compatible with input tensor's size and stride; use .reshape(...)"
            ) from None
        return reshape(x, shape)


view.linear(lambda g, out, x, shape: reshape(g, x.shape))


@op(view=True, level="internal")
def reinterpret(x, dtype):
    """The bits of ``x`` read as another dtype, without copying; the last size changes with the size of an element."""
    target = numpy_dtype(dtype)
    if target.itemsize != x.itemsize:
        if not x.ndim:
            raise RuntimeError(f"self.dim() cannot be 0 to view {x.dtype} as {target} (different element sizes)")
        if x.strides[-1] != x.itemsize and x.shape[-1] != 1:
            raise RuntimeError(f"self.stride(-1) must be 1 to view {x.dtype} as {target} (different element sizes)")
        if x.shape[-1] * x.itemsize % target.itemsize:
            raise RuntimeError(f"self.size(-1) {x.shape[-1]} doesn't divide evenly to view {x.dtype} as {target}")
    return x.view(target)


reinterpret.vjp(None)


@op(view=True, packs=True, derivative="∂L/∂x = permute(∂L/∂out, dims⁻¹)")
def permute(x, dims):
    """The dimensions in another order.

    >>> autograd.ones(2, 3, 4).permute(2, 0, 1).shape
    autograd.Size([4, 2, 3])
    """
    if len(dims) != np.ndim(x):
        raise RuntimeError(f"dims {tuple(dims)} must name each of the {np.ndim(x)} dimensions once")
    axes = [axis_of(dim, len(dims)) for dim in dims]
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"duplicate dims are not allowed, but dims are {tuple(dims)}")
    return np.transpose(x, axes)


permute.linear(lambda g, out, x, dims: permute(g, inverse_permutation(dims)))


def inverse_permutation(dims):
    """The permutation that undoes ``dims``."""
    inverse = [0] * len(dims)
    for position, dim in enumerate(dims):
        inverse[dim] = position
    return tuple(inverse)


@op(view=True, symbol="ᵀ", derivative="∂L/∂x = (∂L/∂out)ᵀ", aliases=("swapaxes", "swapdims"))
def transpose(x, dim0, dim1):
    """Two dimensions swapped.

    >>> autograd.ones(2, 3).transpose(0, 1).shape
    autograd.Size([3, 2])
    """
    return x[...] if x.ndim == 0 and dim0 in (0, -1) and dim1 in (0, -1) else np.swapaxes(x, dim0, dim1)


transpose.linear(lambda g, out, x, dim0, dim1: transpose(g, dim0, dim1))


@op(view=True, symbol="ᵀ", derivative="∂L/∂x = (∂L/∂out)ᵀ")
def t(x):
    """The transpose of a matrix; a vector or scalar as it is. RuntimeError for more dimensions.

    >>> autograd.ones(2, 3).t().shape
    autograd.Size([3, 2])
    """
    if x.ndim > 2:
        raise RuntimeError(f"expects a tensor with <= 2 dimensions, but it has {x.ndim}")
    return x.T


t.linear(lambda g, out, x: t(g))


@op(view=True, derivative="∂L/∂x = reshape(∂L/∂out, x.shape)")
def squeeze(x, dim=None):
    """Without the dimensions of size 1, or without those of ``dim`` that have it.

    >>> autograd.ones(1, 3, 1).squeeze(0).shape
    autograd.Size([3, 1])
    """
    if dim is None:
        return np.squeeze(x)
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    axes = different_axes(as_tuple(dims), x.ndim)
    return np.squeeze(x, tuple(axis for axis in axes if x.ndim and x.shape[axis] == 1))


squeeze.linear(lambda g, out, x, dim: reshape(g, x.shape))


@op(view=True, derivative="∂L/∂x = reshape(∂L/∂out, x.shape)")
def unsqueeze(x, dim):
    """With a new dimension of size 1 at ``dim``.

    >>> autograd.ones(3).unsqueeze(-1).shape
    autograd.Size([3, 1])
    """
    return np.expand_dims(x, dim)


unsqueeze.linear(lambda g, out, x, dim: reshape(g, x.shape))


@op(view=True, derivative="∂L/∂x = reshape(∂L/∂out, x.shape)", backward="ViewBackward0")
def flatten(x, start_dim=0, end_dim=-1):
    """The dimensions from ``start_dim`` to ``end_dim`` as one.

    >>> autograd.ones(2, 3, 4).flatten(1).shape
    autograd.Size([2, 12])
    """
    start, end = (axis_of(dim, x.ndim or 1) for dim in (start_dim, end_dim))
    if start > end:
        raise RuntimeError("start_dim cannot come after end_dim")
    return x.reshape((*x.shape[:start], math.prod(x.shape[start : end + 1]), *x.shape[end + 1 :]))


flatten.linear(lambda g, out, x, start_dim, end_dim: reshape(g, x.shape))


@op(packs=True, derivative="∂L/∂x = flip(∂L/∂out)")
def flip(x, dims):
    """The order of elements reversed along ``dims``.

    >>> autograd.arange(3).flip(0)
    tensor([2, 1, 0])
    """
    # A number may be named as a row of one.
    return np.flip(x if x.ndim else x.reshape(1), dims).copy().reshape(x.shape)


flip.linear(lambda g, out, x, dims: flip(g, dims))


@op(derivative="∂L/∂x = roll(∂L/∂out, -shifts)")
def roll(x, shifts, dims=None):
    """The elements moved on by ``shifts`` along ``dims``, those pushed out coming in again; flattened without ``dims``.

    >>> autograd.arange(4).roll(1)
    tensor([3, 0, 1, 2])
    """
    shifts, axes = tuple(map(operator.index, as_tuple(shifts))), as_tuple(() if dims is None else dims)
    if len(shifts) != (len(axes) or 1):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(axes)}")
    if not x.size:
        return x.copy()
    if not x.ndim:
        if axes:
            raise IndexError(f"Dimension specified as {axes[0]} but tensor has no dimensions")
        return x.copy()
    return np.roll(x, shifts, axes) if axes else np.roll(x, shifts[0])


roll.linear(lambda g, out, x, shifts, dims: roll(g, tuple(-shift for shift in as_tuple(shifts)), dims))


def as_tuple(value: Any) -> tuple[Any, ...]:
    """A tuple of one number, or of the numbers in a sequence."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def along(axis: int, key: Any) -> tuple[Any, ...]:
    """The key that takes ``key`` of dimension ``axis`` and all of the others."""
    return (*(slice(None),) * axis, key)


@op(level="function", derivative="∂L/∂x = ∂L/∂out without its border", backward="ConstantPadNdBackward0")
def constant_pad(x, pad, value=0):
    """``x`` in a border of ``value``; ``pad``: how many before and after the last dimension, then the one before it.

    >>> nn.functional.pad(autograd.ones(2), (1, 2))
    tensor([0., 1., 1., 0., 0.])
    """
    if len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise RuntimeError(f"padding {tuple(pad)} must have two entries for each of at most {x.ndim} dimensions")
    widths = [(0, 0)] * (x.ndim - len(pad) // 2) + [(pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)]
    if any(size + before + after < 0 for size, (before, after) in zip(x.shape, widths)):
        raise RuntimeError(f"padding {tuple(pad)} takes away more than there is")
    inner = tuple(slice(max(-before, 0), size - max(-after, 0)) for size, (before, after) in zip(x.shape, widths))
    grown = [(max(before, 0), max(after, 0)) for before, after in widths]
    # NumPy can't tell that no widths at all are integers.
    return np.pad(x[inner], grown, constant_values=value) if grown else x.copy()


constant_pad.linear(lambda g, out, x, pad, value: constant_pad(g, tuple(-p for p in pad)))
