"""Which values there are, and how many of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.tensor import Tensor, check_dim, wrap
from .registry import function, method
from .results import parts

Array = np.ndarray[Any, Any]


class Histogram(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor


class HistogramDD(NamedTuple):
    """What `histogramdd` returns."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]


@method()
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different elements in order, or the different slices along ``dim``. No NaN equals another.

    return_inverse: also where among them each element of ``input`` is. return_counts: also how often each occurs.

    >>> autograd.tensor([3, 1, 1]).unique(return_counts=True)
    (tensor([1, 3]), tensor([2, 1]))
    """
    return _different("unique", input, True, return_inverse, return_counts, dim)


@method()
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """One of each run of equal elements, or of equal slices along ``dim``; see `unique`.

    >>> autograd.tensor([1, 1, 3, 1]).unique_consecutive()
    tensor([1, 3, 1])
    """
    return _different("unique_consecutive", input, False, return_inverse, return_counts, dim)


def _different(name: str, x: Tensor, in_order: bool, return_inverse: bool, return_counts: bool, dim: Any) -> Any:
    axis = None if dim is None else check_dim(name, dim, x.ndim)
    if axis is not None and not x.ndim:
        raise IndexError(f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    # Each candidate is a row.
    candidates = x.array.reshape(-1) if axis is None else np.moveaxis(x.array, axis, 0)
    count = len(candidates)
    if axis is not None and not x.numel() and (count or 0 in candidates.shape[1:]):
        raise RuntimeError(
            f"{name}: there are no slices to compare along {dim}: the shape {tuple(x.shape)} has other sizes of 0"
        )
    rows = candidates.reshape(count, -1) if x.numel() else np.empty((count, 1), x.array.dtype)
    order = np.lexsort(rows.T[::-1]) if in_order else np.arange(count)
    rows = rows[order]
    begins = np.ones(count, bool)
    begins[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    starts = np.flatnonzero(begins)
    found = candidates[order[starts]]
    results = [found if axis is None else np.moveaxis(found, 0, axis)]
    if return_inverse:
        inverse = np.empty(count, np.int64)
        inverse[order] = np.cumsum(begins) - 1
        results.append(inverse.reshape(x.array.shape) if axis is None else inverse)
    if return_counts:
        results.append(np.diff(np.append(starts, count)))
    tensors = tuple(wrap(np.array(result), None) for result in results)
    return tensors if len(tensors) > 1 else tensors[0]


@method()
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often 0, 1, 2, ... occur in a vector of integers, or the sum of the weights where they do.

    >>> autograd.tensor([0, 2, 2]).bincount()
    tensor([1, 0, 2])
    """
    x = input.array
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount: not implemented for {input.dtype}; make it integers, as in x.long()")
    if x.ndim != 1 or x.min(initial=0) < 0:
        raise RuntimeError(f"bincount: only supports 1-d non-negative integral inputs (shape {x.shape})")
    if not 0 <= minlength < 1 << 63:
        raise RuntimeError(f"bincount: minlength should be >= 0 and have 63 bits at most, but it is {minlength}")
    if not x.size:
        # Nothing is weighed, so the counts are counts.
        return wrap(np.zeros(minlength, np.int64), None)
    if (most := int(x.max())) >= np.iinfo(np.int64).max:
        raise RuntimeError(f"bincount: maximum value of input overflowed, it should be < {2**63 - 1} but got {most}")
    if weights is None:
        return wrap(np.bincount(x, minlength=minlength), None)
    if weights.array.shape != x.shape:
        raise RuntimeError(
            f"bincount: weights should be 1-d and have the same length as input: {tuple(weights.shape)}, {x.shape}"
        )
    dtype = weights.array.dtype if weights.array.dtype == np.float32 else np.float64
    return wrap(np.bincount(x, weights.array, minlength).astype(dtype), None)


def _floats(name: str, x: Tensor) -> Array:
    if not x.is_floating_point():
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}; make it floats, as in x.float()")
    return x.array


def _limits(name: str, x: Array, given: Sequence[float] | None, margin: float) -> tuple[float, float]:
    """The limits given, or else those of the values; where they are equal, each a margin further out."""
    low, high = map(float, given or ((x.min(), x.max()) if x.size else (0.0, 1.0)))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"{name}: range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"{name}: max must be larger than min, not [{low}, {high}]")
    return (low - margin, high + margin) if low == high else (low, high)


