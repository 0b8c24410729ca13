"""Distances between points."""

from __future__ import annotations

import math

import numpy as np

from .arithmetic import where
from .broadcasting import sum, sum_to_size
from .op import InvalidValue, op
from .pointwise import abs, sign, zero
from .shape import unsqueeze
from .summing import in_float32, total

MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)


@op(derivative=("∂‖xᵢ-yⱼ‖/∂xᵢ = (xᵢ-yⱼ)/‖xᵢ-yⱼ‖ for p = 2", "its negative"), level="function")
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The distances ``‖xᵢ - yⱼ‖ₚ`` of all pairs of points, the rows of two matrices or stacks of them.

    x1 (..., n, features), x2 (..., m, features); gives (..., n, m). compute_mode changes nothing.

    >>> autograd.cdist(autograd.tensor([[0., 0.], [0., 4.]]), autograd.tensor([[3., 0.]]))
    tensor([[3.],
            [5.]])
    """
    for name, x in (("X1", x1), ("X2", x2)):
        if x.dtype.kind != "f":
            raise RuntimeError(f"only supports floating-point dtypes, {name} got: {x.dtype}")
        if x.ndim < 2:
            raise RuntimeError(f"only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if not p >= 0:
        raise RuntimeError("only supports non-negative p values")
    if compute_mode not in MODES:
        raise InvalidValue(f"{compute_mode} is not a valid value for compute_mode")
    if p == 2 and x1.ndim == x2.ndim == 2 and x1.size and x2.size:
        from scipy.spatial.distance import cdist as euclidean

        # Of two sets of points, without an array of all differences.
        return euclidean(x1, x2).astype(x1.dtype)
    if x1.dtype.char == "e":
        return in_float32(cdist.forward, x1, x2, p)
    size = np.abs(x1[..., :, None, :] - x2[..., None, :, :])
    if p == 0:
        return np.add.reduce(size != 0, -1, x1.dtype)
    if p == math.inf:
        return np.max(size, -1, initial=0)
    if p == 2:
        return np.sqrt(total(size * size, (size.ndim - 1,)))
    return total(size**p, (size.ndim - 1,)) ** (1 / p)


def by_point(g, out, x, y, p):
    """The gradient of x: from each distance the part of ``g`` that goes back to its point, none from a distance 0."""
    if p == 2:
        weight = g / where(out == 0, math.inf, out)
        return sum_to_size(sum(weight, -1, True) * x - weight @ y, x.shape)
    difference = unsqueeze(x, -2) - unsqueeze(y, -3)
    return sum_to_size(sum(unsqueeze(g, -1) * slope(difference, unsqueeze(out, -1), p), -2), x.shape)


def slope(x, norm, p):
    """``∂‖x‖ₚ/∂xᵢ``, and 0 where xᵢ is 0."""
    if p == 0:
        return zero(x)
    if p == 1:
        return sign(x)
    if p == math.inf:
        return sign(x) * (abs(x) == norm)
    return sign(x) * (where(x == 0, 1.0, abs(x)) / where(norm == 0, 1.0, norm)) ** (p - 1)


cdist.vjp(
    lambda g, out, x1, x2, p, compute_mode: by_point(g, out, x1, x2, p),
    lambda g, out, x1, x2, p, compute_mode: by_point(g.mT, out.mT, x2, x1, p),
)
