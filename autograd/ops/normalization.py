"""Activations brought to mean 0 and variance 1: over a batch, a layer, or groups of channels."""

from __future__ import annotations

import math

import numpy as np

from ..kernels.normalization import layouts
from ..kernels.normalization import normalize as kernels
from .op import InvalidValue, op
from .pointwise import of_kind, sqrt, square
from .reduction import mean, var
from .shape import reshape

DERIVATIVE = (
    "∂L/∂x = γ/σ·(∂L/∂out - mean(∂L/∂out) - x̂·mean(∂L/∂out·x̂))",
    "∂L/∂γ = Σ ∂L/∂out·x̂",
    "∂L/∂β = Σ ∂L/∂out",
)


def table(given, shape, dtype, fill):
    """Scales or offsets as the kernels read them: ``fill`` where there are none."""
    return np.full(shape, fill, dtype) if given is None else np.ascontiguousarray(given).reshape(shape)


def check_size(name, given, size):
    """Raise RuntimeError unless ``given`` has one number for each channel, or is None."""
    if given is not None and given.shape != (size,):
        raise RuntimeError(f"{name} should contain {size} elements, one for each channel, not {given.size}")


def slopes_of(sums, shape, dtype):
    """The gradients of scale and offset; each in memory of its own, as a parameter keeps them."""
    return [total.astype(dtype) for total in sums.reshape((len(sums), *shape))]


def scaled(x, weight, bias, shape):
    """``x·weight + bias``, where these are given, in ``shape``."""
    if weight is not None:
        x = x * reshape(weight, shape)
    return x if bias is None else x + reshape(bias, shape)


def standardized(x, over, eps):
    """``(x - mean)/√(var + eps)`` in terms of other ops."""
    center, variance = mean(x, over, True), var(x, over, 0, True)
    return by_moments(x, center, variance, eps)


def by_moments(x, center, variance, eps):
    """``(x - center)/√(variance + eps)`` in terms of other ops."""
    return (x - center) / sqrt(variance + eps)


def batch_norm_of_means(x, weight, bias, running_mean, running_var, training, momentum, eps):
    """Batch normalization in terms of other ops."""
    column = (1, -1) + (1,) * (x.ndim - 2)
    if training:
        normalized = standardized(x, tuple(i for i in range(x.ndim) if i != 1), eps)
    else:
        normalized = by_moments(x, reshape(running_mean, column), reshape(running_var, column), eps)
    return scaled(normalized, weight, bias, column)


@op(
    symbol="batch norm",
    derivative=DERIVATIVE,
    level="internal",
    residual=True,
    reference=batch_norm_of_means,
    backward="NativeBatchNormBackward0",
)
def batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps):
    """``γ·(x - μ)/√(σ² + eps) + β`` for each channel (Ioffe and Szegedy, 2015).

    x (N, C, ...). In training μ and σ² are those of the batch, and the running ones move towards them by ``momentum``
    (σ² with Bessel's correction); otherwise they are the running ones.
    """
    of_kind("f", x)
    if x.ndim < 2:
        raise RuntimeError(f"expected an input of at least 2 dimensions, (N, C, ...), but it has {x.ndim}")
    channels = x.shape[1]
    for name, given in (
        ("weight", weight),
        ("bias", bias),
        ("running_mean", running_mean),
        ("running_var", running_var),
    ):
        check_size(name, given, channels)
    count = math.prod(x.shape) // channels if channels else 0
    if training and count == 1:
        raise InvalidValue(f"Expected more than 1 value per channel when training, got input size {x.shape}")
    column = (channels, 1)
    out, moments = kernels.normalize(
        x, layouts.by_channel(x.shape), table(weight, column, x.dtype, 1),
        table(bias, column, x.dtype, 0), eps, None if training else (running_mean, running_var),
    )  # fmt: skip
    if training and running_mean is not None and count:
        center, variance, _ = moments
        running_mean += momentum * (center - running_mean)
        running_var += momentum * (variance * (count / max(count - 1, 1)) - running_var)
    return out, moments


def batch_norm_slope(g, out, x, weight, bias, running_mean, running_var, training, momentum, eps, residual):
    """The gradients of the input, of γ and of β."""
    layout, column = layouts.by_channel(x.shape), table(weight, (x.shape[1], 1), x.dtype, 1)
    dx, sums = kernels.normalize_backward(g, x, layout, column, residual, not training)
    return dx, *slopes_of(sums, (-1,), x.dtype), None, None


batch_norm.fused(batch_norm_slope, arity=5, constant=("running_mean", "running_var"))


def last(x, dims):
    """The last ``dims`` dimensions of ``x``: which, and their sizes."""
    return tuple(range(x.ndim - dims, x.ndim)), x.shape[x.ndim - dims :]


def layer_norm_of_means(x, weight, bias, dims, eps):
    """Layer normalization in terms of other ops."""
    over, sizes = last(x, dims)
    normalized = standardized(x, over, eps)
    return scaled(normalized, weight, bias, sizes)


