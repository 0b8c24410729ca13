"""Tensors of random numbers: from the same seed, the same as PyTorch's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..types.dtypes import DTYPES, check_fits, int64, numpy_dtype
from ..types.dtypes import dtype as Dtype
from .arguments import finish, kind, sizes_of, with_layout, with_out
from .filled import like
from .generator import (
    Generator,
    chosen,
)
from .layout import in_memory_order, memory_format


def only_floats(name: str, dtype: np.dtype[Any]) -> None:
    if dtype.kind != "f":
        raise NotImplementedError(f"{name}: these numbers are floats; not for {DTYPES[dtype]}")


def uniform_numbers(
    name: str, array: np.ndarray[Any, Any], generator: Generator | None, low: float = 0.0, high: float = 1.0
) -> np.ndarray[Any, Any]:
    """Numbers in [low, high) to fill ``array`` with."""
    only_floats(name, array.dtype)
    numbers = chosen(name, generator).uniform(array.size, np.promote_types(array.dtype, np.float32))
    if (low, high) != (0.0, 1.0) or numbers.dtype != array.dtype:
        if numbers.dtype == array.dtype == np.float32:
            # One rounding, as by the instruction that PyTorch's builds use: in float64 the product of two is exact.
            start, end = np.float32(low), np.float32(high)
            numbers = (numbers * np.float64(end - start) + np.float64(start)).astype(np.float32)
        else:
            numbers = (numbers * (high - low) + low).astype(array.dtype, copy=False)
        # What rounding makes of the last numbers below ``high`` becomes ``low``.
        numbers[numbers == high] = low
    return in_memory_order(numbers, array)


def normal_numbers(
    name: str, array: np.ndarray[Any, Any], generator: Generator | None, mean: float = 0.0, std: float = 1.0
) -> np.ndarray[Any, Any]:
    """Normal numbers to fill ``array`` with: drawn in pairs unless it lies in rows."""
    only_floats(name, array.dtype)
    source = chosen(name, generator)
    if array.flags.c_contiguous:
        drawn = source.normal(array.size, array.dtype, mean, std)
    else:
        drawn = source.normal_pairs(array.size, mean, std)
    # Numbers of float16 are rounded twice, as PyTorch's are.
    drawn = drawn.astype(np.promote_types(array.dtype, np.float32), copy=False)
    return np.asarray(in_memory_order(drawn, array), array.dtype)


def whole_numbers(
    name: str, array: np.ndarray[Any, Any], low: int, high: int, generator: Generator | None, **many: int
) -> np.ndarray[Any, Any]:
    """Integers from ``low`` to ``high - 1`` to fill ``array`` with. RuntimeError if its dtype doesn't hold them."""
    if not low < high:
        raise RuntimeError(f"{name}: expects 'from' to be less than 'to', but got from={low} >= to={high}")
    smallest, largest = held(array.dtype)
    if low < smallest or high - 1 > largest:
        raise RuntimeError(f"{name}: {low} to {high - 1} is out of bounds for {DTYPES[array.dtype]}")
    if array.dtype.kind == "f":
        low, high = unrounded(array.dtype.type, low, high)
    numbers = chosen(name, generator).integers(array.size, low, high, **many)
    return in_memory_order(numbers.astype(array.dtype), array)


def unrounded(kind: Any, low: int, high: int) -> tuple[int, int]:
    """The bounds, moved in if a float of this kind would round what lies within them to something outside."""
    first, last = kind(low + 1), kind(high - 1)
    return (
        int(np.nextafter(first, kind(np.inf))) if int(first) < low else low,
        int(np.nextafter(last, kind(-np.inf))) if int(last) >= high else high,
    )


def held(dtype: np.dtype[Any]) -> tuple[int, int]:
    """The smallest and the largest integer that ``dtype`` and 64 bits hold."""
    if dtype.kind == "f":
        largest = min(int(np.finfo(dtype).max), np.iinfo(np.int64).max)
        return -largest, largest
    return (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))