@method()
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements fall into each of ``bins`` equal parts of [min, max]; for equal limits, of their range.

    >>> autograd.tensor([1., 2., 2., 5.]).histc(4, 1, 5)
    tensor([1., 2., 0., 1.])
    """
    x = _floats("histc", input)
    if bins <= 0:
        raise RuntimeError(f"histc: bins must be > 0, but got {bins}")
    limits = _limits("histc", x, None if min == max and x.size else (min, max), 1.0)
    return wrap(np.histogram(x[~np.isnan(x)], bins, limits)[0].astype(x.dtype), None)


@method()
@parts(Histogram)
def histogram(
    input: Tensor,
    bins: Any,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Histogram:
    """``(hist, bin_edges)``: how many elements, or what weight of them, fall between neighbouring edges.

    bins: how many in ``range`` (by default that of the elements), or a vector of edges. density: as a share of the
    whole per unit of width.

    >>> autograd.tensor([1., 2., 2., 5.]).histogram(2, range=(1., 5.))
    Histogram(hist=tensor([3., 1.]), bin_edges=tensor([1., 3., 5.]))
    """
    x = _floats("histogram", input).reshape(-1, 1)
    hist, edges = _histogram("histogram", x, [bins], range, weight, density)
    return Histogram(hist, edges[0])


@function()
@parts(HistogramDD)
def histogramdd(
    input: Tensor,
    bins: Any,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> HistogramDD:
    """`histogram` of points (..., d) in d dimensions; bins: one for all, or a list of one for each of the d.

    range: the lower and the upper limit of each dimension, one after the other.

    >>> autograd.histogramdd(autograd.tensor([[0., 1.], [1., 0.], [1., 1.]]), 2).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    x = _floats("histogramdd", input)
    if x.ndim < 2 or not x.shape[-1]:
        raise RuntimeError(f"histogramdd: expected points of shape (..., d), not {x.shape}")
    x = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    each = list(bins) if isinstance(bins, (list, tuple)) else [bins] * x.shape[1]
    if len(each) != x.shape[1]:
        raise RuntimeError(f"histogramdd: expected bins for each of {x.shape[1]} dimensions, but got {len(each)}")
    return HistogramDD(*_histogram("histogramdd", x, each, range, weight, density))


def _histogram(
    name: str, x: Array, bins: Sequence[Any], limits: Any, weight: Tensor | None, density: bool
) -> tuple[Tensor, tuple[Tensor, ...]]:
    if limits is not None and len(limits) != 2 * x.shape[1]:
        raise RuntimeError(f"{name}: expected range to have {2 * x.shape[1]} elements, but got {len(limits)}")
    if weight is not None and weight.numel() != len(x):
        raise RuntimeError(f"{name}: expected a weight for each of {len(x)} points, but got {tuple(weight.shape)}")
    edges = []
    for i, count in enumerate(bins):
        if isinstance(count, Tensor):
            edges.append(count.array)
            continue
        if count <= 0:
            raise RuntimeError(f"{name}: bins must be > 0, but got {count} for dimension {i}")
        edges.append(
            np.linspace(*_limits(name, x[:, i], limits and limits[2 * i : 2 * i + 2], 0.5), count + 1, dtype=x.dtype)
        )
    inside = np.ones(len(x), bool)
    places = []
    for values, edge in zip(x.T, edges):
        inside &= (values >= edge[0]) & (values <= edge[-1])
        # Only the last bin includes its upper edge.
        places.append(np.minimum(np.searchsorted(edge, values, "right"), len(edge) - 1) - 1)
    shape = [len(edge) - 1 for edge in edges]
    flat = np.ravel_multi_index([place[inside] for place in places], shape)
    weights = None if weight is None else weight.array.reshape(-1)[inside]
    hist = np.bincount(flat, weights, math.prod(shape)).reshape(shape).astype(x.dtype)
    if density:
        hist /= hist.sum()
        for i, edge in enumerate(edges):
            hist /= (edge[1:] - edge[:-1]).reshape((-1,) + (1,) * (len(edges) - 1 - i))
    return wrap(hist, None), tuple(wrap(edge, None) for edge in edges)