@op(
    symbol="layer norm",
    derivative=DERIVATIVE,
    level="internal",
    residual=True,
    reference=layer_norm_of_means,
    backward="NativeLayerNormBackward0",
)
def layer_norm(x, weight, bias, dims, eps):
    """``γ·(x - μ)/√(σ² + eps) + β`` over the last ``dims`` dimensions (Ba et al., 2016), whose shape γ and β have."""
    layout = layouts.by_last(of_kind("f", x).shape, dims)
    line = (1, layout.length)
    out, moments = kernels.normalize(x, layout, table(weight, line, x.dtype, 1), table(bias, line, x.dtype, 0), eps)
    return out, moments


def layer_norm_slope(g, out, x, weight, bias, dims, eps, residual):
    """The gradients of the input, of γ and of β."""
    layout = layouts.by_last(x.shape, dims)
    line = table(weight, (1, layout.length), x.dtype, 1)
    dx, sums = kernels.normalize_backward(g, x, layout, line, residual)
    return dx, *slopes_of(sums, x.shape[x.ndim - dims :], x.dtype)


layer_norm.fused(layer_norm_slope, arity=3)


def rms_norm_of_means(x, weight, dims, eps):
    """Root mean square normalization in terms of other ops."""
    over, sizes = last(x, dims)
    normalized = x / sqrt(mean(square(x), over, True) + eps)
    return scaled(normalized, weight, None, sizes)


@op(
    symbol="RMS norm",
    derivative=("∂L/∂x = γ/r·(∂L/∂out - x/r·mean(∂L/∂out·x/r)), r = √mean x²", "∂L/∂γ = Σ ∂L/∂out·x/r"),
    level="internal",
    residual=True,
    reference=rms_norm_of_means,
)
def rms_norm(x, weight, dims, eps):
    """``γ·x/√(mean x² + eps)`` over the last ``dims`` dimensions (Zhang and Sennrich, 2019)."""
    layout = layouts.by_last(of_kind("f", x).shape, dims)
    line = (1, layout.length)
    out, moments = kernels.normalize(
        x, layout, table(weight, line, x.dtype, 1), np.zeros(line, x.dtype), eps, centered=False
    )
    return out, moments


def rms_norm_slope(g, out, x, weight, dims, eps, residual):
    """The gradients of the input and of γ."""
    layout = layouts.by_last(x.shape, dims)
    line = table(weight, (1, layout.length), x.dtype, 1)
    dx, sums = kernels.normalize_backward(g, x, layout, line, residual, centered=False)
    return dx, *slopes_of(sums[:1], x.shape[x.ndim - dims :], x.dtype)


rms_norm.fused(rms_norm_slope, arity=2)


def group_norm_of_means(x, weight, bias, groups, eps):
    """Group normalization in terms of other ops."""
    rows = reshape(x, (x.shape[0], groups, math.prod(x.shape[1:]) // groups))
    column = (1, -1) + (1,) * (x.ndim - 2)
    normalized = reshape(standardized(rows, 2, eps), x.shape)
    return scaled(normalized, weight, bias, column)


def per_channel(given, layout, channels, groups, dtype, fill):
    """A number for each channel as `normalize` reads it: for each segment, or each element, of a group."""
    rows = table(given, (groups, channels // groups), dtype, fill)
    return np.repeat(rows, layout.length // rows.shape[1], axis=1) if layout.lines and rows.size else rows


@op(symbol="group norm", derivative=DERIVATIVE, level="internal", residual=True, reference=group_norm_of_means)
def group_norm(x, weight, bias, groups, eps):
    """``γ·(x - μ)/√(σ² + eps) + β`` over each of ``groups`` groups of channels of (N, C, ...) (Wu and He, 2018).

    γ and β are numbers for each channel. With a group for each channel it is instance normalization.
    """
    channels = of_kind("f", x).shape[1]
    for name, given in (("weight", weight), ("bias", bias)):
        check_size(name, given, channels)
    layout = layouts.by_group(x.shape, groups)
    rows = [per_channel(v, layout, channels, groups, x.dtype, fill) for v, fill in ((weight, 1), (bias, 0))]
    out, moments = kernels.normalize(x, layout, *rows, eps)
    return out, moments


def group_norm_slope(g, out, x, weight, bias, groups, eps, residual):
    """The gradients of the input, of γ and of β."""
    channels = x.shape[1]
    layout = layouts.by_group(x.shape, groups)
    rows = per_channel(weight, layout, channels, groups, x.dtype, 1)
    dx, sums = kernels.normalize_backward(g, x, layout, rows, residual)
    sums = sums.reshape(2, channels, sums.size // (2 * channels) if channels else 0).sum(axis=2)
    return dx, *slopes_of(sums, (-1,), x.dtype)


group_norm.fused(group_norm_slope, arity=3)
