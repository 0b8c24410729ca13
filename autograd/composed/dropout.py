"""Elements and channels dropped at random, and dropout that keeps mean and variance."""

from __future__ import annotations

import math
import warnings

import numpy as np

from ..creation.generator import default_generator
from ..creation.layout import in_memory_order
from ..engine.tensor import Tensor, wrap
from ..ops.dropout import dropout as dropout_op
from .activation import applied
from .registry import function

# What SELU saturates at, negated: Klambauer et al., 2017.
SATURATION = 1.7580993408473766


def kept(input: Tensor, p: float, whole_channels: bool, value: float = 1.0) -> Tensor:
    """``value`` with probability 1 - p and else 0: for each element, or for each channel of (N, C, ...).

    Numbers for elements are drawn in the order in which those lie in memory.
    """
    like = input.array
    if whole_channels:
        like = np.empty((*input.shape[:2], *(1,) * (input.ndim - 2)), like.dtype)
    drawn = default_generator.tossed(like.size, 1 - p, like.dtype.type(value))
    return wrap(in_memory_order(drawn, like), None)


def check(p: float) -> None:
    """Raise ValueError unless ``p`` is a probability."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def drop(input: Tensor, p: float, inplace: bool, whole_channels: bool) -> Tensor:
    """0 with probability ``p`` and else ``x/(1 - p)``, written into ``input`` if ``inplace``."""
    noise = kept(input, p, whole_channels, 1 / (1 - p) if p < 1 else 0.0)
    return applied(dropout_op, inplace)(input, noise.expand(input.shape) if whole_channels else noise)


def drop_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """Channels of (N, C, ...) set to 0 with probability ``p``, the others scaled by 1/(1 - p)."""
    if not training or not p or not input.numel():
        return input
    check_channels(input)
    return drop(input, p, inplace, True)


def check_channels(input: Tensor) -> None:
    """RuntimeError for an input without channels."""
    if input.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, but got {input.ndim}")


def drop_alpha(input: Tensor, p: float, training: bool, inplace: bool, whole_channels: bool) -> Tensor:
    """Set to what SELU saturates at with probability ``p``, then scaled and shifted back to mean 0 and variance 1."""
    check(p)
    if not training or not p or not input.numel():
        return input
    if p == 1:
        return input.mul_(0.0) if inplace else input * 0.0
    if whole_channels:
        check_channels(input)
    noise = kept(input, p, whole_channels)
    scale = 1 / math.sqrt((SATURATION**2 * p + 1) * (1 - p))
    slope, shift = noise * scale, (noise - 1) * (SATURATION * scale) + SATURATION * scale * p
    return input.mul_(slope).add_(shift) if inplace else input * slope + shift


@function("nn.functional.dropout")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, 0 with probability ``p`` and else ``x/(1-p)``; otherwise ``x``. ValueError for p outside [0, 1].

    >>> nn.functional.dropout(autograd.ones(3), 0.5, training=False)
    tensor([1., 1., 1.])
    """
    check(p)
    if not training or not p:
        return input
    return drop(input, p, inplace, False)


@function("nn.functional.dropout1d")
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, channels of (N, C, L) or (C, L) set to 0 with probability ``p`` and the rest scaled by 1/(1 - p).

    RuntimeError for another rank, ValueError for p outside [0, 1].

    >>> nn.functional.dropout1d(autograd.ones(2, 3), 0.5, training=False).sum()
    tensor(6.)
    """
    check(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input")
    if input.ndim == 3:
        return drop_channels(input, p, training, inplace)
    return drop_channels(input.unsqueeze(0), p, training, inplace).squeeze(0)


@function("nn.functional.dropout2d")
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, channels of (N, C, H, W) set to 0 with probability ``p`` and the rest scaled by 1/(1 - p).

    ValueError for p outside [0, 1].

    >>> nn.functional.dropout2d(autograd.ones(1, 2, 2, 2), 0.5, training=False).sum()
    tensor(8.)
    """
    check(p)
    if input.ndim not in (3, 4):
        warnings.warn(f"dropout2d: expected 3-D or 4-D input, but received a {input.ndim}-D input", stacklevel=3)
    return drop_channels(input, p, training, inplace)


@function("nn.functional.dropout3d")
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, channels of (N, C, D, H, W) or (C, D, H, W) set to 0 with probability ``p``, the rest scaled.

    ValueError for p outside [0, 1].

    >>> nn.functional.dropout3d(autograd.ones(1, 2, 2, 2, 2), 0.5, training=False).sum()
    tensor(16.)
    """
    check(p)
    if input.ndim not in (4, 5):
        warnings.warn(f"dropout3d: expected 4-D or 5-D input, but received a {input.ndim}-D input", stacklevel=3)
    if input.ndim == 4:
        return drop_channels(input.unsqueeze(0), p, training, inplace).squeeze(0)
    return drop_channels(input, p, training, inplace)


@function("alpha_dropout", "nn.functional.alpha_dropout")
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for SELU networks: mean and variance stay, what is dropped saturates (Klambauer et al., 2017).

    ValueError for p outside [0, 1].

    >>> nn.functional.alpha_dropout(autograd.ones(3))
    tensor([1., 1., 1.])
    """
    return drop_alpha(input, p, training, inplace, False)


@function("feature_alpha_dropout", "nn.functional.feature_alpha_dropout")
def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """As `alpha_dropout`, for whole channels of (N, C, ...).

    >>> nn.functional.feature_alpha_dropout(autograd.ones(1, 2, 2)).sum()
    tensor(4.)
    """
    return drop_alpha(input, p, training, inplace, True)
