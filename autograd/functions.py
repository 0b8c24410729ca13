"""Functions that are composed of ops, most of them because they return several Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .ops import OPS
from .ops.shape import along
from .tensor import Tensor, check_dim

F = TypeVar("F", bound=Callable[..., Any])

METHODS: dict[str, Callable[..., Any]] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}


def method(function: F) -> F:
    """A function that is also a method of Tensors, under the same name."""
    METHODS[function.__name__] = FUNCTIONS[function.__name__] = function
    return function


def only_function(function: F) -> F:
    """A function that is no method."""
    FUNCTIONS[function.__name__] = function
    return function


class Extreme(NamedTuple):
    """What `max` and `min` over a dimension return."""

    values: Tensor
    indices: Tensor


def _extreme(name: str, x: Tensor, dim: Any, keepdim: bool) -> Any:
    if dim is None:
        return OPS["a" + name].function(x)
    if isinstance(dim, Tensor):
        return OPS[name + "imum"].function(x, dim)
    check_dim(name, dim, x.ndim)
    indices = OPS["arg" + name].function(x, dim, True)
    values = x.gather(dim, indices)
    return Extreme(values, indices) if keepdim else Extreme(values.squeeze(dim), indices.squeeze(dim))


@method
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; over ``dim``, ``(values, indices)``; of two Tensors, `maximum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).max(1).indices
    tensor([1, 0])
    """
    return _extreme("max", input, dim, keepdim)


@method
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; over ``dim``, ``(values, indices)``; of two Tensors, `minimum`.

    >>> autograd.tensor([[1., 5.], [7., 2.]]).min(1).values
    tensor([1., 2.])
    """
    return _extreme("min", input, dim, keepdim)


@method
def split(input: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given.

    >>> autograd.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    axis = check_dim("split", dim, input.ndim)
    length = input.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and length):
            raise RuntimeError(f"split: expects a positive split_size, not {size}")
        sections = [size] * (length // size if size else 1)
        rest = length - sum(sections)
        sections += [rest] if rest or not sections else []
    else:
        sections = list(split_size_or_sections)
        if sum(sections) != length or any(size < 0 for size in sections):
            raise RuntimeError(f"split: sizes {sections} don't add up to the {length} of dimension {dim}")
    pieces, start = [], 0
    for size in sections:
        pieces.append(input[along(axis, slice(start, start + size))])
        start += size
    return tuple(pieces)


@method
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` views of ``input`` along ``dim``, of one size but for the last.

    >>> autograd.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks < 1:
        raise RuntimeError(f"chunk: expects `chunks` to be greater than 0, not {chunks}")
    length = input.array.shape[check_dim("chunk", dim, input.ndim)]
    return split(input, -(-length // chunks) if length else 1, dim)


@method
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices of ``input`` along ``dim``.

    >>> autograd.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    axis = check_dim("unbind", dim, input.ndim)
    return tuple(input[along(axis, i)] for i in range(input.array.shape[axis]))


@method
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices.

    >>> autograd.ones(1, 2).mm(autograd.ones(2, 1))
    tensor([[2.]])
    """
    return _product("mm", input, mat2, 2, 2)


