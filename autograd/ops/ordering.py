"""What comes where when elements are put in order. NaN comes last, as the largest of all."""

from __future__ import annotations

from typing import Any

import numpy as np

from .broadcasting import axes
from .op import op
from .reduction import share_among_chosen


@op
def argsort(x, dim=-1, descending=False, stable=False):
    """The indices that put the elements along ``dim`` in order; equal ones keep theirs.

    >>> autograd.tensor([3, 1, 2]).argsort()
    tensor([1, 2, 0])
    """
    axes(dim, x.ndim)
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, dim, kind="stable")
    # Backwards twice, so that equal ones stay in order.
    backwards = np.flip(np.argsort(np.flip(x, dim), dim, kind="stable"), dim)
    return x.shape[dim] - 1 - backwards


def median_places(x: np.ndarray[Any, Any], dim: int, ignore_nan: bool) -> np.ndarray[Any, Any]:
    """Where the median, the lower of two, is along ``dim`` once that is sorted; the first NaN, unless ignored.

    ``x`` has at least one dimension.
    """
    length = x.shape[dim]
    nans = np.sum(np.isnan(x), axis=dim, keepdims=True) if x.dtype.kind == "f" else np.zeros((1,) * x.ndim, np.int64)
    if ignore_nan:
        return np.maximum(length - nans - 1, 0) // 2
    return np.where(nans > 0, length - nans, (length - 1) // 2)


@op(derivative="1/k for the k elements that equal the median, else 0", level="internal", backward="MedianBackward0")
def median_of_all(x, ignore_nan):
    """The median of all elements, the lower of two; NaN if there is one, unless ``ignore_nan``, and of nothing."""
    if x.dtype.kind == "b":
        raise NotImplementedError("not implemented for bools; make them integers first, as in x.int()")
    row = np.sort(np.reshape(x, -1))
    if not row.size:
        return np.full((), np.nan, x.dtype)
    return row[median_places(row, 0, ignore_nan)].reshape(())


median_of_all.vjp(lambda g, out, x, ignore_nan: share_among_chosen(g, out, x))
