"""Convolution. Its derivatives in the input and in the weight are ops too, and each rule names the other two.

The public forms, which check what they are given, are in `autograd.composed.convolution`.
"""

from __future__ import annotations

from ..kernels.conv import convolve as kernels
from ..kernels.conv import im2col as columns
from .broadcasting import sum
from .op import op
from .shape import reshape

# Up to how many images and places the gradient in the bias sums over the images first: longer sums would be less right.
FEW_IMAGES, FEW_PLACES = 32, 1024


@op(
    symbol="conv",
    derivative=("∂L/∂x = ∂L/∂out ⋆ W turned", "∂L/∂W = x ⋆ ∂L/∂out", "∂L/∂b = Σ ∂L/∂out"),
    level="internal",
    flat=True,
)
def convolution(x, weight, bias, stride, padding, dilation, groups):
    """``out[n, o] = Σ_c weight[o, c] ⋆ x[n, c] + bias[o]`` in one to three dimensions.

    x (N, C, ...), weight (O, C/groups, ...), bias (O) or None; the geometry in tuples.
    """
    return kernels.convolve(x, weight, bias, stride, padding, dilation, groups)


@op(symbol="conv ∂x", derivative=("", ""), level="internal")
def convolution_input(g, weight, shape, stride, padding, dilation, groups):
    """The adjoint of convolution in its input, which has ``shape``."""
    return kernels.convolve_input(g, weight, shape, stride, padding, dilation, groups)


@op(symbol="conv ∂W", derivative=("", ""), level="internal")
def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The adjoint of convolution in its weight, which has ``shape``."""
    return kernels.convolve_weight(g, x, shape, stride, padding, dilation, groups)


@op(
    symbol="conv ᵀ",
    derivative=("∂L/∂x = ∂L/∂out ⋆ W", "∂L/∂W = ∂L/∂out ⋆ x", "∂L/∂b = Σ ∂L/∂out"),
    level="internal",
    flat=True,
)
def transposed_convolution(x, weight, bias, shape, stride, padding, dilation, groups):
    """The adjoint of convolution in its input, which has ``shape``, as a layer of its own, with a bias (O) or None."""
    made = kernels.convolve_input(x, weight, shape, stride, padding, dilation, groups)
    return made if bias is None else made + bias.reshape(-1, *[1] * len(stride))


convolution.linear(
    lambda g, out, x, weight, bias, *geometry: convolution_input(g, weight, x.shape, *geometry),
    lambda g, out, x, weight, bias, *geometry: convolution_weight(g, x, weight.shape, *geometry),
    lambda g, out, x, weight, bias, *geometry: bias_gradient(g),
)
convolution_input.linear(
    lambda g, out, y, weight, shape, *geometry: convolution(g, weight, None, *geometry),
    lambda g, out, y, weight, shape, *geometry: convolution_weight(y, g, weight.shape, *geometry),
)
transposed_convolution.linear(
    lambda g, out, x, weight, bias, shape, *geometry: convolution(g, weight, None, *geometry),
    lambda g, out, x, weight, bias, shape, *geometry: convolution_weight(x, g, weight.shape, *geometry),
    lambda g, out, x, weight, bias, shape, *geometry: bias_gradient(g),
)
convolution_weight.linear(
    lambda g, out, y, x, shape, *geometry: convolution(x, g, None, *geometry),
    lambda g, out, y, x, shape, *geometry: convolution_input(y, g, x.shape, *geometry),
)


def bias_gradient(g):
    """The sum of (N, O, ...) over all but the filters.

    Over the places first, which lie side by side. But where these are few, most of the time goes to beginning sums, and
    over the images first there are fewer.
    """
    places = 1
    for size in g.shape[2:]:
        places *= size
    first, then = (0, 1) if len(g) <= FEW_IMAGES and places <= FEW_PLACES else (2, 0)
    return sum(sum(reshape(g, (*g.shape[:2], places)), first), then)


@op(symbol="im2col", derivative="∂L/∂x = ∂L/∂out added where it came from", level="internal")
def im2col(x, kernel_size, stride, padding, dilation, places):
    """What each window of (N, C, H, W) sees, as the columns of (N, C·kh·kw, L)."""
    return columns.im2col(x, kernel_size, stride, padding, dilation, places)


@op(symbol="col2im", derivative="∂L/∂x = ∂L/∂out where it went", level="internal")
def col2im(x, size, kernel_size, stride, padding, dilation, places):
    """Columns added up where windows of an image of ``size`` see them: the adjoint of im2col."""
    return columns.col2im(x, size, kernel_size, stride, padding, dilation, places)


im2col.linear(lambda g, out, x, *geometry: col2im(g, x.shape[2:], *geometry))
col2im.linear(lambda g, out, x, size, *geometry: im2col(g, *geometry))
