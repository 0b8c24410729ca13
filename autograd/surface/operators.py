"""Which of Python's operators stands for which op, on Tensors and Scalars."""

from __future__ import annotations

from ..ops import arithmetic, comparison, integers, matmul, pointwise
from ..ops.op import Op

OPERATORS: dict[Op, str] = {
    arithmetic.add: "__add__",
    arithmetic.sub: "__sub__",
    arithmetic.mul: "__mul__",
    arithmetic.div: "__truediv__",
    arithmetic.floor_divide: "__floordiv__",
    arithmetic.remainder: "__mod__",
    arithmetic.pow: "__pow__",
    matmul.matmul: "__matmul__",
    integers.bitwise_and: "__and__",
    integers.bitwise_or: "__or__",
    integers.bitwise_xor: "__xor__",
    integers.bitwise_left_shift: "__lshift__",
    integers.bitwise_right_shift: "__rshift__",
    comparison.eq: "__eq__",
    comparison.ne: "__ne__",
    comparison.lt: "__lt__",
    comparison.le: "__le__",
    comparison.gt: "__gt__",
    comparison.ge: "__ge__",
    pointwise.neg: "__neg__",
    pointwise.positive: "__pos__",
    pointwise.abs: "__abs__",
    integers.bitwise_not: "__invert__",
}
