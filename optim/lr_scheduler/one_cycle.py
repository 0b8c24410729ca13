"""One cycle of the learning rate in all of training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..optimizer import Optimizer
from .momentum import put_momentum, start_momentum
from .scheduler import LRScheduler, Rate, checked_optimizer, for_groups


class OneCycleLR(LRScheduler):
    """From max_lr/div_factor up to ``max_lr``, then down to (max_lr/div_factor)/final_div_factor, once in training.

    The way up takes ``pct_start`` of ``total_steps``, which may be given as ``epochs`` times ``steps_per_epoch``. With
    ``three_phase`` the way back to where it began takes as long, and what is left goes on down. anneal_strategy: along
    a cosine ("cos"), or "linear". With ``cycle_momentum``, momentum, or β₁, goes the other way between max_momentum and
    base_momentum. What is given for all groups may be a list with a value for each. Smith and Topin, 2017. ValueError
    for settings out of range, an optimizer without momentum, and a step after the last.

    >>> optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=6, pct_start=0.5)
    >>> rates = []
    >>> for batch in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> autograd.tensor(rates)
    tensor([4.0000e-02, 5.2000e-01, 1.0000e+00, 7.5000e-01, 2.5000e-01, 4.0000e-06])
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = checked_optimizer(optimizer)
        if total_steps is not None:
            self.total_steps = positive("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = positive("epochs", epochs) * positive("steps_per_epoch", steps_per_epoch)
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in WAYS:
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        up, end = pct_start * self.total_steps, self.total_steps - 1
        if three_phase:
            self._schedule_phases = [
                phase(float(up) - 1, ("initial_lr", "max_lr"), ("max_momentum", "base_momentum")),
                phase(float(2 * up) - 2, ("max_lr", "initial_lr"), ("base_momentum", "max_momentum")),
                phase(end, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum")),
            ]
        else:
            self._schedule_phases = [
                phase(float(up) - 1, ("initial_lr", "max_lr"), ("max_momentum", "base_momentum")),
                phase(end, ("max_lr", "min_lr"), ("base_momentum", "max_momentum")),
            ]
        max_lrs = for_groups("max_lr", optimizer, max_lr)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            *_, self.use_beta1 = start_momentum(optimizer, base_momentum, max_momentum, last_epoch == -1)
        if last_epoch == -1:
            for group, top in zip(optimizer.param_groups, max_lrs):
                first = top / div_factor
                group.update(initial_lr=first, max_lr=top, min_lr=first / final_div_factor)
        super().__init__(optimizer, last_epoch)

    def _get_chainable_lr(self) -> list[Rate]:
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is {self.total_steps}"
            )
        starts = [0.0, *(each["end_step"] for each in self._schedule_phases)]
        number = next((i for i, end in enumerate(starts[1:-1]) if self.last_epoch <= end), len(starts) - 2)
        now, way = self._schedule_phases[number], WAYS[self._anneal_func_type]
        done = (self.last_epoch - starts[number]) / (now["end_step"] - starts[number])
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(way(group[now["start_lr"]], group[now["end_lr"]], done))
            if self.cycle_momentum:
                momentum = way(group[now["start_momentum"]], group[now["end_momentum"]], done)
                put_momentum(group, momentum, self.use_beta1)
        return rates


def phase(end: float, lr: tuple[str, str], momentum: tuple[str, str]) -> dict[str, Any]:
    """The step that a phase ends at, and the settings of a group that it leads from and to."""
    return {
        "end_step": end,
        "start_lr": lr[0],
        "end_lr": lr[1],
        "start_momentum": momentum[0],
        "end_momentum": momentum[1],
    }


# From a start to an end, of which a part is done.
WAYS: dict[str, Callable[[Any, Any, float], Any]] = {
    "cos": lambda start, end, done: end + (start - end) / 2.0 * (math.cos(math.pi * done) + 1),
    "linear": lambda start, end, done: (end - start) * done + start,
}


def positive(name: str, value: Any) -> int:
    """``value``; ValueError unless it is an integer above 0."""
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")
    return value
