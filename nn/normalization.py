"""Normalization that does not look at the rest of the batch."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor

from . import functional as F
from . import init
from .batchnorm import _NormWithStatistics
from .functional_module import FunctionalModule
from .module import Module
from .parameter import Parameter


class LayerNorm(Module):
    """``γ·(x - μ)/√(σ² + eps) + β`` over the last dimensions, whose sizes ``normalized_shape`` gives.

    γ is ``weight`` and β ``bias``, of that shape, if ``elementwise_affine``. Ba et al., 2016.

    >>> nn.LayerNorm(2)(autograd.tensor([[1., 3.]])).detach()
    tensor([[-1.0000,  1.0000]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.register_parameter(
            "weight", Parameter(autograd.empty(self.normalized_shape, dtype=dtype)) if elementwise_affine else None
        )
        self.register_parameter(
            "bias",
            Parameter(autograd.empty(self.normalized_shape, dtype=dtype)) if elementwise_affine and bias else None,
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and offset 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """``γ·x/√(mean x² + eps)`` over the last dimensions, whose sizes ``normalized_shape`` gives.

    γ is ``weight``, of that shape, if ``elementwise_affine``. Zhang and Sennrich, 2019.

    >>> nn.RMSNorm(2)(autograd.tensor([[3., 4.]])).detach()
    tensor([[0.8485, 1.1314]])
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.register_parameter(
            "weight", Parameter(autograd.empty(self.normalized_shape, dtype=dtype)) if elementwise_affine else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """``γ·(x - μ)/√(σ² + eps) + β`` over each of ``num_groups`` groups of the ``num_channels`` channels of (N, C, ...).

    γ is ``weight`` and β ``bias``, a number for each channel, if ``affine``. ValueError unless the groups divide the
    channels. Wu and He, 2018.

    >>> nn.GroupNorm(2, 4)(autograd.tensor([[1., 3., 5., 9.]])).detach()
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.register_parameter("weight", Parameter(autograd.empty(num_channels, dtype=dtype)) if affine else None)
        self.register_parameter(
            "bias", Parameter(autograd.empty(num_channels, dtype=dtype)) if affine and bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and offset 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class _InstanceNorm(_NormWithStatistics):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_rank(input)
        batched = input.dim() == max(self.dims)
        channels = input.shape[1 if batched else 0]
        if channels != self.num_features and self.affine:
            raise ValueError(
                f"expected input's size at dim={int(batched)} to match num_features ({self.num_features}), "
                f"but got: {channels}."
            )
        if channels != self.num_features:
            warnings.warn(
                f"input's size at dim={int(batched)} does not match num_features, {channels} and {self.num_features}: "
                "without affine that is never used",
                stacklevel=2,
            )
        out = F.instance_norm(
            input if batched else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return out if batched else out.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each of (N, C, L), or of (C, L), brought to mean 0 and variance 1.

    With ``affine`` then scaled by γ and shifted by β; with ``track_running_stats`` by running statistics in prediction.
    ValueError for another rank. Ulyanov et al., 2016.

    >>> nn.InstanceNorm1d(1)(autograd.tensor([[[1., 3.]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """As `InstanceNorm1d`, for images (N, C, H, W) or (C, H, W).

    Brightness and contrast of an image are gone:

    >>> image = autograd.tensor([[[[1., 2.], [3., 4.]]]])
    >>> nn.InstanceNorm2d(1, eps=0)(image).equal(nn.InstanceNorm2d(1, eps=0)(8 * image + 1))
    True
    """

    dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """As `InstanceNorm1d`, for volumes (N, C, D, H, W) or (C, D, H, W).

    >>> nn.InstanceNorm3d(1)(autograd.arange(4.).reshape(1, 2, 2, 1)).flatten()
    tensor([-1.3416, -0.4472,  0.4472,  1.3416])
    """

    dims = (4, 5)


class LocalResponseNorm(FunctionalModule):
    """``x/(k + alpha·mean x²)^beta``, the mean over ``size`` neighbouring channels.

    >>> nn.LocalResponseNorm(2)(autograd.ones(1, 2, 3)).shape
    autograd.Size([1, 2, 3])
    """

    function = staticmethod(F.local_response_norm)
    shown = ("alpha", "beta", "k")

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.configure(size=size, alpha=alpha, beta=beta, k=k)

    def extra_repr(self) -> str:
        return f"{self.size}, {super().extra_repr()}"


class CrossMapLRN2d(Module):
    """`LocalResponseNorm` of images (N, C, H, W) as the Torch of Lua had it; ValueError for another rank.

    It agrees with PyTorch's: at an even ``size`` the sum is of ``size - 1`` channels, and the first channel, once it is
    in the sum, stays there for all that follow. The gradient is that of what is computed, which PyTorch's is not.

    >>> nn.CrossMapLRN2d(3)(autograd.ones(1, 2, 3, 3)).shape
    autograd.Size([1, 2, 3, 3])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        channel = autograd.arange(input.shape[1])
        reach = (self.size - 1) // 2
        near = (channel.unsqueeze(1) - channel).abs() <= reach
        near[reach + 1 :, 0] = True
        sums = near.to(input.dtype) @ (input * input).flatten(2)
        made: Tensor = input * (sums.reshape(input.shape) * (self.alpha / self.size) + self.k) ** -self.beta
        return made

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
