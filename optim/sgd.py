"""Stochastic gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import zeros
from .pointwise import Pointwise, Rule, numbers_of


class SGD(Pointwise):
    """``p -= lr·v``, where v is the gradient, or with ``momentum`` a running sum of gradients.

        g = ∂L/∂p + weight_decay·p        v = momentum·v + (1 - dampening)·g, at first v = g

    nesterov: step by ``g + momentum·v`` instead (Sutskever et al., 2013). maximize: climb. foreach and fused
    change nothing. Textbooks have the learning rate inside of the velocity, ``v = momentum·v + lr·g; p -= v``: that is
    the same as long as lr stays, but here a new lr counts for all of v at once. ValueError for negative settings.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.8000], requires_grad=True)
    """

    shaped = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        checked("learning rate", lr)
        checked("momentum value", momentum)
        checked("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        settings = check_implementation(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
            foreach=foreach,
            differentiable=differentiable,
            fused=fused,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        return {"momentum_buffer": zeros(values)}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        if not group["momentum"]:
            return kernels.sgd, (), numbers_of(group, "lr", "weight_decay", "maximize")
        # The first step has no history: v = g, undampened.
        group = {**group, "dampening": 0.0} if first else group
        numbers = numbers_of(group, "lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")
        return kernels.momentum_sgd, ("momentum_buffer",), numbers