@method
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two stacks of matrices.

    >>> autograd.ones(5, 2, 3).bmm(autograd.ones(5, 3, 4)).shape
    autograd.Size([5, 2, 4])
    """
    return _product("bmm", input, mat2, 3, 3)


@method
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector.

    >>> autograd.tensor([[1., 2.], [3., 4.]]).mv(autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    return _product("mv", input, vec, 2, 1)


@method
def dot(input: Tensor, other: Tensor) -> Tensor:
    """The sum of the products of two vectors' elements.

    >>> autograd.tensor([1., 2.]).dot(autograd.tensor([3., 4.]))
    tensor(11.)
    """
    return _product("dot", input, other, 1, 1)


def _product(name: str, x: Tensor, y: Tensor, x_ndim: int, y_ndim: int) -> Tensor:
    if x.ndim != x_ndim or y.ndim != y_ndim:
        raise RuntimeError(
            f"{name}: expected {x_ndim}D and {y_ndim}D Tensors, but got shapes {tuple(x.shape)} and {tuple(y.shape)}"
        )
    return x @ y


@method
def norm(input: Tensor, p: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    """``(Σ|xᵢ|ᵖ)^(1/p)`` of all elements, or over ``dim``; p may be infinite.

    >>> autograd.tensor([3., 4.]).norm()
    tensor(5.)
    """
    if p == "fro":
        p = 2
    if p == float("inf"):
        return input.abs().amax(dim, keepdim)
    if p == float("-inf"):
        return input.abs().amin(dim, keepdim)
    if p == 1:
        return input.abs().sum(dim, keepdim)
    if p == 2:
        return (input * input).sum(dim, keepdim).sqrt()
    return (input.abs() ** p).sum(dim, keepdim) ** (1 / p)


@method
def movedim(input: Tensor, source: int, destination: int) -> Tensor:
    """One dimension moved to another place.

    >>> autograd.ones(2, 3, 4).movedim(0, -1).shape
    autograd.Size([3, 4, 2])
    """
    order = list(range(input.ndim))
    order.insert(check_dim("movedim", destination, input.ndim), order.pop(check_dim("movedim", source, input.ndim)))
    return input.permute(order)


@method
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of ``other``.

    >>> autograd.arange(4).view_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.view(other.shape)


@method
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` in the shape of ``other``.

    >>> autograd.arange(4).reshape_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return input.reshape(other.shape)


@method
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of ``other``.

    >>> autograd.arange(2).expand_as(autograd.ones(3, 2)).shape
    autograd.Size([3, 2])
    """
    return input.expand(other.shape)


@method
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether ``|input - other| ≤ atol + rtol·|other|`` for all elements.

    >>> autograd.tensor([1., 2.]).allclose(autograd.tensor([1., 2.000001]))
    True
    """
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


@method
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements.

    >>> autograd.tensor([1, 2]).equal(autograd.tensor([1, 2])), autograd.ones(2).equal(autograd.ones(1))
    (True, False)
    """
    return bool(np.array_equal(input.array, other.array))


@method
def numel(input: Tensor) -> int:
    """How many elements there are.

    >>> autograd.numel(autograd.ones(2, 3))
    6
    """
    return int(input.array.size)


@only_function
def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor.

    >>> autograd.is_tensor(autograd.ones(2)), autograd.is_tensor(numpy.ones(2))
    (True, False)
    """
    return isinstance(obj, Tensor)


@only_function
def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floats.

    >>> autograd.is_floating_point(autograd.tensor(1.)), autograd.is_floating_point(autograd.tensor(1))
    (True, False)
    """
    return input.is_floating_point()


def getitem(x: Tensor, key: Any) -> Tensor:
    """``x[key]``, as PyTorch indexes: Tensors, lists and arrays pick elements, the rest slices."""
    return OPS["getitem"].function(x, normal_key(key))


def normal_key(key: Any) -> Any:
    """``key`` as NumPy takes it."""
    if isinstance(key, tuple):
        return tuple(normal_key(part) for part in key)
    if isinstance(key, Tensor):
        if key.array.dtype.kind == "f":
            raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, not {key.dtype}")
        return key.array if key.array.ndim or key.array.dtype.kind == "b" else int(key.array)
    if isinstance(key, slice):
        if key.step is not None and key.step < 1:
            raise ValueError("step must be greater than zero; use flip() to reverse")
        return slice(*(None if part is None else part.__index__() for part in (key.start, key.stop, key.step)))
    if isinstance(key, (list, range)):
        return np.asarray(key, dtype=None if len(key) else np.int64)
    if key is None or key is ... or isinstance(key, (int, np.integer, np.ndarray, np.bool_)):
        return key
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or bool tensors are valid indices, "
        f"not {type(key).__name__}"
    )
