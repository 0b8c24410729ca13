"""Integers near a number: all steps, so their derivative is 0."""

from __future__ import annotations

import numpy as np

from .op import op
from .pointwise import of_kind, zero


@op(symbol="⌊x⌋", derivative="∂⌊x⌋/∂x = 0")
def floor(x):
    """The next integer below, as a float.

    >>> autograd.tensor([-1.5, 1.5]).floor()
    tensor([-2.,  1.])
    """
    return np.floor(of_kind("iuf", x))


@op(symbol="⌈x⌉", derivative="∂⌈x⌉/∂x = 0")
def ceil(x):
    """The next integer above, as a float.

    >>> autograd.tensor([-1.5, 1.5]).ceil()
    tensor([-1.,  2.])
    """
    return np.ceil(of_kind("iuf", x))


@op(symbol="trunc", derivative="∂(trunc x)/∂x = 0", aliases=("fix",))
def trunc(x):
    """The integer part, as a float.

    >>> autograd.tensor([-1.5, 1.5]).trunc()
    tensor([-1.,  1.])
    """
    return np.trunc(of_kind("iuf", x))


@op(symbol="round", derivative="∂(round x)/∂x = 0", aliases=("special.round",))
def round(x, decimals=0):
    """Rounded to ``decimals`` places, halves to the even neighbour; NotImplementedError for places of integers.

    >>> autograd.tensor([0.5, 1.5, 2.6]).round()
    tensor([0., 2., 3.])
    """
    of_kind("f" if decimals else "iuf", x)
    if decimals and x.dtype.char == "e":
        # Shifted by the decimals, a number may be too large for float16.
        return np.round(x.astype(np.float32), decimals).astype(x.dtype)
    return np.round(x, decimals)


for step in (floor, ceil, trunc):
    step.elementwise(lambda g, out, x: zero(g))
round.elementwise(lambda g, out, x, decimals: zero(g))


@op(symbol="frac", derivative="∂(frac x)/∂x = 1")
def frac(x):
    """What `trunc` leaves: ``x - trunc x``, with the sign of x; NotImplementedError for integers.

    >>> autograd.tensor([-1.5, 2.25]).frac()
    tensor([-0.5000,  0.2500])
    """
    return of_kind("f", x) - np.trunc(x)


frac.elementwise(lambda g, out, x: g)
