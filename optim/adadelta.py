"""Adadelta: steps in the units of the parameters, without a learning rate to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class Adadelta(Pointwise):
    """``p -= lr·δ``, where ``δ = g·√(D + eps)/√(G + eps)``.

        g = ∂L/∂p + weight_decay·p
        G = rho·G + (1 - rho)·g²          D = rho·D + (1 - rho)·δ², after δ is known

    In the paper there is no lr: that is lr=1. eps is under both roots, and what gets the first steps going, as D is 0.
    maximize: climb. foreach and capturable change nothing. Zeiler, 2012. ValueError for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.Adadelta([w], lr=100.)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.6838], requires_grad=True)
    """

    shaped = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        checked("rho value", rho)
        if rho > 1:
            raise ValueError(f"Invalid rho value: {rho}")
        checked("epsilon value", eps)
        checked("weight_decay value", weight_decay)
        settings = check_implementation(
            lr=lr,
            rho=rho,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
            capturable=capturable,
            foreach=foreach,
            differentiable=differentiable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        return {"step": counter(), "square_avg": zeros(values), "acc_delta": zeros(values)}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        numbers = numbers_of(group, "lr", "rho", "eps", "weight_decay", "maximize")
        return kernels.adadelta, ("square_avg", "acc_delta", "step"), numbers
