"""Activations brought to mean 0 and variance 1."""

from __future__ import annotations

import math

import numpy as np

from .. import kernels
from .op import InvalidValue, op
from .pointwise import sqrt
from .reduction import mean, var
from .shape import reshape


def batch_norm_of_means(x, weight, bias, running_mean, running_var, training, momentum, eps):
    """Batch normalization in terms of other ops."""
    column = (1, -1) + (1,) * (x.ndim - 2)
    over = tuple(i for i in range(x.ndim) if i != 1)
    if training:
        center, variance = mean(x, over, True), var(x, over, 0, True)
    else:
        center, variance = reshape(running_mean, column), reshape(running_var, column)
    out = (x - center) / sqrt(variance + eps)
    if weight is not None:
        out = out * reshape(weight, column)
    return out if bias is None else out + reshape(bias, column)


@op(
    symbol="batch norm",
    derivative=(
        "∂L/∂x = γ/σ·(∂L/∂out - mean(∂L/∂out) - x̂·mean(∂L/∂out·x̂))",
        "∂L/∂γ = Σ ∂L/∂out·x̂",
        "∂L/∂β = Σ ∂L/∂out",
    ),
    level="internal",
    residual=True,
    reference=batch_norm_of_means,
)
def batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps):
    """``γ·(x - μ)/√(σ² + eps) + β`` for each channel (Ioffe and Szegedy, 2015).

    x (N, C, ...). In training μ and σ² are those of the batch, and the running ones move towards them by ``momentum``
    (σ² with Bessel's correction); otherwise they are the running ones.
    """
    if x.ndim < 2:
        raise RuntimeError(f"expected an input of at least 2 dimensions, (N, C, ...), but it has {x.ndim}")
    channels = x.shape[1]
    for name, given in (
        ("weight", weight),
        ("bias", bias),
        ("running_mean", running_mean),
        ("running_var", running_var),
    ):
        if given is not None and given.shape != (channels,):
            raise RuntimeError(f"{name} should contain {channels} elements, one for each channel, not {given.size}")
    count = math.prod(x.shape) // channels if channels else 0
    if training and count == 1:
        raise InvalidValue(f"Expected more than 1 value per channel when training, got input size {x.shape}")
    if training:
        center, variance = kernels.normalization.channel_moments(x)
    else:
        center, variance = running_mean.copy(), running_var
    inverse = (1 / np.sqrt(variance + eps)).astype(x.dtype)
    out = kernels.normalization.scale_channels(x, center, inverse, weight, bias)
    if training and running_mean is not None and count:
        running_mean += momentum * (center - running_mean)
        running_var += momentum * (variance * (count / max(count - 1, 1)) - running_var)
    return out, (center, inverse)


def batch_norm_slope(g, out, x, weight, bias, running_mean, running_var, training, momentum, eps, residual):
    """The gradients of the input, of γ and of β."""
    center, inverse = residual
    dx, dweight, dbias = kernels.normalization.batch_norm_backward(g, x, center, inverse, weight, training)
    return dx, dweight, dbias, None, None


batch_norm.fused(batch_norm_slope, arity=5, constant=("running_mean", "running_var"))
