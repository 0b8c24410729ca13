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


@op
def isnan(x):
    """Whether each element is NaN.

    >>> autograd.tensor([1., float("nan")]).isnan()
    tensor([False,  True])
    """
    return np.isnan(x)


@op
def isinf(x):
    """Whether each element is infinite.

    >>> autograd.tensor([1., float("inf")]).isinf()
    tensor([False,  True])
    """
    return np.isinf(x)


@op
def isfinite(x):
    """Whether each element is neither infinite nor NaN.

    >>> autograd.tensor([1., float("inf")]).isfinite()
    tensor([ True, False])
    """
    return np.isfinite(x)


@op
def isposinf(x):
    """Whether each element is inf.

    >>> autograd.tensor([1., float("inf")]).isposinf()
    tensor([False,  True])
    """
    return x == np.inf


@op
def isneginf(x):
    """Whether each element is -inf.

    >>> autograd.tensor([1., float("-inf")]).isneginf()
    tensor([False,  True])
    """
    return x == -np.inf


@op
def isreal(x):
    """Whether each element is a real number, as all are here.

    >>> autograd.tensor([1., 2.]).isreal()
    tensor([True, True])
    """
    return np.isreal(x)


@op
def signbit(x):
    """Whether each element is negative, as -0 is too.

    >>> autograd.tensor([0., -0.]).signbit()
    tensor([False,  True])
    """
    return np.signbit(x)


@op(symbol="≈")
def isclose(x, y, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether ``|x - y| ≤ atol + rtol·|y|``, or x = y; both of one dtype. RuntimeError for negative tolerances.

    equal_nan: whether NaN is close to NaN.

    >>> autograd.tensor([1., 2.]).isclose(autograd.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    check_same_dtype(x, y)
    if not (rtol >= 0 and atol >= 0):
        raise RuntimeError(f"rtol and atol must be greater than or equal to zero, but got {rtol} and {atol}")
    return np.isclose(x, y, rtol, atol, equal_nan)


def check_same_dtype(x, y):
    """Raise TypeError unless both are arrays, RuntimeError unless of one dtype."""
    if not (hasattr(x, "dtype") and hasattr(y, "dtype")):
        raise TypeError("expected two Tensors, not a Tensor and a number")
    if x.dtype != y.dtype:
        raise RuntimeError(f"expected two Tensors of one dtype, but got {x.dtype} and {y.dtype}")


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


@op(in_place=True)
def logical_not(x):
    """Whether each element is zero.

    >>> ~autograd.tensor([True, False])
    tensor([False,  True])
    """
    return np.logical_not(x)
