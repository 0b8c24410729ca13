"""Averaged stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class ASGD(Pointwise):
    """``p = (1 - lambd·η)·p - η·g``, and the average of p over the steps as ``ax`` in its state.

        g = ∂L/∂p + weight_decay·p        η = lr/(1 + lambd·lr·t)^alpha
        ax = ax + (p - ax)·μ              μ = 1/max(1, t - t0)

    The average begins at step t0: until then ax is p. Nothing puts it in the place of p; `state` has it. maximize:
    climb. foreach and capturable change nothing. Polyak and Juditsky, 1992. ValueError for a negative lr or
    weight_decay.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.ASGD([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w, optimizer.state[w]["ax"]
    (tensor([0.8000], requires_grad=True), tensor([0.8000]))
    """

    shaped = ("ax",)
    counters = ("step", "eta", "mu")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        checked("weight_decay value", weight_decay)
        settings = check_implementation(
            lr=lr,
            lambd=lambd,
            alpha=alpha,
            t0=t0,
            weight_decay=weight_decay,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        rates = {"eta": counter(float(group["lr"])), "mu": counter(1.0)}
        return {"step": counter(), **rates, "ax": zeros(values)}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        numbers = numbers_of(group, "lr", "lambd", "alpha", "t0", "weight_decay", "maximize")
        return kernels.asgd, ("ax", "step", "eta", "mu"), numbers
