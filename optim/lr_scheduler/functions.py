"""Learning rates by a function of the epoch that is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..optimizer import Optimizer
from .scheduler import LRScheduler, Rate, attributes

Factor = Callable[[int], float]


class ByFunction(LRScheduler):
    """``lr_lambda`` is a function for all groups, or a list with one for each; ValueError for a list of another size.

    A state dict has of callable objects what they remember, and of functions nothing.
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1) -> None:
        groups = len(optimizer.param_groups)
        if not isinstance(lr_lambda, (list, tuple)):
            lr_lambda = [lr_lambda] * groups
        if len(lr_lambda) != groups:
            raise ValueError(f"Expected {groups} lr_lambdas, but got {len(lr_lambda)}")
        for function in lr_lambda:
            if not callable(function):
                raise TypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        self.lr_lambdas = list(lr_lambda)
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "lr_lambdas": [attributes(function) for function in self.lr_lambdas]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({**state_dict, "lr_lambdas": self.lr_lambdas})
        for function, remembered in zip(self.lr_lambdas, state_dict["lr_lambdas"]):
            if remembered is not None:
                vars(function).update(remembered)


class LambdaLR(ByFunction):
    """``lr = initial_lr·lr_lambda(epoch)``.

    A list has a function for each group; ValueError if it has more or fewer. A state dict has of callable objects what
    they remember, and of functions nothing.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> optimizer.step(); scheduler.step(); optimizer.param_groups[0]["lr"]
    0.4
    """

    def _get_chainable_lr(self) -> list[Rate]:
        return [lr * function(self.last_epoch) for function, lr in zip(self.lr_lambdas, self.base_lrs)]


class MultiplicativeLR(ByFunction):
    """``lr *= lr_lambda(epoch)``, from epoch 1 on; the functions are given as to `LambdaLR`.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.8)
    >>> scheduler = optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5 if epoch % 2 else 1)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.8, 0.4, 0.4, 0.2, 0.2]
    """

    def _get_chainable_lr(self) -> list[Rate]:
        if self._is_initial:
            return self._unchanged()
        groups = self.optimizer.param_groups
        return [group["lr"] * function(self.last_epoch) for function, group in zip(self.lr_lambdas, groups)]
