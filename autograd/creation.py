"""Making Tensors: from data, of a constant, of a range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .device import only_cpu
from .dtypes import canonical, get_default_dtype, numpy_dtype
from .dtypes import dtype as Dtype
from .tensor import Tensor, wrap


def finish(array: np.ndarray[Any, Any], requires_grad: bool, device: Any = None) -> Tensor:
    """A leaf on ``array``."""
    only_cpu("device", device)
    made = wrap(array, None)
    return made.requires_grad_() if requires_grad else made


def tensor(data: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A Tensor with a copy of ``data``: a number, nested sequences, an array or a Tensor.

    Python floats become the default dtype, ints int64, bools bool; arrays keep their dtype.
    ValueError for ragged sequences, TypeError for what isn't numbers, RuntimeError if integers are to require grad.

    >>> autograd.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> autograd.tensor([0.5, 1.5], requires_grad=True)
    tensor([0.5000, 1.5000], requires_grad=True)
    """
    return finish(array_of(data, dtype, copy=True), requires_grad, device)


def as_tensor(data: Any, dtype: Dtype | None = None, device: Any = None) -> Tensor:
    """As `tensor`, but sharing memory with an array or being the Tensor itself where the dtype allows.

    >>> array = numpy.zeros(2); t = autograd.as_tensor(array); array[0] = 5; t
    tensor([5., 0.], dtype=autograd.float64)
    """
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return finish(array_of(data, dtype, copy=False), False, device)


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """A Tensor that shares the memory of ``array``; TypeError for anything else.

    >>> autograd.from_numpy(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy(): expected an np.ndarray, not {type(array).__name__}")
    return wrap(array_of(array, None, copy=False), None)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A Tensor that shares the memory of an array of another library, by its ``__dlpack__``.

    >>> array = numpy.zeros(2); t = autograd.from_dlpack(array); array[0] = 5; t
    tensor([5., 0.], dtype=autograd.float64)
    """
    return wrap(canonical(np.from_dlpack(ext_tensor)), None)


def array_of(data: Any, dtype: Any, copy: bool) -> np.ndarray[Any, Any]:
    """``data`` as an array of one of our dtypes."""
    wanted = None if dtype is None else numpy_dtype(dtype)
    if isinstance(data, Tensor):
        data = data.array
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data, wanted) if copy else np.asarray(data, wanted)
        return canonical(array)
    try:
        array = np.array(plain(data))
    except ValueError as error:
        raise ValueError(f"tensor(): expected sequences of equal lengths: {error}") from None
    if array.dtype.kind not in "biuf":
        kind = "None" if data is None else type(innermost(data)).__name__
        raise TypeError(f"tensor(): can't make numbers of {kind}")
    if wanted is None:
        made_by_numpy = isinstance(innermost(data), (np.ndarray, np.generic, Tensor))
        wanted = array.dtype if array.dtype.kind == "b" or made_by_numpy else None
    if wanted is None:
        wanted = get_default_dtype().dtype if array.dtype.kind == "f" else np.dtype(np.int64)
    if not array.size and dtype is None:
        wanted = get_default_dtype().dtype
    return array.astype(wanted, copy=False)


def plain(data: Any) -> Any:
    """``data`` with the Tensors in its sequences replaced by their arrays."""
    if isinstance(data, (list, tuple)):
        return [plain(item) for item in data]
    return data.array if isinstance(data, Tensor) else data


def innermost(data: Any) -> Any:
    """The first element of the first ... of nested sequences."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return data


def sizes_of(name: str, size: Sequence[Any]) -> tuple[int, ...]:
    """The sizes in ``f(2, 3)`` or ``f((2, 3))``; RuntimeError for a negative one."""
    given = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    try:
        sizes = tuple(s.__index__() for s in given)
    except (AttributeError, TypeError):
        raise TypeError(f"{name}(): sizes must be ints, not {', '.join(type(s).__name__ for s in given)}") from None
    if any(s < 0 for s in sizes):
        raise RuntimeError(f"{name}: Trying to create tensor with negative dimension: {list(sizes)}")
    return sizes


def _filled(name: str, fill: Any, text: str) -> Any:
    def create(*size: Any, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
        return finish(fill(sizes_of(name, size), numpy_dtype(dtype or get_default_dtype())), requires_grad, device)

    def create_like(
        input: Tensor, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        return finish(fill(input.array.shape, numpy_dtype(dtype or input.dtype)), requires_grad, device)

    create.__name__ = create.__qualname__ = name
    create_like.__name__ = create_like.__qualname__ = f"{name}_like"
    create.__doc__ = f"A Tensor of the given sizes {text}, in the default dtype if not given."
    create_like.__doc__ = f"A Tensor {text}, in the shape of ``input`` and, if not given, its dtype."
    return create, create_like


zeros, zeros_like = _filled("zeros", np.zeros, "filled with 0")
ones, ones_like = _filled("ones", np.ones, "filled with 1")
empty, empty_like = _filled("empty", np.empty, "that is not filled")


def full(
    size: Sequence[int], fill_value: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of the given sizes filled with ``fill_value``.

    >>> autograd.full((2, 2), 7)
    tensor([[7, 7],
            [7, 7]])
    """
    value = array_of(fill_value, dtype, copy=False)
    return finish(np.full(sizes_of("full", (tuple(size),)), value), requires_grad, device)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor filled with ``fill_value``, in the shape and the dtype of ``input``."""
    return full(input.shape, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``start, start + step, ...`` up to but without ``end``; from 0 if there is one argument.

    >>> autograd.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    whole = all(isinstance(value, (int, np.integer)) for value in (start, end, step))
    if step == 0 or (end - start) / step < 0:
        raise RuntimeError(f"arange: step {step} doesn't lead from {start} to {end}")
    count = max(0, int(np.ceil((end - start) / step)))
    wanted = (np.dtype(np.int64) if whole else get_default_dtype().dtype) if dtype is None else numpy_dtype(dtype)
    return finish((start + step * np.arange(count)).astype(wanted), requires_grad, device)


def linspace(
    start: float, end: float, steps: int, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers evenly spaced from ``start`` to ``end``, both included.

    >>> autograd.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if steps < 0:
        raise RuntimeError(f"linspace: number of steps must be non-negative, not {steps}")
    return finish(
        np.linspace(start, end, steps, dtype=numpy_dtype(dtype or get_default_dtype())), requires_grad, device
    )


def eye(
    n: int, m: int | None = None, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A matrix with 1 on the diagonal and 0 elsewhere.

    >>> autograd.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    return finish(np.eye(n, m, dtype=numpy_dtype(dtype or get_default_dtype())), requires_grad, device)
