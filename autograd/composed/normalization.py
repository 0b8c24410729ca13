"""Normalization of activations and of vectors."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad
from ..engine.out import into
from ..engine.tensor import Tensor
from ..ops import normalization
from ..ops.pointwise import square
from ..ops.shape import constant_pad
from ..types.dtypes import float16, float32, promote_types
from .norms import norm
from .pooling import avg_pool2d
from .registry import function


def check_several(shape: tuple[int, ...], count: int) -> None:
    """Raise ValueError if a mean is to be taken over a single value."""
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {list(shape)}")


def in_wider_dtype(compute: Callable[..., Tensor], input: Tensor, *parameters: Tensor | None, any: bool = False) -> Any:
    """``compute`` of an ``input`` of float16 and of parameters of float32, in float32; what it gives is in float16.

    With ``any``, of all dtypes that are not those of the input. Otherwise such a mixture is left to the op to refuse.
    """
    for value in parameters:
        if value is not None and value.array.dtype is not input.array.dtype:
            break
    else:
        return compute(input, *parameters)
    dtypes = {value.dtype for value in parameters if value is not None}
    if dtypes == {input.dtype} or not (any or (input.dtype is float16 and dtypes == {float32})):
        return compute(input, *parameters)
    wide = functools.reduce(promote_types, dtypes, promote_types(input.dtype, float32))
    return compute(*[value if value is None else value.to(wide) for value in (input, *parameters)]).to(input.dtype)


@function("nn.functional.batch_norm")
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """``weight·(x - μ)/√(σ² + eps) + bias`` for each channel of (N, C, ...) (Ioffe and Szegedy, 2015).

    In training μ and σ² are the batch's, and the running ones, if given, move towards them by ``momentum``; else they
    are the running ones. ValueError for a single value a channel, RuntimeError for other sizes than C.

    >>> x = autograd.tensor([[1.], [3.]])
    >>> nn.functional.batch_norm(x, None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    if not training and (running_mean is None or running_var is None):
        raise RuntimeError("expected running_mean and running_var to be given when training=False")
    if input.ndim < 2 and not input.numel():
        # As in PyTorch, what is empty and has no channels stays as it is.
        return input.clone()
    given = (input, weight, bias, running_mean, running_var)
    return in_wider_dtype(lambda *given: normalization.batch_norm(*given, training, momentum, eps), *given)


def _normalized_dims(input: Tensor, normalized_shape: Any, weight: Tensor | None, bias: Tensor | None = None) -> int:
    """How many dimensions are normalized; RuntimeError unless the input ends in their sizes, which the others have."""
    given = (normalized_shape,) if isinstance(normalized_shape, (int, np.integer)) else normalized_shape
    # Mostly these are the very sizes, which needn't be made ints then.
    sizes = given if type(given) is tuple and input.array.shape[-len(given) :] == given else tuple(map(int, given))
    if not sizes:
        raise RuntimeError("Expected normalized_shape to be at least 1-dimensional, i.e., containing one element")
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and value.array.shape != sizes:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(value.shape)} and normalized_shape = {list(sizes)}"
            )
    if input.array.shape[-len(sizes) :] != sizes:
        text = ", ".join(map(str, sizes))
        raise RuntimeError(
            f"Given normalized_shape=[{text}], expected input with shape [*, {text}], but got input of size"
            f"{list(input.shape)}"
        )
    return len(sizes)


@function("nn.functional.layer_norm")
def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """``weight·(x - μ)/√(σ² + eps) + bias`` over the last dimensions, whose sizes ``normalized_shape`` gives.

    weight, bias: of that shape. RuntimeError where shapes don't agree (Ba et al., 2016).

    >>> nn.functional.layer_norm(autograd.tensor([1., 2., 3.]), (3,))
    tensor([-1.2247,  0.0000,  1.2247])
    """
    dims = _normalized_dims(input, normalized_shape, weight, bias)
    return in_wider_dtype(lambda *given: normalization.layer_norm(*given, dims, eps), input, weight, bias)


