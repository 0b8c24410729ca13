"""Tensors of data: of numbers in sequences, of arrays, of what other libraries hold."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..types.device import only_cpu
from ..types.dtypes import canonical, check_fits, get_default_dtype, numpy_dtype, wider
from ..types.dtypes import dtype as Dtype
from .arguments import finish, kind


def tensor(
    data: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A Tensor with a copy of ``data``: a number, nested sequences, an array or a Tensor. pin_memory: it is ignored.

    Python floats become the default dtype, ints int64, bools bool; arrays keep their dtype.
    ValueError for ragged sequences and ints beyond 64 bits, RuntimeError for what has no dtype, numbers that the dtype
    can't hold, and integers that are to require grad.

    >>> autograd.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> autograd.tensor([0.5, 1.5], requires_grad=True)
    tensor([0.5000, 1.5000], requires_grad=True)
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "tensor: a copy of a Tensor is better made by detach().clone(), or detach().clone().requires_grad_(True)",
            UserWarning,
            stacklevel=2,
        )
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

    ValueError for negative strides, and for numbers whose bytes are in the other order.

    >>> autograd.from_numpy(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy(): expected an np.ndarray, not {type(ndarray).__name__}")
    if min(ndarray.strides, default=0) < 0:
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "supported: array.copy() has none"
        )
    if not ndarray.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order: "
            "array.astype(array.dtype.newbyteorder('=')) has that"
        )
    return wrap(canonical(ndarray), None)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A Tensor that shares the memory of an array of another library, by its ``__dlpack__``.

    >>> array = numpy.zeros(2); t = autograd.from_dlpack(array); array[0] = 5; t
    tensor([5., 0.], dtype=autograd.float64)
    """
    return wrap(
        canonical(np.from_dlpack(ext_tensor if hasattr(ext_tensor, "__dlpack__") else _Capsule(ext_tensor))), None
    )


class _Capsule:
    """What a capsule, which an older ``to_dlpack`` gave, is to NumPy."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def array_of(name: str, data: Any, dtype: Any, copy: bool) -> np.ndarray[Any, Any]:
    """``data`` as an array of one of our dtypes."""
    if isinstance(data, (list, tuple)) and not data:
        return np.empty(0, kind(dtype, elements=False))
    wanted = None if dtype is None else numpy_dtype(dtype)
    if isinstance(data, Tensor):
        data = data.array
    if isinstance(data, (np.ndarray, np.generic)) or hasattr(data, "__array__"):
        array = canonical(np.asarray(data))
        return array.copy() if copy and wanted is None else array.astype(wanted or array.dtype, copy=copy)
    of_numbers = of_one_kind(data, wanted)
    if of_numbers is not None:
        return of_numbers
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


def of_one_kind(data: Any, wanted: np.dtype[Any] | None) -> np.ndarray[Any, Any] | None:
    """Sequences of Python ints alone, or of floats alone, as an array; None for all else, which takes longer to read.

    Ints that are to become integers of other than 64 bits are among the latter: they may not fit.
    """
    try:
        leaves = leaves_of(data)
        kinds = set(map(type, leaves))
        if kinds == {int} and (wanted is None or wanted == np.int64):
            return np.array(data, np.int64)
        if kinds == {float} and (wanted is None or wanted.kind == "f"):
            return np.array(data, wanted or get_default_dtype().dtype)
    except (TypeError, ValueError, OverflowError):
        # Of several depths or lengths, or too large.
        pass
    return None


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
