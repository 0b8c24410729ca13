"""Learning rates that fall a little with every epoch."""

from __future__ import annotations

from ..optimizer import Optimizer
from .scheduler import LRScheduler, Rate


class ExponentialLR(LRScheduler):
    """``lr = initial_lr·γ^epoch``: times ``gamma`` every epoch.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.8, 0.4, 0.2, 0.1]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        return self._unchanged() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return [lr * self.gamma**self.last_epoch for lr in self.base_lrs]


class PolynomialLR(LRScheduler):
    """``lr = initial_lr·(1 - epoch/total_iters)^power``, and 0 from ``total_iters`` on.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> autograd.tensor(rates)
    tensor([0.8000, 0.4500, 0.2000, 0.0500, 0.0000])
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._unchanged()
        now, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return self._scaled((now / before) ** self.power)

    def _get_closed_form_lr(self) -> list[Rate]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [lr * left**self.power for lr in self.base_lrs]
