"""Tensors of numbers at even distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..types.dtypes import dtype as Dtype
from .arguments import finish, kind, with_layout, with_out


def numbers_of(name: str, *values: Any) -> list[Any]:
    """``values`` as Python numbers: 0-d Tensors are asked for theirs. RuntimeError for more dimensions."""
    for value in values:
        if isinstance(value, Tensor) and value.ndim:
            raise RuntimeError(
                f"{name}: only supports 0-dimensional Tensors, but got one of shape {tuple(value.shape)}"
            )
        if not isinstance(value, (Tensor, int, float, np.number)):
            raise TypeError(f"{name}(): expected numbers, not {type(value).__name__}")
    return [value.item() if isinstance(value, (Tensor, np.generic)) else value for value in values]


@with_out
@with_layout
def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``start, start + step, ...`` up to but without ``end``; from 0 if there is one argument.

    Integers if all are, else the default dtype. RuntimeError if ``step`` doesn't lead from one to the other.

    >>> autograd.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    first, last, by = numbers_of("arange", 0 if start is None else start, end, step)
    whole = all(isinstance(value, int) for value in (first, last, by))
    wanted = np.dtype(np.int64) if whole and dtype is None else kind(dtype)
    if wanted.kind == "b":
        raise NotImplementedError("arange: not for bool")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"arange: unsupported range: {first} -> {last}")
    if wanted == np.int64:
        first, last, by = int(first), int(last), int(by)
    if by == 0:
        raise RuntimeError("arange: step must be nonzero")
    if (last - first) / by < 0:
        raise RuntimeError(
            f"arange: upper bound and lower bound inconsistent with step sign: {by} doesn't lead from {first} to {last}"
        )
    count = -((first - last) // by) if whole else math.ceil((last - first) / by)
    return finish((first + by * np.arange(count)).astype(wanted), requires_grad, device)


@with_out
@with_layout
def linspace(
    start: Any, end: Any, steps: int, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers evenly spaced from ``start`` to ``end``, both included.

    >>> autograd.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    return finish(spaced("linspace", start, end, steps, kind(dtype)).astype(kind(dtype)), requires_grad, device)


@with_out
@with_layout
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``base`` to the powers of ``linspace(start, end, steps)``.

    >>> autograd.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    powers = spaced("logspace", start, end, steps, kind(dtype))
    return finish(np.power(powers.dtype.type(base), powers).astype(kind(dtype)), requires_grad, device)


def spaced(name: str, start: Any, end: Any, steps: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """``steps`` numbers from ``start`` to ``end``, each reckoned from the nearer end.

    In floats: of ``dtype``, or of float64 where that is an integer.
    """
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool):
        raise TypeError(f"{name}(): argument 'steps' must be an int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"{name}: number of steps must be non-negative, not {steps}")
    exact = np.dtype(np.float64) if dtype.kind != "f" else dtype
    first, last = (exact.type(dtype.type(number)) for number in numbers_of(name, start, end))
    step = (last - first) / exact.type(steps - 1) if steps > 1 else exact.type(0)
    up = np.arange(steps).astype(exact)
    return np.where(up < steps // 2 + (steps == 1), first + step * up, last - step * up[::-1])
