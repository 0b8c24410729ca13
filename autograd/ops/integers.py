"""Ops on integers: bit by bit, shifts, and common divisors; nothing passes back through them."""

from __future__ import annotations

import numpy as np

from .op import op
from .pointwise import of_kind


@op(symbol="&", promotes=True)
def bitwise_and(x, y):
    """``x & y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([True, True]) & autograd.tensor([True, False])
    tensor([ True, False])
    """
    return np.bitwise_and(of_kind("biu", x, y), y)


@op(symbol="|", promotes=True)
def bitwise_or(x, y):
    """``x | y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([1, 2]) | 4
    tensor([5, 6])
    """
    return np.bitwise_or(of_kind("biu", x, y), y)


@op(symbol="⊕", promotes=True)
def bitwise_xor(x, y):
    """``x ^ y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([1, 2]) ^ 3
    tensor([2, 1])
    """
    return np.bitwise_xor(of_kind("biu", x, y), y)


@op(symbol="~", in_place=True)
def bitwise_not(x):
    """``~x`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> ~autograd.tensor([True, False])
    tensor([False,  True])
    """
    return np.invert(of_kind("biu", x))


@op(symbol="«", promotes=True)
def bitwise_left_shift(x, y):
    """``x·2ʸ``: the bits of an integer moved up; NotImplementedError for floats.

    >>> autograd.tensor([1, 3]) << 2
    tensor([ 4, 12])
    """
    return np.left_shift(of_kind("iu", x, y), y)


@op(symbol="»", promotes=True)
def bitwise_right_shift(x, y):
    """``⌊x/2ʸ⌋``: the bits of an integer moved down; NotImplementedError for floats.

    >>> autograd.tensor([4, -3]) >> 1
    tensor([ 2, -2])
    """
    return np.right_shift(of_kind("iu", x, y), y)


@op(symbol="gcd", promotes=True)
def gcd(x, y):
    """The greatest common divisor of integers; NotImplementedError for floats and bools.

    >>> autograd.tensor([12, 7]).gcd(autograd.tensor([18, 3]))
    tensor([6, 1])
    """
    return np.gcd(of_kind("iu", x, y), y)


@op(symbol="lcm", promotes=True)
def lcm(x, y):
    """The least common multiple of integers; NotImplementedError for floats and bools.

    >>> autograd.tensor([12, 7]).lcm(autograd.tensor([18, 3]))
    tensor([36, 21])
    """
    return np.lcm(of_kind("iu", x, y), y)
