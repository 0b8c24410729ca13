"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import kernels
from .kernels import Array
from .optimizer import Optimizer, checked, zeros


class SGD(Optimizer):
    """``p -= lr·v``, where v is the gradient, or with ``momentum`` a running sum of gradients.

        g = ∂L/∂p + weight_decay·p        v = momentum·v + (1 - dampening)·g

    nesterov: step by ``g + momentum·v`` instead (Sutskever et al., 2013). maximize: climb. foreach and fused
    change nothing: each parameter is updated in one pass. ValueError for negative settings.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.8000], requires_grad=True)
    """

    shaped = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        checked("learning rate", lr)
        checked("momentum value", momentum)
        checked("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        settings = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "nesterov": nesterov, "maximize": maximize})

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum, weight_decay = float(group["lr"]), group["momentum"], group["weight_decay"]
        if not momentum:
            kernels.over(kernels.sgd, values, slope, (), *kernels.numbers(values.dtype, lr, weight_decay))
            return
        dampening = group["dampening"]
        if state.get("momentum_buffer") is None:
            # The first step has no history: v = g, undampened.
            state["momentum_buffer"], dampening = zeros(values), 0.0
        v = state["momentum_buffer"].array
        constants = kernels.numbers(values.dtype, lr, momentum, dampening, weight_decay)
        kernels.over(kernels.momentum_sgd, values, slope, (v,), *constants, group["nesterov"])
