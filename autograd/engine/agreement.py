"""How the arguments of an op come to be of one dtype, by PyTorch's rules of promotion."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops.op import Op
from ..ops.shape import cast
from ..types.dtypes import SCALAR_CATEGORY, get_default_dtype, result_dtype
from .errors import explained
from .tensor import Tensor, wrap

# The Python numbers that leave an array of each kind in its own dtype.
WEAK = {
    "f": frozenset({float, int, bool}),
    "i": frozenset({int, bool}),
    "u": frozenset({int, bool}),
    "b": frozenset({bool}),
}


def array_or_number(op: Op, value: Any) -> Any:
    """An operand that is not a Tensor, if it is an array or a number; TypeError, as for a list, if not."""
    if isinstance(value, (np.ndarray, np.generic, int, float)):
        return value
    raise TypeError(
        f"{op.name}(): expected a Tensor, an array or a number, not {type(value).__name__}; "
        "make a Tensor of it with autograd.tensor(...)"
    )


def in_one_dtype(op: Op, given: Sequence[Any], optional: bool = False) -> list[Any]:
    """The arguments of an op in one dtype by PyTorch's rules, the casts recorded; themselves if they are so already.

    Python numbers stay as they are beside Tensors that they don't widen, and so does None if ``optional``.
    """
    operands = [value if value is None and optional else _operand(op, value) for value in given]
    arrays = [x.array for x in operands if isinstance(x, Tensor)]
    scalars = [x for x in operands if not isinstance(x, Tensor) and x is not None]
    if not (op.promotes or op.variadic or op.floating):
        if scalars or len({array.dtype for array in arrays}) > 1:
            raise _mismatch(op, given)
        return operands
    dtype = result_dtype(arrays, scalars)
    if op.floating and dtype.kind != "f":
        dtype = get_default_dtype().dtype
    if arrays and all(
        x is None or type(x) in WEAK[dtype.kind] or (isinstance(x, Tensor) and x.array.dtype is dtype) for x in given
    ):
        return operands

    def convert(operand: Any) -> Any:
        if operand is None:
            return None
        if isinstance(operand, Tensor):
            return operand if operand.array.dtype is dtype else cast(operand, dtype)
        return wrap(np.asarray(operand, dtype), None)

    return [convert(operand) for operand in operands]


def in_range(op: Op, given: Sequence[Any], error: OverflowError) -> list[Any]:
    """``given`` with Python ints that the dtype of the Tensors beside them can't hold wrapped around, as in PyTorch.

    Raises what ``error`` says of ``op`` if that isn't what was wrong: of ints that no dtype can hold.
    """
    dtype = next(x.array.dtype for x in given if isinstance(x, Tensor))
    bits = 8 * dtype.itemsize
    lowest = -(1 << bits - 1) if dtype.kind == "i" else 0

    def held(x: Any) -> Any:
        return (x - lowest) % (1 << bits) + lowest if type(x) is int and -(1 << 63) <= x < 1 << 63 else x

    made = [held(x) for x in given]
    if all(x is y for x, y in zip(made, given)):
        raise explained(op, given, error) from None
    return made


def _operand(op: Op, value: Any) -> Any:
    """A Tensor or a Python number."""
    if isinstance(value, Tensor) or type(value) in SCALAR_CATEGORY:
        return value
    value = array_or_number(op, value)
    if isinstance(value, np.ndarray):
        return wrap(np.asarray(value), None)
    return value.item() if isinstance(value, np.generic) else numbers_to_python(value)


def numbers_to_python(value: Any) -> Any:
    """A plain int or float of a subclass of one, such as an IntEnum."""
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _mismatch(op: Op, given: Sequence[Any]) -> Exception:
    if not all(isinstance(x, Tensor) or x is None for x in given):
        return TypeError(f"{op.name}(): expected Tensors, not {', '.join(type(x).__name__ for x in given)}")
    described = " and ".join(f"{x.dtype} {tuple(x.shape)}" for x in given if x is not None)
    return RuntimeError(f"{op.name}: expected Tensors of one dtype, but got {described}; convert one, as in x.float()")
