"""How the arguments of an op come to be of one dtype, by PyTorch's rules of promotion."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops.op import Op
from ..ops.shape import cast
from ..types.dtypes import SCALAR_CATEGORY, check_fits, get_default_dtype, result_dtype
from .errors import explained
from .overriding import met
from .tensor import Tensor, wrap

# The Python numbers that leave an array of each dtype, named by its character, in that dtype. Beside float16 they are
# looked at: it doesn't reach far.
WEAK = (
    {char: frozenset({float, int, bool}) for char in "fd"}
    | {char: frozenset({int, bool}) for char in np.typecodes["AllInteger"]}
    | {"?": frozenset({bool}), "e": frozenset()}
)

# What may stand beside a Tensor in an op.
OPERANDS = (Tensor, np.ndarray, np.generic, int, float)

# Of float16: the largest number, and the smallest with all its digits.
LARGEST, SMALLEST = 65504, 2.0**-14


def array_or_number(op: Op, value: Any) -> Any:
    """An operand that is not a Tensor, if it is an array or a number; TypeError, as for a list, if not."""
    return value if isinstance(value, OPERANDS) else refused(op, value)


def refused(op: Op, value: Any) -> Any:
    """Raise TypeError: ``value`` is nothing that ``op`` can be called with, unless its type answers for the op."""
    met(value)
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
    if op.no_bools and any(array.dtype.kind == "b" for array in arrays):
        raise RuntimeError(f"{op.name}: {op.no_bools}")
    scalars = [x for x in operands if not isinstance(x, Tensor) and x is not None]
    if not (op.promotes or op.variadic or op.floating):
        if scalars or len({array.dtype for array in arrays}) > 1:
            raise _mismatch(op, given)
        return operands
    if op.alike and len({array.dtype for array in arrays}) > 1:
        raise _mismatch(op, [x for x in operands if isinstance(x, Tensor)])
    dtype = result_dtype(arrays, [] if op.alike and arrays else scalars)
    if op.floating and dtype.kind != "f":
        dtype = get_default_dtype().dtype
    if arrays and all(
        x is None or type(x) in WEAK[dtype.char] or (isinstance(x, Tensor) and x.array.dtype is dtype) for x in given
    ):
        if dtype.kind not in "iu":
            return operands
        if op.arity > 2:
            # Among what is chosen from, as by clamp, no number is another one.
            for x in operands:
                check_fits(op.name, np.asarray(0 if isinstance(x, Tensor) or x is None else x), dtype)
        return [held(x, dtype) for x in operands]

    def convert(operand: Any) -> Any:
        if operand is None:
            return None
        if isinstance(operand, Tensor):
            return operand if operand.array.dtype is dtype else cast(operand, dtype)
        try:
            return wrap(np.asarray(operand, dtype), None)
        except OverflowError as error:
            raise explained(op, given, error) from None

    return [convert(operand) for operand in operands]


def agreed(op: Op, call: Callable[..., Any], given: Sequence[Any]) -> Any:
    """``call`` of the arguments in one dtype: where float16 doesn't hold a number, in float32, the result rounded."""
    if beyond(given):
        return rounded(call(*widened(given)))
    return call(*in_one_dtype(op, given))


def beyond(given: Sequence[Any]) -> bool:
    """Whether Tensors of float16 meet a number that is none of float16, but finite and not 0: 1e-8 or 65536.

    A number is a Python number or a Tensor of one element, which PyTorch takes for one.
    """
    tensors = [x.array for x in given if isinstance(x, Tensor)]
    if all(array.dtype.char != "e" for array in tensors) or result_dtype(tensors, []) != np.float16:
        return False
    numbers = [array.item() for array in tensors if array.size == 1] + [x for x in given if type(x) in (int, float)]
    return any(LARGEST < abs(x) < math.inf or 0 < abs(x) < SMALLEST for x in numbers)


def widened(given: Sequence[Any]) -> list[Any]:
    """The arguments with those of float16 in float32."""
    return [cast(x, np.float32) if isinstance(x, Tensor) and x.array.dtype == np.float16 else x for x in given]


def rounded(out: Tensor) -> Tensor:
    """What an op made of `widened` arguments, in float16 if it is of floats."""
    return cast(out, np.float16) if out.array.dtype == np.float32 else out


def in_range(op: Op, given: Sequence[Any], error: OverflowError) -> list[Any]:
    """``given`` with Python ints that the dtype of the Tensors beside them can't hold wrapped around, as in PyTorch.

    Raises what ``error`` says of ``op`` if that isn't what was wrong: of ints that no dtype can hold.
    """
    dtype = next(x.array.dtype for x in given if isinstance(x, Tensor))
    made = [held(x, dtype) for x in given]
    if all(x is y for x, y in zip(made, given)):
        raise explained(op, given, error) from None
    return made


def held(x: Any, dtype: np.dtype[Any]) -> Any:
    """``x``, or of a Python int of 64 bits that ``dtype``, one of integers, can't hold, the last bits."""
    if type(x) is not int or not -(1 << 63) <= x < 1 << 63:
        return x
    bits = 8 * dtype.itemsize
    lowest = -(1 << bits - 1) if dtype.kind == "i" else 0
    return x if lowest <= x < lowest + (1 << bits) else (x - lowest) % (1 << bits) + lowest


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
