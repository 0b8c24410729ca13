"""Other shapes of the same elements."""

from __future__ import annotations

import itertools
import math
import operator
from typing import Any

from ..engine.errors import naming
from ..engine.tensor import Tensor, check_dim
from ..ops.joining import stack
from ..ops.pointwise import zero
from ..ops.shape import as_tuple, identity, reinterpret
from ..ops.shape import view as view_op
from ..ops.strided import memory_of, strided, windows
from ..types.dtypes import dtype as Dtype
from .registry import function, method, tensor_method


@method("movedim", "moveaxis")
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """One dimension, or several, moved to other places; the others stay in order.

    >>> autograd.ones(2, 3, 4).movedim(0, -1).shape
    autograd.Size([3, 4, 2])
    """
    sources, targets = as_tuple(source), as_tuple(destination)
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(sources)} dims) should contain the same "
            f"number of dims as destination ({list(targets)} dims)"
        )
    moved = [check_dim("movedim", dim, input.ndim) for dim in sources]
    places = [check_dim("movedim", dim, input.ndim) for dim in targets]
    for what, dims in (("source", moved), ("destination", places)):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{what}` ({dims})")
    if not input.ndim:
        return input.permute(())
    order = [dim for dim in range(input.ndim) if dim not in moved]
    for place, dim in sorted(zip(places, moved)):
        order.insert(place, dim)
    return input.permute(order)


@method()
def view(input: Tensor, *shape: Any, dtype: Dtype | None = None) -> Tensor:
    """`reshape` without copying: RuntimeError where the layout in memory doesn't allow it.

    With a dtype instead of a shape, the same bits read as numbers of that type.

    >>> autograd.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    >>> autograd.ones(1).view(autograd.int32)
    tensor([1065353216], dtype=autograd.int32)
    """
    if shape and isinstance(shape[0], Dtype):
        (dtype,), shape = shape, ()
    if dtype is None:
        return view_op(input, *shape)
    if dtype is input.dtype:
        return identity(input)
    with naming("view"):
        return reinterpret(input, dtype)


@method()
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of ``other``.

    >>> autograd.arange(4).view_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.view(other.shape)


@method()
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` in the shape of ``other``.

    >>> autograd.arange(4).reshape_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.reshape(other.shape)


@method()
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of ``other``.

    >>> autograd.arange(2).expand_as(autograd.ones(3, 2)).shape
    autograd.Size([3, 2])
    """
    return input.expand(other.shape)


@method()
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """One dimension as several of ``sizes``, one of which may be -1: the inverse of `flatten`.

    >>> autograd.ones(2, 6).unflatten(1, (2, -1)).shape
    autograd.Size([2, 2, 3])
    """
    axis = check_dim("unflatten", dim, input.ndim)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    length = input.shape[axis]
    known = math.prod(size for size in sizes if size != -1)
    inferred = [length // known if size == -1 and known else size for size in sizes]
    if list(sizes).count(-1) > 1 or math.prod(inferred) != length or min(inferred) < 0:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} ({length}) in the "
            "input tensor"
        )
    return input.view((*input.shape[:axis], *inferred, *input.shape[axis + 1 :]))


@tensor_method()
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of ``size`` elements along ``dimension``, ``step`` apart, as a new last dimension.

    >>> autograd.arange(5).unfold(0, 2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    return windows(input, dimension, size, step)


@method()
def ravel(input: Tensor) -> Tensor:
    """All elements in one row.

    >>> autograd.ones(2, 3).ravel().shape
    autograd.Size([6])
    """
    return input.reshape(-1)


@method()
def fliplr(input: Tensor) -> Tensor:
    """The columns in reverse order.

    >>> autograd.tensor([[1, 2]]).fliplr()
    tensor([[2, 1]])
    """
    if input.ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d, but got shape {list(input.shape)}")
    return input.flip(1)


@method()
def flipud(input: Tensor) -> Tensor:
    """The rows in reverse order.

    >>> autograd.tensor([1, 2]).flipud()
    tensor([2, 1])
    """
    if not input.ndim:
        raise RuntimeError("flipud: Input must be >= 1-d, but got a scalar")
    return input.flip(0)


@method()
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned ``k`` times by 90° in the plane of ``dims``, from the first to the second.

    >>> autograd.tensor([[1, 2], [3, 4]]).rot90()
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"rot90: expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = (check_dim("rot90", dim, input.ndim) for dim in dims)
    if first == second:
        raise RuntimeError(
            f"rot90: expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    if k % 2 == 0:
        return input.flip((first, second)) if k % 4 else input.clone()
    return input.flip(second if k % 4 == 1 else first).transpose(first, second)


def matrix_transposed(input: Tensor) -> Tensor:
    """``x.mT``: the last two dimensions swapped."""
    if input.ndim < 2:
        raise RuntimeError(
            f"mT: tensor.mT is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return input.transpose(-2, -1)


@function("linalg.vander")
def linalg_vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Vandermonde matrices: the powers ``x⁰, x¹, ..., xᴺ⁻¹`` as a new last dimension; N is the last size if not given.

    >>> autograd.linalg.vander(autograd.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    x = x if x.ndim else x.reshape(1)
    count = x.shape[-1] if N is None else N
    if count < 2:
        raise RuntimeError(f"vander: N must be greater than 1, not {count}")
    return _powers(x, count)


def _powers(x: Tensor, count: int) -> Tensor:
    """``1, x, x², ...`` as a new last dimension, by multiplication: the derivatives of a power are wrong at 0."""
    x = x if x.is_floating_point() else x.long()
    if not count:
        return x.unsqueeze(-1)[..., :0]
    return stack(list(itertools.accumulate([zero(x) + 1] + [x] * (count - 1), operator.mul)), -1)


@function()
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The Vandermonde matrix of a vector: in each row the powers ``xᴺ⁻¹, ..., x, 1``, or ``1, x, ...`` if increasing.

    >>> autograd.vander(autograd.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if x.ndim != 1:
        raise RuntimeError(f"vander: x must be a one-dimensional tensor, but got shape {list(x.shape)}")
    count = x.numel() if N is None else N
    if count < 0:
        raise RuntimeError(f"vander: N must be non-negative, not {count}")
    return _powers(x, count) if increasing else _powers(x, count).flip(-1)


@method()
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """The memory of ``input`` in any shape: ``stride[i]`` elements from one index of dimension i to the next.

    storage_offset: where in memory to begin, at the first element of ``input`` if not given. RuntimeError for what lies
    outside.

    >>> autograd.arange(4).as_strided((2, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3]])
    """
    size, stride = tuple(size), tuple(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"as_strided: mismatch in length of strides {list(stride)} and shape {list(size)}")
    if min((*size, *stride), default=0) < 0:
        raise RuntimeError(f"as_strided: negative sizes {list(size)} or strides {list(stride)} are not supported")
    offset = 0 if storage_offset is None else storage_offset - memory_of(input.array)[1] // input.array.itemsize
    with naming("as_strided"):
        return strided(input, size, stride, offset, input.stride())
