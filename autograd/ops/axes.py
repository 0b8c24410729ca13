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
