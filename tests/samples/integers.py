"""Rows of ops on integers: bit by bit, shifts, and common divisors."""

import operator

import numpy as np

from .arrays import BOOLS, integers, real
from .elementwise import infix
from .rows import fails, row, typed

row(
    "bitwise_not", np.invert,
    typed("int64", integers(0, 5, -3)),
    typed("uint8", integers(0, 5, dtype="uint8")),
    typed("bool", BOOLS.T),
    typed("bool", np.array(True)),
    typed("int64", integers()),
    fails(NotImplementedError, "not implemented for float64", real(2)),
)  # fmt: skip
for name, reference, symbol in (
    ("bitwise_and", np.bitwise_and, operator.and_), ("bitwise_or", np.bitwise_or, operator.or_),
    ("bitwise_xor", np.bitwise_xor, operator.xor), ("bitwise_left_shift", np.left_shift, operator.lshift),
    ("bitwise_right_shift", np.right_shift, operator.rshift), ("gcd", np.gcd, None), ("lcm", np.lcm, None),
):  # fmt: skip
    of_bools = [typed("bool", BOOLS, BOOLS[1]), typed("bool", BOOLS.T, BOOLS[1][:2])]
    of_bools += [typed("bool", np.array(True), np.array(False))]
    refused = [fails(NotImplementedError, "not implemented for bool", BOOLS, BOOLS)]
    with_numbers = [
        typed("int64", integers(1, 2, 5), 3),
        typed("int64", 3, integers(1, 2, 5)),
        typed("int64", BOOLS, 3),
    ]
    row(
        name, reference,
        *(of_bools if name in ("bitwise_and", "bitwise_or", "bitwise_xor") else refused),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4)),
        typed("int64", integers(1, -2, 5), integers(3, 3, 70)),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4, dtype="uint8")),
        *(with_numbers if symbol else []),
        typed("int64", integers(), integers()),
        fails(NotImplementedError, "not implemented for float64", real(2), real(2)),
        fails(RuntimeError, "must match the size", integers(1, 2), integers(1, 2, 3)),
        torch=infix(symbol) if symbol else name,
    )  # fmt: skip
