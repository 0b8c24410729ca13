"""Convolution. Its derivatives in the input and in the weight are ops too, and each rule names the other two."""

from __future__ import annotations

from .. import kernels
from .op import op
from .reduction import sum


@op(
    symbol="conv",
    derivative=("∂L/∂x = ∂L/∂out ⋆ W turned", "∂L/∂W = x ⋆ ∂L/∂out", "∂L/∂b = Σ ∂L/∂out"),
    level="function",
)
def conv2d(x, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    """Each filter slid over the image, its dot product with what it covers at every place: a feature map a filter.

    x (N, C, H, W), weight (O, C/groups, kh, kw), bias (O) or None. stride: pixels from place to place; padding: zeros
    around the image; dilation: pixels between taps of the filter; groups: into how many the channels are split. Each a
    pair (height, width). Gives (N, O, H', W') with ``H' = (H + 2·padding - dilation·(kh-1) - 1)//stride + 1``.
    RuntimeError where the shapes don't fit.

    >>> nn.functional.conv2d(autograd.ones(1, 1, 3, 3), autograd.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    kernels.conv.check_shapes(
        x.shape, weight.shape, bias if bias is None else bias.shape, stride, padding, dilation, groups
    )
    return kernels.conv.conv2d(x, weight, bias, stride, padding, dilation, groups)


@op(symbol="conv ∂x", derivative=("", ""), level="internal")
def conv2d_input(g, weight, shape, stride, padding, dilation, groups):
    """The adjoint of conv2d in its input, which has ``shape``."""
    return kernels.conv.conv2d_input(g, weight, shape, stride, padding, dilation, groups)


@op(symbol="conv ∂W", derivative=("", ""), level="internal")
def conv2d_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of conv2d in its weight, which has ``shape``."""
    return kernels.conv.conv2d_weight(g, x, shape, stride, padding, dilation, groups)


conv2d.linear(
    lambda g, out, x, weight, bias, *geometry: conv2d_input(g, weight, x.shape, *geometry),
    lambda g, out, x, weight, bias, *geometry: conv2d_weight(g, x, weight.shape, *geometry),
    lambda g, out, x, weight, bias, *geometry: sum(g, (0, 2, 3)),
)
conv2d_input.linear(
    lambda g, out, y, weight, shape, *geometry: conv2d(g, weight, None, *geometry),
    lambda g, out, y, weight, shape, *geometry: conv2d_weight(y, g, weight.shape, *geometry),
)
conv2d_weight.linear(
    lambda g, out, y, x, shape, *geometry: conv2d(x, g, None, *geometry),
    lambda g, out, y, x, shape, *geometry: conv2d_input(y, g, x.shape, *geometry),
)
