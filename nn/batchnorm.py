"""Batch normalization."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.writing import count_up

from . import functional as F
from . import init, synchronized
from .module import Module
from .parameter import Parameter


class _NormWithStatistics(Module):
    """Scale and offset for each feature, and running statistics of what was seen."""

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    dims: tuple[int, ...]
    # Since the second layout the number of batches is saved, too.
    _version = 2

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: object = None,
        dtype: autograd.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.register_parameter(
            "weight", Parameter(autograd.empty(num_features, dtype=dtype, device=device)) if affine else None
        )
        self.register_parameter(
            "bias", Parameter(autograd.empty(num_features, dtype=dtype)) if affine and bias else None
        )
        tracked = track_running_stats
        self.register_buffer("running_mean", autograd.zeros(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", autograd.ones(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", autograd.tensor(0) if tracked else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget what was seen of the data."""
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Start over with scale 1, offset 0 and no statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *others: Any
    ) -> None:
        if local_metadata.get("version", 1) < 2 and self.num_batches_tracked is not None:
            state_dict.setdefault(f"{prefix}num_batches_tracked", self.num_batches_tracked)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)

    def _check_rank(self, input: Tensor) -> None:
        if input.dim() not in self.dims:
            expected = " or ".join(f"{dim}D" for dim in self.dims)
            raise ValueError(f"{type(self).__name__}: expected {expected} input (got {input.dim()}D input)")

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormWithStatistics):
    def forward(self, input: Tensor) -> Tensor:
        self._check_rank(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None:
            count_up(self.num_batches_tracked)
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked.item()
        return F.batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            momentum,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Each of ``num_features`` features brought to mean 0 and variance 1, then scaled by γ and shifted by β.

    Input (N, C) or (N, C, L). In training by the statistics of the batch, while running ones are kept by an
    exponential average with ``momentum`` (None: a plain average); in prediction by the running ones. γ is ``weight``,
    β ``bias``. Ioffe and Szegedy, 2015. ValueError for another rank or a single value per feature in training.

    >>> nn.BatchNorm1d(2)(autograd.tensor([[1., 10.], [3., 30.]]))
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]], grad_fn=<NativeBatchNormBackward0>)
    """

    dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """As `BatchNorm1d`, for images (N, C, H, W): each channel has one mean and one variance.

    >>> nn.BatchNorm2d(3)(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    dims = (4,)


class BatchNorm3d(_BatchNorm):
    """As `BatchNorm1d`, for volumes (N, C, D, H, W).

    >>> norm = nn.BatchNorm3d(1, momentum=None)
    >>> norm(autograd.arange(8.).reshape(1, 1, 2, 2, 2)).mean().item(), norm.running_mean, norm.running_var
    (0.0, tensor([3.5000]), tensor([6.0000]))
    """

    dims = (5,)


class SyncBatchNorm(_BatchNorm):
    """As `BatchNorm1d`, for inputs of two to five dimensions, by the statistics of the batches of all ranks.

    process_group: the ranks, all if not given. Where there is one process, or `autograd.distributed` was not
    initialized, it is a plain batch norm. Its gradients are those of one process that has all batches.

    >>> nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm1d(2), nn.ReLU()))[0]
    SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    dims = (2, 3, 4, 5)

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: object = None,
        device: object = None,
        dtype: autograd.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def forward(self, input: Tensor) -> Tensor:
        group = synchronized.group_of(self.process_group)
        if group is None or not (self.training or self.running_mean is None):
            return super().forward(input)
        self._check_rank(input)
        out, mean, var, count = synchronized.batch_norm(input, self.weight, self.bias, self.eps, group)
        if self.num_batches_tracked is not None and self.running_mean is not None and self.running_var is not None:
            self.num_batches_tracked.array += 1
            momentum = 1.0 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
            with autograd.no_grad():
                self.running_mean.lerp_(mean.to(self.running_mean.dtype), momentum)
                self.running_var.lerp_((var * (count / (count - 1))).to(self.running_var.dtype), momentum)
        return out

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: object = None) -> Module:
        """``module`` with all batch norms in it replaced by synchronized ones that have their Tensors.

        It is changed itself unless it is a batch norm.
        """
        made = module
        if isinstance(module, _BatchNorm):
            made = SyncBatchNorm(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
        for name, child in list(module.named_children()):
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made
