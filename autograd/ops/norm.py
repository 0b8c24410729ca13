"""The length of a vector."""

from __future__ import annotations

import math

import numpy as np

from . import broadcasting
from .arithmetic import where
from .broadcasting import axes, spread
from .comparison import isnan
from .op import op
from .pointwise import abs, sign, zero
from .reduction import counted
from .shape import cast, cast_first
from .summing import total


@op(
    symbol="‖x‖",
    derivative="∂‖x‖₂/∂xᵢ = xᵢ/‖x‖₂",
    level="internal",
    aliases=("linalg.vector_norm",),
    backward="LinalgVectorNormBackward0",
)
def vector_norm(x, ord=2, dim=None, keepdim=False):
    """``(Σ|xᵢ|ᵖ)^(1/p)`` of all elements, or over ``dim``, with p = ``ord``.

    inf is for ``max |xᵢ|``, -inf for ``min |xᵢ|``; 0 counts what is not 0. At 0 the gradient is 0.
    RuntimeError for integers without a ``dtype`` of floats.

    >>> autograd.linalg.vector_norm(autograd.tensor([3., -4.]))
    tensor(5.)
    """
    if x.dtype.kind != "f":
        raise RuntimeError(f"expected a Tensor of floats, not {x.dtype}; convert it, as in x.float()")
    if isinstance(ord, str):
        raise TypeError(f"ord must be a number, not {ord!r}")
    if (ord < 0 or ord == math.inf) and not counted(x.shape, dim):
        raise RuntimeError(f"cannot compute the {ord} norm of nothing, as it has no identity")
    reduced = axes(dim, x.ndim)
    over = {"axis": reduced, "keepdims": keepdim}
    # Powers of float16 overflow quickly.
    size = np.abs(x, dtype=np.result_type(x, np.float32))
    if ord != 0 and counted(x.shape, dim) == 1:
        # Whatever the order: a power of it might be 0 or infinite.
        norm = np.max(size, **over)
    elif math.isinf(ord):
        norm = (np.max if ord > 0 else np.min)(size, **over)
    elif ord == 0:
        norm = np.sum(x != 0, **over)
    elif ord == 2:
        norm = np.sqrt(total(size * size, reduced, keepdim))
    else:
        norm = total(size**ord, reduced, keepdim) ** (1 / ord)
    return norm.astype(x.dtype)


def uphill(g, out, x, p, dim):
    """``g`` times the gradient of `vector_norm`, as PyTorch has it where there is none: 0 at 0, shared among equals.

    There its own derivative is NaN, since nothing is divided by in a way that hides it: 0 would be wrong for |x|².
    """
    if p == 0:
        return zero(x) * spread(g, x.shape, dim)
    g, out = spread(g, x.shape, dim), spread(out, x.shape, dim)
    if p == 1:
        return sign(x) * g
    if p == 2:
        # Of arrays with fewer passes over them, unless a norm is so small that its inverse is infinite.
        scale = unless_0(out, g / out) if isinstance(g, np.ndarray) else None
        return x * scale if scale is not None and np.isfinite(scale).all() else g * unless_0(out, x / out)
    if math.isinf(p):
        chosen = cast((abs(x) == out) | isnan(x), x.dtype)
        return sign(x) * chosen * (g / broadcasting.sum(chosen, dim, True))
    if counted(x.shape, dim) == 1:
        return sign(x) * g
    if p < 1:
        return sign(x) * unless_0(x, abs(x) ** (p - 1)) * (g * out ** (1 - p))
    direction = sign(x) * abs(x) ** (p - 1) if p < 2 else x * abs(x) ** (p - 2)
    return direction * unless_0(out, g / out ** (p - 1))


def unless_0(x, y):
    """``y``, and 0 where ``x`` is 0."""
    return where(x == 0, 0.0, y)


vector_norm.vjp(lambda g, out, x, ord, dim, keepdim: uphill(g, out, x, ord, dim))
cast_first(vector_norm)
