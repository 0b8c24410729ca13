"""Differences between neighbours, and areas under a curve given by points."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from ..ops.joining import cat
from ..ops.shape import along
from ..types.dtypes import get_default_dtype
from .registry import function, method


def _neighbours(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """All but the last along ``axis``, and all but the first."""
    return x[along(axis, slice(None, -1))], x[along(axis, slice(1, None))]


@method()
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """``xᵢ₊₁ - xᵢ`` along ``dim``, n times over; of bools, whether they differ.

    prepend, append: what to put before and after, of the shape of ``input`` but for ``dim``.

    >>> autograd.tensor([1, 3, 6]).diff()
    tensor([2, 3])
    """
    if not input.ndim:
        raise RuntimeError("diff: expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"diff: order must be non-negative but got {n}")
    axis = check_dim("diff", dim, input.ndim)
    for beside in (prepend, append):
        if beside is not None and (
            beside.ndim != input.ndim
            or any(i != axis and a != b for i, (a, b) in enumerate(zip(input.shape, beside.shape)))
        ):
            raise RuntimeError(
                f"diff: expects what is prepended or appended to have the shape {tuple(input.shape)} but for dimension "
                f"{axis}, not {tuple(beside.shape)}"
            )
    parts = [part for part in (prepend, input, append) if part is not None]
    x = cat(parts, axis) if n and len(parts) > 1 else input.clone()
    for _ in range(min(n, x.shape[axis])):
        before, after = _neighbours(x, axis)
        x = after != before if x.array.dtype.kind == "b" else after - before
    return x


def _trapezoids(name: str, y: Tensor, x: Tensor | None, dx: Any, dim: int) -> tuple[Tensor, int]:
    """The area under each pair of neighbours along ``dim``, and ``dim`` from the front."""
    if not y.ndim:
        raise IndexError(f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    axis = check_dim(name, dim, y.ndim)
    if x is not None and dx is not None:
        raise TypeError(f"{name}: got both x and dx, two ways to say how wide a step is")
    for given in (y, x):
        if given is not None and given.array.dtype.kind == "b":
            raise RuntimeError(f"{name}: received a bool Tensor, but bool is not supported")
    # The sum of two small integers may be none.
    floating = x.dtype if x is not None and x.is_floating_point() else get_default_dtype()
    before, after = _neighbours(y if y.is_floating_point() else y.to(floating), axis)
    if x is None:
        return (before + after) * (0.5 * (1 if dx is None else dx)), axis
    if x.ndim == 1 or not y.shape[axis]:
        if x.numel() != y.shape[axis]:
            raise RuntimeError(
                f"{name}: there must be one x value for each sample point: {x.numel()} for {y.shape[axis]}"
            )
        x = x.reshape((-1,) + (1,) * (y.ndim - 1 - axis))
    x = x.reshape((1,) * (y.ndim - x.ndim) + tuple(x.shape))
    left, right = _neighbours(x, axis)
    return (before + after) * (right - left) / 2, axis


@function("trapezoid", "trapz")
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The area under the points y along ``dim``, by trapezoids: ``dx`` (1) apart, or at the places ``x``.

    >>> autograd.trapezoid(autograd.tensor([1., 2., 4.]))
    tensor(4.5000)
    """
    areas, axis = _trapezoids("trapezoid", y, x, dx, dim)
    return areas.sum(axis)


@function()
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The areas under the first 2, 3, ... points; see `trapezoid`.

    >>> autograd.cumulative_trapezoid(autograd.tensor([1., 2., 4.]))
    tensor([1.5000, 4.5000])
    """
    areas, axis = _trapezoids("cumulative_trapezoid", y, x, dx, dim)
    return areas.cumsum(axis)


@function()
def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slope along each dimension (or each of ``dim``) of a function given by its values on a grid.

    spacing: the step, or a vector of coordinates; one for all dimensions or a list of one each. Slopes are exact for
    parabolas inside, and at the edges for lines (edge_order 1) or parabolas (2).

    >>> autograd.gradient(autograd.tensor([1., 4., 9., 16.]))
    (tensor([3., 4., 6., 7.]),)
    """
    dims = range(input.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [check_dim("gradient", d, input.ndim) for d in dims]
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"gradient: dim {list(dims)} appears multiple times in the list of dims")
    if input.array.dtype.kind in "bu":
        raise RuntimeError(f"gradient: does not support {input.dtype} input; make it floats, as in x.float()")
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: only supports edge_order=1 and edge_order=2, not {edge_order}")
    spacing = 1 if spacing is None else spacing
    spacings = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    if len(spacings) != len(axes):
        raise RuntimeError(f"gradient: expected a spacing for each of {len(axes)} dimensions, but got {len(spacings)}")
    return tuple(_slopes(input, axis, step, edge_order) for axis, step in zip(axes, spacings))


def _slopes(f: Tensor, axis: int, spacing: Any, edge_order: int) -> Tensor:
    length = f.shape[axis]
    if length < edge_order + 1:
        raise RuntimeError(
            f"gradient: expected each dimension to have at least {edge_order + 1} elements, not {tuple(f.shape)}"
        )
    uneven = isinstance(spacing, Tensor) and spacing.ndim > 0
    if uneven:
        if tuple(spacing.shape) != (length,):
            raise RuntimeError(f"gradient: expected {length} coordinates, but got spacing of {tuple(spacing.shape)}")
        # Integers would wrap around where coordinates decrease.
        if not spacing.is_floating_point():
            spacing = spacing.to(f.dtype) if f.is_floating_point() else spacing.float()
        steps = diff(spacing)
    else:
        steps = wrap(np.ones(length - 1, f.array.dtype if f.is_floating_point() else np.float32), None) * spacing
    steps = steps.reshape((-1,) + (1,) * (f.ndim - 1 - axis))

    def at(x: Tensor, start: int | None, stop: int | None) -> Tensor:
        return x[along(axis, slice(start, stop))]

    rise = diff(f, dim=axis) / steps
    # Where a step a meets a step b: the mean of both slopes, weighed by b and a. For equal steps the middle cancels.
    a, b = steps[:-1], steps[1:]
    inside = at(rise, None, -1) * b + at(rise, 1, None) * a if uneven else at(f, 2, None) - at(f, None, -2)
    inside = inside / (a + b)
    first, last = at(rise, None, 1), at(rise, -1, None)
    if edge_order == 2:
        first = first + (first - at(rise, 1, 2)) * (steps[:1] / (steps[:1] + steps[1:2]))
        last = last + (last - at(rise, -2, -1)) * (steps[-1:] / (steps[-1:] + steps[-2:-1]))
    return cat([first, inside, last], axis)
