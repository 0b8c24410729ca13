"""Dimensions by number, counted from either end."""

from __future__ import annotations

import operator

import numpy as np


def axis_of(dim, ndim):
    """``dim`` counted from the front; IndexError if there is no such dimension. NumPy's own looks at 32 bits of it."""
    dim = operator.index(dim)
    if not -ndim <= dim < ndim:
        raise np.exceptions.AxisError(dim, ndim)
    return dim + ndim if dim < 0 else dim


def different_axes(dims, ndim):
    """Each of ``dims`` counted from the front, where a number has one dimension; RuntimeError if two are the same."""
    found = tuple([axis_of(dim, max(ndim, 1)) for dim in dims])
    if len(set(found)) < len(found):
        again = next(axis for i, axis in enumerate(found) if axis in found[:i])
        raise RuntimeError(f"dim {again} appears multiple times in the list of dims")
    return found
