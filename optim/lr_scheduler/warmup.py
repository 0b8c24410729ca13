"""Learning rates that begin smaller than they will be."""

from __future__ import annotations

from ..optimizer import Optimizer
from .scheduler import LRScheduler, Rate


class ConstantLR(LRScheduler):
    """``lr = initial_lr·factor`` in the first ``total_iters`` epochs, then ``initial_lr``.

    ValueError unless 0 ≤ factor ≤ 1.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.ConstantLR(optimizer, factor=0.25, total_iters=2)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.2, 0.2, 0.8, 0.8]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1, but got {factor}.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        return self._scaled(1 / self.factor) if self.last_epoch == self.total_iters else self._unchanged()

    def _get_closed_form_lr(self) -> list[Rate]:
        over = self.last_epoch >= self.total_iters
        return [lr * (self.factor + over * (1 - self.factor)) for lr in self.base_lrs]


class LinearLR(LRScheduler):
    """``lr = initial_lr·f``: f goes from ``start_factor`` to ``end_factor`` in ``total_iters`` equal steps, and stays.

    ValueError unless 0 < start_factor ≤ 1 and 0 ≤ end_factor ≤ 1.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> autograd.tensor(rates)
    tensor([0.2000, 0.4000, 0.6000, 0.8000, 0.8000])
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal to 1, "
                f"but got {start_factor}."
            )
        if not 0 <= end_factor <= 1:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1, but got {end_factor}.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._unchanged()
        # f(t)/f(t - 1), where f is start + t·rise/total.
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)

    def _get_closed_form_lr(self) -> list[Rate]:
        epochs, rise = min(self.total_iters, self.last_epoch), self.end_factor - self.start_factor
        return [lr * (self.start_factor + rise * epochs / self.total_iters) for lr in self.base_lrs]