@function("nn.functional.rms_norm")
def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """``weight·x/√(mean x² + eps)`` over the last dimensions, whose sizes ``normalized_shape`` gives.

    weight: of that shape; eps: by default the distance of 1 to the next number of the dtype, float32 for float16, which
    is computed in that. RuntimeError where shapes don't agree (Zhang and Sennrich, 2019).

    >>> nn.functional.rms_norm(autograd.tensor([3., 4.]), (2,))
    tensor([0.8485, 1.1314])
    """
    dims = _normalized_dims(input, normalized_shape, weight)
    if eps is None and input.is_floating_point():
        eps = float(np.finfo(np.promote_types(input.array.dtype, np.float32)).eps)
    return in_wider_dtype(lambda *given: normalization.rms_norm(*given, dims, eps), input, weight, any=True)


@function("nn.functional.group_norm")
def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """``weight·(x - μ)/√(σ² + eps) + bias`` over each of ``num_groups`` groups of channels of (N, C, ...).

    weight, bias: a number for each channel. RuntimeError for groups that don't divide the channels, ValueError for a
    single value a group (Wu and He, 2018).

    >>> nn.functional.group_norm(autograd.tensor([[1., 3., 5., 9.]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if input.shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    check_several(input.shape, input.shape[0] * input.shape[1] // num_groups * math.prod(input.shape[2:]))
    return in_wider_dtype(lambda *given: normalization.group_norm(*given, num_groups, eps), input, weight, bias)


@function("nn.functional.instance_norm")
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """``weight·(x - μ)/√(σ² + eps) + bias`` for each channel of each of (N, C, ...) (Ulyanov et al., 2016).

    With ``use_input_stats`` μ and σ² are the channel's own, and the running ones, if given, move towards their mean
    over the batch by ``momentum``; else they are the running ones. ValueError for a single value a channel.

    >>> nn.functional.instance_norm(autograd.tensor([[[1., 3.], [2., 6.]]]))
    tensor([[[-1.0000,  1.0000],
             [-1.0000,  1.0000]]])
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if input.ndim < 2:
        raise RuntimeError(f"Expected an input (N, C, ...), but got {tuple(input.shape)}")
    if math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {list(input.shape)}")
    if running_mean is not None and running_var is not None and input.numel():
        with no_grad():
            over = tuple(range(2, input.ndim))
            running_mean.lerp_(input.mean(over).mean(0).to(running_mean.dtype), momentum)
            running_var.lerp_(input.var(over).mean(0).to(running_var.dtype), momentum)
    groups = max(input.shape[1], 1)
    return in_wider_dtype(lambda *given: normalization.group_norm(*given, groups, eps), input, weight, bias)


@function("nn.functional.local_response_norm")
def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """``x/(k + alpha·mean x²)^beta``, the mean over ``size`` neighbouring channels of (N, C, ...), padded with zeros.

    ValueError for fewer than 3 dimensions (Krizhevsky et al., 2012).

    >>> nn.functional.local_response_norm(autograd.ones(1, 2, 1), 2, alpha=2., beta=1.).flatten()
    tensor([0.5000, 0.3333])
    """
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if not input.numel():
        return input
    squares = square(input).reshape(input.shape[0], 1, input.shape[1], -1)
    padded = constant_pad(squares, (0, 0, size // 2, (size - 1) // 2))
    means = avg_pool2d(padded, (size, 1), 1).reshape(input.shape)
    return input / (means * alpha + k) ** beta


@function("nn.functional.normalize")
def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """``x / max(‖x‖ₚ, eps)``, for each vector along ``dim``; into ``out`` if that is given.

    >>> nn.functional.normalize(autograd.tensor([[3., 4.]]))
    tensor([[0.6000, 0.8000]])
    """
    made = input / norm(input, p, dim, keepdim=True).clamp(min=eps)
    return made if out is None else into("normalize", out, made)
