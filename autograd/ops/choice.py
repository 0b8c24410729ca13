"""Ops that choose between numbers: the larger, the smaller, one within bounds, one of another sign."""

from __future__ import annotations

import numpy as np

from .arithmetic import where
from .comparison import check_same_dtype, isfinite, isnan
from .op import op
from .pointwise import of_kind, zero
from .shape import cast


@op(derivative=("1 where x > y, ½ where equal, else 0", "1 where y > x, ½ where equal, else 0"))
def maximum(x, y):
    """The larger of the two; NaN if either is.

    >>> autograd.tensor([1., 5.]).maximum(autograd.tensor([3., 2.]))
    tensor([3., 5.])
    """
    return np.maximum(x, y)


@op(derivative=("1 where x < y, ½ where equal, else 0", "1 where y < x, ½ where equal, else 0"))
def minimum(x, y):
    """The smaller of the two; NaN if either is.

    >>> autograd.tensor([1., 5.]).minimum(autograd.tensor([3., 2.]))
    tensor([1., 2.])
    """
    return np.minimum(x, y)


def share_of(g, lost, equal):
    """Nothing of ``g`` where the comparison is ``lost``, half where the two are ``equal``, else (beside NaN) all."""
    return g * (1 - cast(lost, g.dtype) - cast(equal, g.dtype) * 0.5)


maximum.elementwise(lambda g, out, x, y: share_of(g, x < y, x == y),
                    lambda g, out, x, y: share_of(g, x > y, x == y))  # fmt: skip
minimum.elementwise(lambda g, out, x, y: share_of(g, x > y, x == y),
                    lambda g, out, x, y: share_of(g, x < y, x == y))  # fmt: skip


@op(derivative=("1 where x ≥ y or y is NaN, else 0", "1 where y > x or x is NaN, else 0"))
def fmax(x, y):
    """The larger of the two, or the other one if one is NaN.

    >>> autograd.tensor([1., float("nan")]).fmax(autograd.tensor([3., 2.]))
    tensor([3., 2.])
    """
    return np.fmax(x, y)


fmax.elementwise(lambda g, out, x, y: where((x >= y) | isnan(y), g, 0.0),
                 lambda g, out, x, y: where((x >= y) | isnan(y), 0.0, g))  # fmt: skip


@op(derivative=("1 where x ≤ y or y is NaN, else 0", "1 where y < x or x is NaN, else 0"))
def fmin(x, y):
    """The smaller of the two, or the other one if one is NaN.

    >>> autograd.tensor([1., float("nan")]).fmin(autograd.tensor([3., 2.]))
    tensor([1., 2.])
    """
    return np.fmin(x, y)


fmin.elementwise(lambda g, out, x, y: where((x <= y) | isnan(y), g, 0.0),
                 lambda g, out, x, y: where((x <= y) | isnan(y), 0.0, g))  # fmt: skip


@op(
    derivative=("1 where min ≤ x ≤ max, else 0", "1 where x < min, else 0", "1 where x > max, else 0"),
    aliases=("clip",),
)
def clamp(x, min=None, max=None):
    """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None.

    >>> autograd.tensor([-2., 0.5, 2.]).clamp(0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("At least one of 'min' or 'max' must not be None")
    if min is not None:
        x = np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


def inside(x, min, max):
    """Where ``x`` is not cut off."""
    if min is None:
        return x <= max
    return x >= min if max is None else (x >= min) & (x <= max)


clamp.elementwise(
    lambda g, out, x, min, max: where(inside(x, min, max), g, 0.0),
    lambda g, out, x, min, max: where(x < min if max is None else (x < min) & (min < max), g, 0.0),
    lambda g, out, x, min, max: where(x > max if min is None else (x > max) | (max < min), g, 0.0),
)


@op(symbol="finite", derivative="1 where x is finite, else 0")
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    """``x`` with ``nan`` for NaN, ``posinf`` and ``neginf`` for ±inf (None: the largest and the least of the dtype).

    >>> autograd.tensor([1., float("nan"), float("inf")]).nan_to_num(posinf=9.)
    tensor([1., 0., 9.])
    """
    return np.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


nan_to_num.elementwise(lambda g, out, x, nan, posinf, neginf: where(isfinite(x), g, 0.0))


@op(symbol="step", in_place=True)
def heaviside(x, values):
    """1 where x > 0, ``values`` (a Tensor of the same dtype) where x = 0, else 0.

    >>> autograd.tensor([-2., 0., 2.]).heaviside(autograd.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    check_same_dtype(x, values)
    return np.where(x == 0, values, (x > 0).astype(x.dtype))


@op(
    symbol="copysign",
    derivative=("∂out/∂x = out/x, 0 at 0", "∂out/∂y = 0"),
    floating=True,
)
def copysign(x, y):
    """``|x|`` with the sign of ``y``, which -0 has too.

    >>> autograd.tensor([1., -2.]).copysign(autograd.tensor([-0., 3.]))
    tensor([-1.,  2.])
    """
    return np.copysign(x, y)


copysign.elementwise(lambda g, out, x, y: where(x == 0, 0.0, g * (out / x)),
                     lambda g, out, x, y: zero(g))  # fmt: skip


@op(derivative=("1 where x ≠ y, else 0", "0"))
def nextafter(x, y):
    """The float next to ``x`` on the way to ``y``; NotImplementedError for integers.

    >>> autograd.tensor([1.]).nextafter(autograd.tensor([2.])) > 1
    tensor([True])
    """
    return np.nextafter(of_kind("f", x, y), y)


nextafter.elementwise(lambda g, out, x, y: where(x != y, g, 0.0),
                      lambda g, out, x, y: zero(g))  # fmt: skip
