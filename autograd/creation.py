"""Making Tensors: from data, of a constant, of a range."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .device import only_cpu
from .dtypes import DTYPES, canonical, check_fits, get_default_dtype, numpy_dtype, wider
from .dtypes import dtype as Dtype
from .layout import empty_array, memory_format
from .tensor import Tensor, wrap


def finish(array: np.ndarray[Any, Any], requires_grad: bool, device: Any = None) -> Tensor:
    """A leaf on ``array``."""
    only_cpu("device", device)
    made = wrap(array, None)
    return made.requires_grad_() if requires_grad else made


def tensor(data: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A Tensor with a copy of ``data``: a number, nested sequences, an array or a Tensor.

    Python floats become the default dtype, ints int64, bools bool; arrays keep their dtype.
    ValueError for ragged sequences and ints beyond 64 bits, RuntimeError for what has no dtype, numbers that the dtype
    can't hold, and integers that are to require grad.

    >>> autograd.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> autograd.tensor([0.5, 1.5], requires_grad=True)
    tensor([0.5000, 1.5000], requires_grad=True)
    """
    return finish(array_of("tensor", data, dtype, copy=True), requires_grad, device)


def as_tensor(data: Any, dtype: Dtype | None = None, device: Any = None) -> Tensor:
    """As `tensor`, but sharing memory with an array or being the Tensor itself where the dtype allows.

    >>> array = numpy.zeros(2); t = autograd.as_tensor(array); array[0] = 5; t
    tensor([5., 0.], dtype=autograd.float64)
    """
    only_cpu("as_tensor", device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return finish(array_of("as_tensor", data, dtype, copy=False), False)


def asarray(
    obj: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """As `as_tensor`; ``copy`` says whether memory is to be shared never or (ValueError if it can't be) always.

    A Tensor stays in its graph; ``requires_grad=False`` takes it out.

    >>> autograd.asarray([1., 2.], requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    given = obj.array if isinstance(obj, Tensor) else obj
    made = as_tensor(obj, dtype, device)
    if not (isinstance(given, np.ndarray) and np.may_share_memory(made.array, given)):
        if copy is False:
            raise ValueError(f"asarray: {type(obj).__name__} can't share its memory with a Tensor of {made.dtype}")
    elif copy:
        made = made.clone()
    if requires_grad is None or made.requires_grad == requires_grad:
        return made
    return made.detach().requires_grad_(requires_grad)


def from_numpy(ndarray: np.ndarray[Any, Any]) -> Tensor:
    """A Tensor that shares the memory of ``ndarray``; TypeError for anything else.

    >>> autograd.from_numpy(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy(): expected an np.ndarray, not {type(ndarray).__name__}")
    return wrap(canonical(ndarray), None)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A Tensor that shares the memory of an array of another library, by its ``__dlpack__``.

    >>> array = numpy.zeros(2); t = autograd.from_dlpack(array); array[0] = 5; t
    tensor([5., 0.], dtype=autograd.float64)
    """
    return wrap(canonical(np.from_dlpack(ext_tensor)), None)


def scalar_tensor(s: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d Tensor with the number ``s``, in the default dtype if none is given.

    >>> autograd.scalar_tensor(3)
    tensor(3.)
    """
    return full((), s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


def array_of(name: str, data: Any, dtype: Any, copy: bool) -> np.ndarray[Any, Any]:
    """``data`` as an array of one of our dtypes."""
    wanted = None if dtype is None else numpy_dtype(dtype)
    if isinstance(data, Tensor):
        data = data.array
    if isinstance(data, (np.ndarray, np.generic)) or hasattr(data, "__array__"):
        array = canonical(np.asarray(data))
        return array.copy() if copy and wanted is None else array.astype(wanted or array.dtype, copy=copy)
    try:
        array = np.array(plain(data))
    except ValueError as error:
        raise ValueError(f"{name}(): expected sequences of equal lengths: {error}") from None
    if array.dtype.kind not in "biuf":
        raise refusal(name, data, array)
    inferred = inferred_dtype(leaves_of(data))
    if inferred.kind == "i" and array.dtype.kind not in "bi" and array.size:
        raise ValueError(f"{name}(): an int among the data has more than 64 bits")
    if wanted is None:
        return array.astype(inferred, copy=False)
    check_fits(name, array, wanted)
    return array.astype(wanted, copy=False)


def refusal(name: str, data: Any, array: np.ndarray[Any, Any]) -> Exception:
    """The exception for data that NumPy could make no numbers of."""
    if array.dtype.kind == "O" and all(isinstance(item, (int, float)) for item in array.flat):
        return ValueError(f"{name}(): an int among the data has more than 64 bits")
    kind = type(next(iter(leaves_of(data)), data)).__name__
    error = (
        RuntimeError if array.dtype.kind == "O" else TypeError if array.ndim == 0 or kind == "complex" else ValueError
    )
    return error(f"{name}(): can't make numbers of {kind}")


def plain(data: Any) -> Any:
    """``data`` with the Tensors in its sequences replaced by their arrays."""
    if isinstance(data, (list, tuple)):
        return [plain(item) for item in data]
    return data.array if isinstance(data, Tensor) else data


def leaves_of(data: Any) -> list[Any]:
    """What stands in the innermost of nested sequences, all of them of one depth."""
    level = [data]
    while level and isinstance(level[0], (list, tuple, range)):
        level = list(itertools.chain.from_iterable(level))
    return level


def inferred_dtype(leaves: list[Any]) -> np.dtype[Any]:
    """The dtype that holds them all: Python's numbers count as bool, int64 or the default dtype."""
    default = get_default_dtype().dtype
    of_type = {bool: np.dtype(np.bool_), int: np.dtype(np.int64), float: default}
    kinds = set(map(type, leaves))
    found = {of_type[kind] for kind in kinds & of_type.keys()}
    if not kinds <= of_type.keys():
        numbers = [leaf for leaf in leaves if type(leaf) not in of_type]
        found |= {canonical(np.asarray(x.array if isinstance(x, Tensor) else x)).dtype for x in numbers}
    result = next(iter(found), default)
    for dtype in found:
        result = wider(result, dtype)
    return result


def sizes_of(name: str, given: Sequence[Any], size: Any = None) -> tuple[int, ...]:
    """The sizes in ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))``.

    TypeError for what is no int, RuntimeError for a negative one.
    """
    if size is not None:
        if given:
            raise TypeError(f"{name}() got multiple values for argument 'size'")
        given = (size,)
    elif not given:
        raise TypeError(f"{name}() missing 1 required positional argument: 'size'")
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    try:
        sizes = tuple(s.__index__() for s in given if not isinstance(s, bool))
    except (AttributeError, TypeError):
        sizes = ()
    if len(sizes) < len(given):
        raise TypeError(f"{name}(): sizes must be ints, not {', '.join(type(s).__name__ for s in given)}")
    if any(s < 0 for s in sizes):
        raise RuntimeError(f"{name}: Trying to create tensor with negative dimension: {list(sizes)}")
    return sizes


def kind(dtype: Any) -> np.dtype[Any]:
    """The NumPy dtype of ``dtype``, or of the default if it is None."""
    return numpy_dtype(get_default_dtype() if dtype is None else dtype)


def empty(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes that is not filled: whatever was in the memory.

    >>> autograd.empty(2, 3).shape
    autograd.Size([2, 3])
    """
    return finish(np.empty(sizes_of("empty", args, size), kind(dtype)), requires_grad, device)


def zeros(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with 0, in the default dtype if none is given.

    >>> autograd.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return finish(np.zeros(sizes_of("zeros", args, size), kind(dtype)), requires_grad, device)


def ones(
    *args: Any, size: Any = None, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with 1, in the default dtype if none is given.

    >>> autograd.ones((2,), dtype=autograd.int64)
    tensor([1, 1])
    """
    return finish(np.ones(sizes_of("ones", args, size), kind(dtype)), requires_grad, device)


def full(
    size: Sequence[int], fill_value: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with ``fill_value``, in the dtype that `tensor` gives the value.

    RuntimeError if the dtype can't hold the value.

    >>> autograd.full((2, 2), 7)
    tensor([[7, 7],
            [7, 7]])
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' must be a tuple of ints, not {type(size).__name__}")
    made = np.empty(sizes_of("full", (size,)), filling_dtype(fill_value, dtype))
    return finish(filled("full", made, fill_value), requires_grad, device)


def filling_dtype(value: Any, dtype: Any) -> np.dtype[Any]:
    return numpy_dtype(dtype) if dtype is not None else array_of("full", value, None, copy=False).dtype


def filled(name: str, array: np.ndarray[Any, Any], value: Any) -> np.ndarray[Any, Any]:
    """``array``, with the one number ``value`` everywhere."""
    number = array_of(name, value, None, copy=False)
    if number.ndim:
        raise TypeError(f"{name}(): argument 'fill_value' must be a number, not {type(value).__name__}")
    if isinstance(value, float):
        number = np.asarray(value)
    check_fits(name, number, array.dtype)
    filling = number.astype(array.dtype)
    if array.dtype.kind == "f" and np.isinf(filling) and not np.isinf(number):
        raise RuntimeError(f"{name}: {value} can't be converted to {DTYPES[array.dtype]} without overflow")
    array[...] = filling
    return array


def like(name: str, input: Any, dtype: Any, format: memory_format | None) -> np.ndarray[Any, Any]:
    """An unfilled array in the shape of ``input`` and, if none is given, its dtype; TypeError unless it is a Tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' must be a Tensor, not {type(input).__name__}")
    return empty_array(name, input.array, input.array.dtype if dtype is None else numpy_dtype(dtype), format)


def empty_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor that is not filled, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.empty_like(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """
    return finish(like("empty_like", input, dtype, memory_format), requires_grad, device)


def zeros_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with 0, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.zeros_like(autograd.tensor([1, 2]))
    tensor([0, 0])
    """
    return finish(filled("zeros_like", like("zeros_like", input, dtype, memory_format), 0), requires_grad, device)


def ones_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with 1, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.ones_like(autograd.tensor([[3., 4.]]))
    tensor([[1., 1.]])
    """
    return finish(filled("ones_like", like("ones_like", input, dtype, memory_format), 1), requires_grad, device)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """A Tensor filled with ``fill_value``, in the shape of ``input`` and, if none is given, its dtype.

    >>> autograd.full_like(autograd.ones(2), 7)
    tensor([7., 7.])
    """
    array = filled("full_like", like("full_like", input, dtype, memory_format), fill_value)
    return finish(array, requires_grad, device)


def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A Tensor that is not filled, with these steps, in elements, from one index of each dimension to the next.

    >>> autograd.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    sizes, steps = sizes_of("empty_strided", (size,)), tuple(step.__index__() for step in stride)
    if len(sizes) != len(steps):
        raise RuntimeError(f"empty_strided: {len(sizes)} sizes and {len(steps)} strides; there must be as many")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"empty_strided: strides must not be negative: {list(steps)}")
    memory = np.empty(1 + sum((n - 1) * step for n, step in zip(sizes, steps)) if all(sizes) else 0, kind(dtype))
    strides = [step * memory.itemsize for step in steps]
    return finish(np.ndarray(sizes, memory.dtype, memory, strides=strides), requires_grad, device)


def numbers_of(name: str, *values: Any) -> list[Any]:
    """``values`` as Python numbers: 0-d Tensors are asked for theirs. RuntimeError for more dimensions."""
    for value in values:
        if isinstance(value, Tensor) and value.ndim:
            raise RuntimeError(
                f"{name}: only supports 0-dimensional Tensors, but got one of shape {tuple(value.shape)}"
            )
        if not isinstance(value, (Tensor, int, float, np.number)):
            raise TypeError(f"{name}(): expected numbers, not {type(value).__name__}")
    return [value.item() if isinstance(value, (Tensor, np.generic)) else value for value in values]


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``start, start + step, ...`` up to but without ``end``; from 0 if there is one argument.

    Integers if all are, else the default dtype. RuntimeError if ``step`` doesn't lead from one to the other.

    >>> autograd.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    first, last, by = numbers_of("arange", 0 if start is None else start, end, step)
    whole = all(isinstance(value, int) for value in (first, last, by))
    wanted = np.dtype(np.int64) if whole and dtype is None else kind(dtype)
    if wanted.kind == "b":
        raise NotImplementedError("arange: not for bool")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"arange: unsupported range: {first} -> {last}")
    if wanted == np.int64:
        first, last, by = int(first), int(last), int(by)
    if by == 0 or (last - first) / by < 0:
        raise RuntimeError(f"arange: step {by} doesn't lead from {first} to {last}")
    count = -((first - last) // by) if whole else math.ceil((last - first) / by)
    return finish((first + by * np.arange(count)).astype(wanted), requires_grad, device)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers evenly spaced from ``start`` to ``end``, both included.

    >>> autograd.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    return finish(spaced("linspace", start, end, steps, kind(dtype)).astype(kind(dtype)), requires_grad, device)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``base`` to the powers of ``linspace(start, end, steps)``.

    >>> autograd.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    powers = spaced("logspace", start, end, steps, kind(dtype))
    return finish(np.power(powers.dtype.type(base), powers).astype(kind(dtype)), requires_grad, device)


def spaced(name: str, start: Any, end: Any, steps: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """``steps`` numbers from ``start`` to ``end``, each reckoned from the nearer end.

    In floats: of ``dtype``, or of float64 where that is an integer.
    """
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool):
        raise TypeError(f"{name}(): argument 'steps' must be an int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"{name}: number of steps must be non-negative, not {steps}")
    exact = np.dtype(np.float64) if dtype.kind != "f" else dtype
    first, last = (exact.type(dtype.type(number)) for number in numbers_of(name, start, end))
    step = (last - first) / exact.type(steps - 1) if steps > 1 else exact.type(0)
    up = np.arange(steps).astype(exact)
    return np.where(up < steps // 2 + (steps == 1), first + step * up, last - step * up[::-1])


def eye(
    n: int, m: int | None = None, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A matrix with 1 on the diagonal and 0 elsewhere.

    >>> autograd.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = sizes_of("eye", (n, n if m is None else m))
    return finish(np.eye(rows, columns, dtype=kind(dtype)), requires_grad, device)
