"""Pooling: each window replaced by its largest value or its mean. A window is a box in the last dimensions.

Where the windows lie is computed from sizes, strides and padding by `kernels.pooling.windows`, one dimension at a time:
sliding windows and adaptive ones are the same to these ops.
"""

from __future__ import annotations

from ..kernels import banded_matrices
from ..kernels.pooling import max_pool as kernels
from .op import op
from .pointwise import of_kind


@op(
    symbol="max pool",
    derivative="∂L/∂x = ∂L/∂out at the largest of each window, else 0",
    level="internal",
    residual=True,
    flat=True,
)
def max_pool(x, windows):
    """The largest value of each window; the gradient goes to the first of the largest. ``windows``: one a dimension."""
    return kernels.max_pool(of_kind("iuf", x), windows)


@op(level="internal")
def max_places(x, windows=()):
    """Where the largest value of each window is in the flattened last dimensions; -1 if it sees only padding."""
    return kernels.max_pool(of_kind("iuf", x), windows)[1].astype("int64")


@op(symbol="unpool", derivative="∂L/∂x = ∂L/∂out at the places picked", level="internal")
def put_in_boxes(x, places, shape, dims):
    """Zeros of ``shape`` with each element of ``x`` added at its place in the flattened last ``dims`` dimensions."""
    return kernels.put(x, places, shape, dims)


@op(symbol="pick", derivative="∂L/∂x = ∂L/∂out added at the places picked", level="internal", flat=True)
def pick_from_boxes(x, places, dims):
    """The elements of ``x`` at these places of its flattened last ``dims`` dimensions: undoes `put_in_boxes`."""
    return kernels.pick(x, places, dims)


max_pool.vjp(lambda g, out, x, windows, places: put_in_boxes(g, places, x.shape, len(windows)))
put_in_boxes.linear(lambda g, out, x, places, shape, dims: pick_from_boxes(g, places, dims))
pick_from_boxes.linear(lambda g, out, x, places, dims: put_in_boxes(g, places, x.shape, dims))


@op(symbol="avg pool", derivative="∂L/∂x = ∂L/∂out shared evenly by each window", level="internal", flat=True)
def avg_pool(x, bands):
    """The mean of each window: the mean along one dimension after the other. ``bands``: the weights of each."""
    return banded_matrices.weighted(of_kind("f", x), bands)


@op(symbol="resample", derivative="∂L/∂x = each ∂L/∂out, by its weight, where it was read", level="internal")
def resample(x, bands):
    """Weighted sums of neighbours along the last dimensions: A₁·x·A₂ᵀ for ``bands`` (A₁, A₂)."""
    return banded_matrices.weighted(of_kind("f", x), bands)


avg_pool.linear(lambda g, out, x, bands: resample(g, transposed(bands)))
resample.linear(lambda g, out, x, bands: resample(g, transposed(bands)))


def transposed(bands):
    """The adjoint of each."""
    return tuple([band.adjoint for band in bands])