@with_out
@with_layout
def rand(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform random numbers in [0, 1).

    >>> _ = autograd.manual_seed(0); autograd.rand(2, 2)
    tensor([[0.4963, 0.7682],
            [0.0885, 0.1320]])
    """
    return finish(
        uniform_numbers("rand", np.empty(sizes_of("rand", args, size), kind(dtype)), generator), requires_grad, device
    )


@with_out
@with_layout
def randn(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers of the normal distribution with mean 0 and variance 1.

    >>> _ = autograd.manual_seed(0); autograd.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    return finish(
        normal_numbers("randn", np.empty(sizes_of("randn", args, size), kind(dtype)), generator), requires_grad, device
    )


@with_layout
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """`rand` in the shape of ``input`` and, if none is given, its dtype.

    >>> _ = autograd.manual_seed(0); autograd.rand_like(autograd.zeros(2))
    tensor([0.4963, 0.7682])
    """
    array = like("rand_like", input, dtype, memory_format)
    return finish(uniform_numbers("rand_like", array, generator), requires_grad, device)


@with_layout
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """`randn` in the shape of ``input`` and, if none is given, its dtype.

    >>> _ = autograd.manual_seed(0); autograd.randn_like(autograd.zeros(2))
    tensor([ 1.5410, -0.2934])
    """
    array = like("randn_like", input, dtype, memory_format)
    return finish(normal_numbers("randn_like", array, generator), requires_grad, device)


def bounds(name: str, low: Any, high: Any) -> tuple[int, int]:
    """The bounds in ``f(high)`` and ``f(low, high)`` as ints; TypeError for what is no integer."""
    if low is None:
        raise TypeError(f"{name}() missing 1 required positional argument: 'high'")
    given = (0, low) if high is None else (low, high)
    try:
        first, last = (bound.__index__() for bound in given)
    except (AttributeError, TypeError):
        raise TypeError(f"{name}(): the bounds must be ints, not {low!r} and {high!r}") from None
    return first, last


@with_out
@with_layout
def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random integers from ``low`` to ``high - 1``: ``randint(high, size)`` or ``randint(low, high, size)``.

    >>> _ = autograd.manual_seed(0); autograd.randint(10, (4,))
    tensor([4, 9, 3, 0])
    """
    if size is None:
        low, high, size = None, low, high
    if low is None:
        low, high = high, None
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"randint(): argument 'size' must be a tuple of ints, not {type(size).__name__}")
    first, last = bounds("randint", low, high)
    array = np.empty(sizes_of("randint", (size,)), numpy_dtype(dtype or int64))
    return finish(whole_numbers("randint", array, first, last, generator), requires_grad, device)


@with_layout
def randint_like(
    input: Tensor,
    low: Any = None,
    high: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """`randint` in the shape of ``input`` and, if none is given, its dtype: with ``high``, or ``low`` and ``high``.

    >>> _ = autograd.manual_seed(0); autograd.randint_like(autograd.zeros(3), 10)
    tensor([4., 9., 3.])
    """
    if low is None:
        low, high = high, None
    first, last = bounds("randint_like", low, high)
    array = like("randint_like", input, dtype, memory_format)
    return finish(whole_numbers("randint_like", array, first, last, generator), requires_grad, device)


@with_out
@with_layout
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The integers from 0 to ``n - 1`` in random order.

    >>> _ = autograd.manual_seed(0); autograd.randperm(4)
    tensor([0, 1, 3, 2])
    """
    (count,) = sizes_of("randperm", (n,))
    wanted = numpy_dtype(dtype or int64)
    if wanted.kind == "b":
        raise NotImplementedError("randperm: not for bool")
    check_fits("randperm", np.array(count), wanted)
    order = list(range(count))
    if count > 1:
        raw = chosen("randperm", generator).raw32(count - 1)
        steps = (raw % np.arange(count, 1, -1).astype(np.uint64)).tolist()
        for i, step in enumerate(steps):
            order[i], order[i + step] = order[i + step], order[i]
    return finish(np.array(order, wanted), requires_grad, device)
