"""Layers with the batch norm behind them made one layer, for predictions."""

from __future__ import annotations

import copy
from typing import TypeVar

import autograd
from autograd import Tensor

from ..batchnorm import _BatchNorm
from ..conv import Convolution
from ..linear import Linear
from ..module import Module
from ..parameter import Parameter

C = TypeVar("C", bound=Convolution)
L = TypeVar("L", bound=Linear)


def _statistics(layer: Module, bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    """The running statistics of a batch norm; AssertionError unless it and the layer before it predict by them."""
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return bn.running_mean, bn.running_var


def fuse_conv_bn_eval(conv: C, bn: _BatchNorm, transpose: bool = False) -> C:
    """A convolution that gives what ``bn(conv(x))`` does in prediction; transpose: whether it is a transposed one.

    AssertionError in training, and without running statistics.

    >>> conv, bn = nn.Conv2d(2, 3, 3).eval(), nn.BatchNorm2d(3).eval()
    >>> x = autograd.randn(1, 2, 5, 5)
    >>> nn.utils.fuse_conv_bn_eval(conv, bn)(x).allclose(bn(conv(x)), atol=1e-5)
    True
    """
    mean, var = _statistics(conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of `fuse_conv_bn_eval`, from those of both layers and the running mean and variance."""
    scale, offset = _folded(conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    shape = [1] * conv_w.ndim
    shape[1 if transpose else 0] = -1
    return _fused(conv_w, conv_b, conv_w * scale.reshape(shape), offset)


def fuse_linear_bn_eval(linear: L, bn: _BatchNorm) -> L:
    """A linear layer that gives what ``bn(linear(x))`` does in prediction.

    AssertionError in training, without running statistics, and for a batch norm of neither 1 nor as many features.

    >>> linear, bn = nn.Linear(2, 3).eval(), nn.BatchNorm1d(3).eval()
    >>> x = autograd.randn(4, 2)
    >>> nn.utils.fuse_linear_bn_eval(linear, bn)(x).allclose(bn(linear(x)), atol=1e-5)
    True
    """
    mean, var = _statistics(linear, bn)
    if bn.num_features not in (1, linear.out_features):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of `fuse_linear_bn_eval`, from those of both layers and the running mean and variance."""
    scale, offset = _folded(linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    return _fused(linear_w, linear_b, linear_w * scale.unsqueeze(-1), offset)


def _folded(
    bias: Tensor | None, mean: Tensor, var: Tensor, eps: float, weight: Tensor | None, offset: Tensor | None
) -> tuple[Tensor, Tensor]:
    """What the outputs of the layer are multiplied by, and its new bias."""
    scale = autograd.rsqrt(var + eps)
    if weight is not None:
        scale = scale * weight
    moved = (-mean if bias is None else bias - mean) * scale
    return scale, moved if offset is None else moved + offset


def _fused(weight: Tensor, bias: Tensor | None, new_weight: Tensor, new_bias: Tensor) -> tuple[Parameter, Parameter]:
    """Parameters like those that were there."""
    like = weight if bias is None else bias
    return (
        Parameter(new_weight.detach().to(weight.dtype), weight.requires_grad),
        Parameter(new_bias.detach().to(like.dtype), bias is not None and bias.requires_grad),
    )
