"""Averages of the weights that training passes through, which often generalize better than the last ones."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import autograd
from autograd import Tensor, no_grad
from nn import Module
from nn.batchnorm import _BatchNorm

from .lr_scheduler.scheduler import LRScheduler, Rate, for_groups
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

# Of an average, what is averaged, and how many went into it before: the new average.
Average = Callable[[Tensor, Tensor, Any], Tensor]
# The same for lists of one dtype, written into the first.
Averages = Callable[[list[Tensor], list[Tensor], Any], None]


def get_swa_avg_fn() -> Average:
    """``w̄ + (w - w̄)/(n + 1)``: the mean of all weights so far, for `AveragedModel`."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """``decay·w̄ + (1 - decay)·w``, for `AveragedModel`. ValueError unless 0 ≤ decay ≤ 1."""
    check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_multi_avg_fn() -> Averages:
    """`get_swa_avg_fn` for lists of Tensors, in place."""
    return in_place(get_swa_avg_fn(), lambda num_averaged: 1 / (float(num_averaged) + 1))


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """`get_ema_avg_fn` for lists of Tensors, in place.

    >>> average = [autograd.ones(2)]
    >>> optim.swa_utils.get_ema_multi_avg_fn(0.9)(average, [autograd.zeros(2)], 1)
    >>> average
    [tensor([0.9000, 0.9000])]
    """
    return in_place(get_ema_avg_fn(decay), lambda num_averaged: 1 - decay)


def in_place(average: Average, weight: Callable[[Any], float]) -> Averages:
    """``average`` for lists: it goes the part ``weight`` of the way from each average to what is averaged."""

    @no_grad()
    def update(averages: list[Tensor], values: list[Tensor], num_averaged: Any) -> None:
        for averaged, value in zip(averages, values, strict=True):
            if averaged.is_floating_point():
                averaged.lerp_(value, weight(num_averaged))
            else:
                averaged.copy_(average(averaged, value, num_averaged))

    return update


def check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of ``model`` in which its parameters are averaged, at each `update_parameters`; it is called like it.

    avg_fn(average, parameter, n) gives a new average; multi_avg_fn(averages, parameters, n) writes into lists of one
    dtype; by default it is the mean of all n + 1, stochastic weight averaging (Izmailov et al., 2018). See also
    `get_ema_multi_avg_fn`. use_buffers: buffers are averaged too, not copied. AssertionError for both functions.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> average = optim.swa_utils.AveragedModel(model)
    >>> for weight in (1.0, 2.0, 6.0):
    ...     _ = nn.init.constant_(model.weight, weight)
    ...     average.update_parameters(model)
    >>> average(autograd.ones(1)), average.n_averaged
    (tensor([3.], grad_fn=<SqueezeBackward4>), tensor(3))
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", autograd.tensor(0, device=device))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Let ``model``'s parameters, as they are now, go into the average. The first time they are the average."""
        pairs = list(zip(self.averaged(self.module), self.averaged(model)))
        if self.n_averaged.item() == 0:
            for average, value in pairs:
                average.copy_(value)
        elif self.multi_avg_fn is not None:
            for dtype in dict.fromkeys(average.dtype for average, _ in pairs):
                averages, values = zip(*(pair for pair in pairs if pair[0].dtype is dtype))
                self.multi_avg_fn(list(averages), list(values), self.n_averaged)
        else:
            average_of = self.avg_fn or get_swa_avg_fn()
            for average, value in pairs:
                average.copy_(average_of(average, value, self.n_averaged))
        if not self.use_buffers:
            for own, buffer in zip(self.module.buffers(), model.buffers(), strict=True):
                own.detach().copy_(buffer.detach())
        self.n_averaged += 1

    def averaged(self, model: Module) -> Iterable[Tensor]:
        """What of a model is averaged, as Tensors on the same memory of which nothing is recorded."""
        tensors = chain(model.parameters(), model.buffers() if self.use_buffers else ())
        return (tensor.detach() for tensor in tensors)


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Find the running statistics of ``model``'s batch norms anew, as plain averages over the batches of ``loader``.

    An `AveragedModel` needs it: the statistics are of the weights that were, not of their average. The model is called
    on each batch, or on the first of what a batch that is a list or tuple has.

    >>> model = nn.BatchNorm1d(1)
    >>> optim.swa_utils.update_bn([autograd.tensor([[1.], [3.]]), autograd.tensor([[3.], [5.]])], model)
    >>> model.running_mean
    tensor([3.])
    """
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    if not momenta:
        return
    was_training = model.training
    model.train()
    try:
        for module in momenta:
            module.reset_running_stats()
            module.momentum = None
        for batch in loader:
            input = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(input if device is None else input.to(device))
    finally:
        for module, momentum in momenta.items():
            module.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """From each group's learning rate to ``swa_lr`` in ``anneal_epochs`` epochs, then that; see `AveragedModel`.

    anneal_strategy: along a cosine ("cos"), or "linear". swa_lr may be a list with a value for each group. ValueError
    for settings out of range and a list of another size.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.swa_utils.SWALR(optimizer, swa_lr=0.2, anneal_epochs=3, anneal_strategy="linear")
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> autograd.tensor(rates)
    tensor([0.8000, 0.6000, 0.4000, 0.2000, 0.2000])
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        swa_lrs = for_groups("swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        for group, lr in zip(optimizer.param_groups, swa_lrs):
            group["swa_lr"] = lr
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self.part(step - 1), self.part(step)
        rates = []
        for group in self.optimizer.param_groups:
            end = group["swa_lr"]
            start = end if before == 1 else (group["lr"] - before * end) / (1 - before)
            rates.append(end * now + start * (1 - now))
        return rates

    def part(self, step: int) -> float:
        """How much of the way is done after that many steps."""
        time = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * time)) / 2 if self._anneal_strategy == "cos" else time
