"""Pooling: each window of an image replaced by its largest value or its mean."""

from __future__ import annotations

from .. import kernels
from .op import op


@op(
    symbol="max pool",
    derivative="∂L/∂x = ∂L/∂out at the largest of each window, else 0",
    level="function",
    residual=True,
)
def max_pool2d(x, kernel_size, stride=None, padding=(0, 0), dilation=(1, 1), ceil_mode=False):
    """The largest value of each window of ``kernel_size``; the gradient goes to the first of the largest.

    x (..., H, W); sizes are pairs (height, width); stride: as the window if not given; padding: with -inf, at most half
    a window; dilation: pixels between taps; ceil_mode: let a last window hang over the edge.
    RuntimeError for an output without pixels, or too much padding.

    >>> nn.functional.max_pool2d(autograd.arange(16.).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    stride = stride or kernel_size
    kernels.pool.check_shapes(x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    return kernels.pool.max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)


@op(symbol="unpool", derivative="∂L/∂x = ∂L/∂out at the places picked", level="internal")
def put_in_planes(x, places, shape):
    """Zeros of ``shape`` with each element of ``x`` added at its place in the flattened last two dimensions."""
    return kernels.pool.put_in_planes(x, places, shape)


@op(symbol="pick", derivative="∂L/∂x = ∂L/∂out added at the places picked", level="internal")
def pick_from_planes(x, places):
    """The elements of ``x`` at these places of its flattened last two dimensions: the adjoint of `put_in_planes`."""
    return kernels.pool.pick_from_planes(x, places)


max_pool2d.vjp(lambda g, out, x, size, stride, padding, dilation, ceil_mode, places: put_in_planes(g, places, x.shape))
put_in_planes.linear(lambda g, out, x, places, shape: pick_from_planes(g, places))
pick_from_planes.linear(lambda g, out, x, places: put_in_planes(g, places, x.shape))


@op(symbol="avg pool", derivative="∂L/∂x = ∂L/∂out shared evenly by each window", level="function")
def avg_pool2d(
    x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of each window of ``kernel_size``.

    As `max_pool2d`, but padding is with zeros, which count towards the mean unless ``count_include_pad`` is False.
    ``divisor_override`` divides the sums instead of how many were summed.

    >>> nn.functional.avg_pool2d(autograd.arange(16.).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    stride = stride or kernel_size
    kernels.pool.check_shapes(x.shape, kernel_size, stride, padding, (1, 1), ceil_mode)
    return kernels.pool.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@op(symbol="avg unpool", derivative="∂L/∂x = avg_pool2d(∂L/∂out)", level="internal")
def avg_pool2d_input(g, shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The adjoint of avg_pool2d, whose input has ``shape``."""
    return kernels.pool.avg_pool2d_input(
        g, shape, kernel_size, stride or kernel_size, padding, ceil_mode, count_include_pad, divisor_override
    )


avg_pool2d.linear(lambda g, out, x, *geometry: avg_pool2d_input(g, x.shape, *geometry))
avg_pool2d_input.linear(lambda g, out, y, shape, *geometry: avg_pool2d(g, *geometry))
