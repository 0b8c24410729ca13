"""Several Tensors made one, or of one shape."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.errors import naming
from ..engine.size import Size
from ..engine.tensor import Tensor, wrap
from ..ops.joining import cat, stack
from ..ops.shape import constant_pad
from .registry import function, method


def listed(tensors: tuple[Any, ...]) -> tuple[Tensor, ...]:
    """The Tensors of ``f(x, y)`` or of ``f([x, y])``."""
    return tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors


@function()
def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that ``shapes`` are broadcast to together; RuntimeError if they can't be.

    >>> autograd.broadcast_shapes((2, 1), (3,))
    autograd.Size([2, 3])
    """
    sizes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    if any(size < 0 for shape in sizes for size in shape):
        raise ValueError("broadcast_shapes: Attempting to broadcast a dimension with negative length!")
    with naming("broadcast_shapes"):
        return Size(np.broadcast_shapes(*sizes))


@function()
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All of ``tensors`` expanded to the one shape that they broadcast to.

    >>> x, y = autograd.broadcast_tensors(autograd.ones(2, 1), autograd.ones(3)); x.shape, y.shape
    (autograd.Size([2, 3]), autograd.Size([2, 3]))
    """
    tensors = listed(tensors)
    with naming("broadcast_tensors"):
        shape = np.broadcast_shapes(*(x.shape for x in tensors))
    return tuple(x.expand(shape) for x in tensors)


def _at_least(name: str, tensors: tuple[Any, ...], change: Callable[[Tensor], Tensor]) -> Any:
    for x in listed(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}(): expected Tensors, not {type(x).__name__}")
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return change(tensors[0])
    return tuple(map(change, listed(tensors)))


@function()
def atleast_1d(*tensors: Any) -> Any:
    """Scalars as vectors of one element; what has more dimensions as it is. Of several Tensors a tuple.

    >>> autograd.atleast_1d(autograd.tensor(1))
    tensor([1])
    """
    return _at_least("atleast_1d", tensors, lambda x: x if x.ndim else x.reshape(1))


@function()
def atleast_2d(*tensors: Any) -> Any:
    """Scalars and vectors as matrices of one row; what has more dimensions as it is. Of several Tensors a tuple.

    >>> autograd.atleast_2d(autograd.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _at_least("atleast_2d", tensors, lambda x: x if x.ndim > 1 else x.reshape(1, -1))


@function()
def atleast_3d(*tensors: Any) -> Any:
    """(n) as (1, n, 1), (m, n) as (m, n, 1); what has more dimensions as it is. Of several Tensors a tuple.

    >>> autograd.atleast_3d(autograd.ones(2, 3)).shape
    autograd.Size([2, 3, 1])
    """
    return _at_least("atleast_3d", tensors, lambda x: x if x.ndim > 2 else atleast_2d(x).unsqueeze(-1))


def _joined(name: str, tensors: Any, change: Callable[[Tensor], Tensor], dim: int) -> Tensor:
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    with naming(name):
        return cat(list(map(change, tensors)), dim)


@function()
def hstack(tensors: Any) -> Tensor:
    """Tensors side by side: along dimension 1, vectors along 0.

    >>> autograd.hstack([autograd.tensor([1, 2]), autograd.tensor([3])])
    tensor([1, 2, 3])
    """
    return _joined("hstack", tensors, atleast_1d, int(bool(tensors) and tensors[0].ndim > 1))


@function("vstack", "row_stack")
def vstack(tensors: Any) -> Tensor:
    """Tensors on top of each other: along dimension 0, vectors as rows.

    >>> autograd.vstack([autograd.tensor([1, 2]), autograd.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return _joined("vstack", tensors, atleast_2d, 0)


@function()
def dstack(tensors: Any) -> Tensor:
    """Tensors behind each other: along dimension 2.

    >>> autograd.dstack([autograd.tensor([1, 2]), autograd.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    return _joined("dstack", tensors, atleast_3d, 2)


@function()
def column_stack(tensors: Any) -> Tensor:
    """Tensors side by side along dimension 1, vectors and scalars as columns.

    >>> autograd.column_stack([autograd.tensor([1, 2]), autograd.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    return _joined("column_stack", tensors, lambda x: x if x.ndim > 1 else x.reshape(-1, 1), 1)


@function()
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The coordinates of a grid: for vectors of sizes n₁, n₂, ... as many Tensors of shape (n₁, n₂, ...).

    indexing: "ij", or "xy" for the first two dimensions swapped.

    >>> autograd.meshgrid(autograd.tensor([1, 2]), autograd.tensor([5, 6]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    tensors = listed(tensors)
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for x in tensors:
        if x.ndim > 1:
            raise RuntimeError(f"meshgrid: Expected 0D or 1D tensor in the tensor list but got: {list(x.shape)}")
        if x.dtype is not tensors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    if indexing == "xy" and len(tensors) > 1:
        return _swapped(meshgrid(*_swapped(tensors)))
    shape = [x.numel() for x in tensors]
    ones = [1] * len(tensors)
    return tuple(x.reshape(ones[:i] + [-1] + ones[i + 1 :]).expand(shape) for i, x in enumerate(tensors))


def _swapped(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (tensors[1], tensors[0], *tensors[2:])


@function()
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each vector, one in a row; of a single vector, itself.

    >>> autograd.cartesian_prod(autograd.tensor([1, 2]), autograd.tensor([5, 6]))
    tensor([[1, 5],
            [1, 6],
            [2, 5],
            [2, 6]])
    """
    _vectors("cartesian_prod", tensors)
    if len(tensors) == 1:
        return tensors[0]
    with naming("cartesian_prod"):
        grids = meshgrid(*tensors, indexing="ij")
    return stack([grid.reshape(-1) for grid in grids], 1)


def _vectors(name: str, tensors: tuple[Tensor, ...]) -> None:
    """Raise RuntimeError unless all have one dimension."""
    for x in tensors:
        if x.ndim != 1:
            raise RuntimeError(f"{name}: Expect a 1D vector, but got shape {list(x.shape)}")


@function()
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of ``r`` elements of a vector in their order, one in a row; if wanted, with repetitions.

    >>> autograd.combinations(autograd.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    _vectors("combinations", (input,))
    if r < 0:
        raise RuntimeError(f"combinations: Expect a non-negative number, but got {r}")
    if r == 0 or not (input.numel() if with_replacement else r <= input.numel()):
        return input[:0].detach() if r == 0 else input[np.zeros((0, min(r, 2**31)), np.int64)]
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    return input[np.array(list(choose(range(input.numel()), r)), np.int64).reshape(-1, r)]


@function()
def block_diag(*tensors: Tensor) -> Tensor:
    """A matrix with the given ones along its diagonal and 0 elsewhere; vectors are rows.

    >>> autograd.block_diag(autograd.tensor([[1, 2]]), autograd.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    for position, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"block_diag: Input tensors must have 2 or fewer dimensions. Input {position} has {x.ndim} dimensions"
            )
    blocks = [atleast_2d(x) for x in tensors]
    if not blocks:
        return wrap(np.zeros((1, 0), np.float32), None)
    *starts, width = itertools.accumulate((x.shape[1] for x in blocks), initial=0)
    pads = [(start, width - start - x.shape[1]) for start, x in zip(starts, blocks)]
    return cat([constant_pad(x, pad) for x, pad in zip(blocks, pads)])


@method()
def tile(input: Tensor, *dims: Any) -> Tensor:
    """As `repeat`, but ``dims`` may be fewer than the dimensions: they are the last ones then.

    >>> autograd.tensor([[1, 2]]).tile(2)
    tensor([[1, 2, 1, 2]])
    """
    counts = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    with naming("tile"):
        return input.repeat((1,) * (input.ndim - len(counts)) + counts)
