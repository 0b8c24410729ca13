"""Ops whose result is True or False; nothing passes back through them."""

from __future__ import annotations

import numpy as np

from .op import op


@op(symbol="=", promotes=True)
def eq(x, y):
    """``x == y``, element by element.

    >>> autograd.tensor([1, 2]) == 2
    tensor([False,  True])
    """
    return np.equal(x, y)


@op(symbol="≠", promotes=True, aliases=("not_equal",))
def ne(x, y):
    """``x != y``, element by element.

    >>> autograd.tensor([1, 2]) != 2
    tensor([ True, False])
    """
    return np.not_equal(x, y)


@op(symbol="<", promotes=True, aliases=("less",))
def lt(x, y):
    """``x < y``, element by element.

    >>> autograd.tensor([1, 2]) < 2
    tensor([ True, False])
    """
    return np.less(x, y)


@op(symbol="≤", promotes=True, aliases=("less_equal",))
def le(x, y):
    """``x <= y``, element by element.

    >>> autograd.tensor([1, 2]) <= 1
    tensor([ True, False])
    """
    return np.less_equal(x, y)


@op(symbol=">", promotes=True, aliases=("greater",))
def gt(x, y):
    """``x > y``, element by element.

    >>> autograd.tensor([1, 2]) > 1
    tensor([False,  True])
    """
    return np.greater(x, y)


@op(symbol="≥", promotes=True, aliases=("greater_equal",))
def ge(x, y):
    """``x >= y``, element by element.

    >>> autograd.tensor([1, 2]) >= 2
    tensor([False,  True])
    """
    return np.greater_equal(x, y)


@op(symbol="∧", promotes=True)
def logical_and(x, y):
    """Whether both are nonzero, element by element.

    >>> autograd.tensor([True, False]).logical_and(autograd.tensor([True, True]))
    tensor([ True, False])
    """
    return np.logical_and(x, y)


@op(symbol="∨", promotes=True)
def logical_or(x, y):
    """Whether either is nonzero, element by element.

    >>> autograd.tensor([True, False]).logical_or(autograd.tensor([False, False]))
    tensor([ True, False])
    """
    return np.logical_or(x, y)


@op(symbol="⊕", promotes=True)
def logical_xor(x, y):
    """Whether just one is nonzero, element by element.

    >>> autograd.tensor([True, False]).logical_xor(autograd.tensor([True, True]))
    tensor([False,  True])
    """
    return np.logical_xor(x, y)


@op(symbol="&", promotes=True)
def bitwise_and(x, y):
    """``x & y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([True, True]) & autograd.tensor([True, False])
    tensor([ True, False])
    """
    return np.bitwise_and(whole(x), whole(y))


@op(symbol="|", promotes=True)
def bitwise_or(x, y):
    """``x | y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([1, 2]) | 4
    tensor([5, 6])
    """
    return np.bitwise_or(whole(x), whole(y))


@op(symbol="⊕", promotes=True)
def bitwise_xor(x, y):
    """``x ^ y`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> autograd.tensor([1, 2]) ^ 3
    tensor([2, 1])
    """
    return np.bitwise_xor(whole(x), whole(y))


@op(symbol="~")
def bitwise_not(x):
    """``~x`` of integers or bools, bit by bit; NotImplementedError for floats.

    >>> ~autograd.tensor([True, False])
    tensor([False,  True])
    """
    return np.invert(whole(x))


def whole(x):
    """``x``, unless it is a float: bits are for integers and bools."""
    if isinstance(x, float) or getattr(x, "dtype", np.dtype(bool)).kind == "f":
        raise NotImplementedError("not implemented for floating-point Tensors; compare first, as in x > 0")
    return x
