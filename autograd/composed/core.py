"""Layers and losses as PyTorch's core calls them: with arguments in another order, and reductions by number."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.shape import constant_pad
from . import activation, contraction, convolution, cross_entropy, grid, losses, margin_losses, normalization, pooling
from .dropout import alpha_dropout, check, check_channels, drop, feature_alpha_dropout
from .embedding import scale_down
from .norms import norm
from .registry import function, public

REDUCTIONS = ("none", "mean", "sum")
SAMPLING = ("bilinear", "nearest", "bicubic")
BORDERS = ("zeros", "border", "reflection")

for _made in (activation.celu_, activation.rrelu_, activation.selu_, activation.threshold_):
    public(_made.__name__)(_made)
public("bilinear")(contraction.bilinear)
public("rms_norm")(normalization.rms_norm)


@function()
def detach(input: Tensor) -> Tensor:
    """The same memory, outside the graph.

    >>> autograd.detach(autograd.ones(2, requires_grad=True))
    tensor([1., 1.])
    """
    return input.detach()


@function()
def detach_(input: Tensor) -> Tensor:
    """In place: ``input`` leaves the graph. RuntimeError for a view.

    >>> autograd.detach_(autograd.ones(2, requires_grad=True))
    tensor([1., 1.])
    """
    return input.detach_()


@function()
def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """0 with probability ``p`` and else ``x/(1 - p)``; ``input`` itself unless ``train``.

    >>> autograd.dropout(autograd.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    check(p)
    return drop(input, p, False, False) if train and p else input


@function()
def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """In place: see `autograd.dropout`.

    >>> x = autograd.ones(2); autograd.dropout_(x, 1, True) is x, x
    (True, tensor([0., 0.]))
    """
    check(p)
    return drop(input, p, True, False) if train and p else input


@function()
def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Whole channels of (N, C, ...) set to 0 with probability ``p``, the others times 1/(1 - p).

    >>> autograd.feature_dropout(autograd.ones(1, 2, 2), 0.5, False)
    tensor([[[1., 1.],
             [1., 1.]]])
    """
    check(p)
    check_channels(input)
    return drop(input, p, False, True) if train and p else input


@function()
def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """In place: see `autograd.feature_dropout`.

    >>> autograd.feature_dropout_(autograd.ones(1, 2), 1, True)
    tensor([[0., 0.]])
    """
    check(p)
    check_channels(input)
    return drop(input, p, True, True) if train and p else input


@function()
def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """In place: see `nn.functional.alpha_dropout`.

    >>> x = autograd.ones(2); autograd.alpha_dropout_(x, 0.5, True) is x
    True
    """
    return alpha_dropout(input, p, train, True)


@function()
def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """In place: see `nn.functional.feature_alpha_dropout`.

    >>> x = autograd.ones(1, 2); autograd.feature_alpha_dropout_(x, 0.5, True) is x
    True
    """
    return feature_alpha_dropout(input, p, train, True)


@function()
def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """As `nn.functional.batch_norm`.

    >>> x = autograd.tensor([[1.], [3.]])
    >>> autograd.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    return normalization.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


@function()
def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """As `nn.functional.instance_norm`.

    >>> x = autograd.tensor([[[1., 3.]]])
    >>> autograd.instance_norm(x, None, None, None, None, True, 0.1, 1e-5, False)
    tensor([[[-1.0000,  1.0000]]])
    """
    return normalization.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


@function()
def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """As `nn.functional.layer_norm`.

    >>> autograd.layer_norm(autograd.tensor([1., 3.]), (2,))
    tensor([-1.0000,  1.0000])
    """
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


@function()
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """As `nn.functional.group_norm`.

    >>> autograd.group_norm(autograd.tensor([[1., 3.]]), 1)
    tensor([[-1.0000,  1.0000]])
    """
    return normalization.group_norm(input, num_groups, weight, bias, eps)


@function()
def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but ``dim``, over all if that is -1.

    >>> autograd.norm_except_dim(autograd.tensor([[3., 4.], [0., 2.]]))
    tensor([[5.],
            [2.]])
    """
    if dim == -1:
        return norm(v, pow)
    others = [axis for axis in range(v.ndim) if axis != dim % v.ndim]
    return norm(v, pow, others, True) if others else v.abs()


@function()
def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """As `nn.functional.pad` with a constant.

    >>> autograd.constant_pad_nd(autograd.ones(2), (1, 0), 5)
    tensor([5., 1., 1.])
    """
    return constant_pad(input, tuple(pad), value)


@function("conv_tbc", "nn.functional.conv_tbc")
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """The convolution of sequences (T, N, C) with ``weight`` (width, C, out), each side padded with ``pad`` zeros.

    >>> autograd.conv_tbc(autograd.ones(3, 1, 1), autograd.ones(2, 1, 1), autograd.zeros(1)).flatten()
    tensor([2., 2.])
    """
    return convolution.conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad).permute(2, 0, 1)


@function("convolution")
def convolution_of(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Tensor:
    """The convolution, or the ``transposed`` one, in as many dimensions as ``weight`` has.

    >>> autograd.convolution(autograd.ones(1, 1, 3), autograd.ones(1, 1, 2), None, [1], [0], [1], False, [0], 1)
    tensor([[[2., 2.]]])
    """
    kind = f"{'conv_transpose' if transposed else 'conv'}{weight.ndim - 2}d"
    run = getattr(convolution, kind)
    if transposed:
        return run(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return run(input, weight, bias, stride, padding, dilation, groups)


@function()
def grid_sampler(
    input: Tensor, places: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """As `nn.functional.grid_sample`; modes by number: bilinear, nearest, bicubic; zeros, border, reflection.

    >>> autograd.grid_sampler(autograd.ones(1, 1, 2, 2), autograd.zeros(1, 1, 1, 2), 0, 0, False)
    tensor([[[[1.]]]])
    """
    return grid.grid_sample(input, places, SAMPLING[interpolation_mode], BORDERS[padding_mode], align_corners)


@function()
def affine_grid_generator(theta: Tensor, size: Any, align_corners: bool) -> Tensor:
    """As `nn.functional.affine_grid`.

    >>> autograd.affine_grid_generator(autograd.ones(1, 2, 3), (1, 1, 2, 2), False).shape
    autograd.Size([1, 2, 2, 2])
    """
    return grid.affine_grid(theta, size, align_corners)


@function()
def max_pool1d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """As `nn.functional.max_pool1d` with ``return_indices``.

    >>> autograd.max_pool1d_with_indices(autograd.tensor([[1., 3., 2., 4.]]), 2)
    (tensor([[3., 4.]]), tensor([[1, 3]]))
    """
    return pooling.max_pool1d(input, kernel_size, stride or None, padding, dilation, ceil_mode, True)


@function()
def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """In place: the rows that ``indices`` name are scaled to a norm of ``max_norm``, where it is larger.

    >>> autograd.embedding_renorm_(autograd.tensor([[3., 4.], [3., 4.]]), autograd.tensor([0]), 1., 2.)
    tensor([[0.6000, 0.8000],
            [3.0000, 4.0000]])
    """
    scale_down(input, indices, max_norm, norm_type)
    return input


def by_number(loss: Callable[..., Tensor], example: str, value: str) -> Callable[..., Tensor]:
    """``loss`` with reductions by number: 0 for none, 1 for the mean, 2 for the sum."""
    name = loss.__name__

    def call(*args: Any, **kwargs: Any) -> Tensor:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        bound.arguments["reduction"] = REDUCTIONS[bound.arguments["reduction"]]
        return loss(**bound.arguments)

    made: Any = call
    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""As `nn.functional.{name}`; ``reduction`` is 0 for none, 1 for the mean, 2 for the sum.

    >>> autograd.{name}({example})
    {value}
    """
    theirs = inspect.signature(loss)
    last = ("reduction", "log_target")
    kept = {key: parameter for key, parameter in theirs.parameters.items() if key not in ("size_average", "reduce")}
    parameters = [parameter for key, parameter in kept.items() if key not in last]
    parameters.append(kept["reduction"].replace(default=0, annotation="int"))
    parameters += [kept[key] for key in last[1:] if key in kept]
    made.__signature__ = signature = theirs.replace(parameters=parameters)
    return made


for _loss, _example, _value in (
    (cross_entropy.binary_cross_entropy_with_logits, "autograd.zeros(1), autograd.ones(1)", "tensor([0.6931])"),
    (losses.kl_div, "autograd.zeros(2), autograd.ones(2), 2", "tensor(0.)"),
    (losses.poisson_nll_loss, "autograd.zeros(2), autograd.ones(2), True, False, 1e-8, 1", "tensor(1.)"),
    (margin_losses.hinge_embedding_loss, "autograd.ones(2), autograd.ones(2)", "tensor([1., 1.])"),
):
    public(_loss.__name__)(by_number(_loss, _example, _value))
