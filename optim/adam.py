"""Adam: momentum, with a step size for each element."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd import Tensor, zeros_like
from autograd.kernels import optimizers as kernels

from .optimizer import Array, Optimizer, checked


class Adam(Optimizer):
    """``p -= lr·m̂/(√v̂ + eps)``: m̂ and v̂ average g and g² exponentially, corrected for starting at 0.

        g = ∂L/∂p + weight_decay·p
        m = β₁·m + (1 - β₁)·g        m̂ = m/(1 - β₁ᵗ)
        v = β₂·v + (1 - β₂)·g²       v̂ = v/(1 - β₂ᵗ)

    betas: (β₁, β₂). Kingma and Ba, 2014. ValueError for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        checked("learning rate", lr)
        checked("epsilon value", eps)
        for index, beta in enumerate(betas):
            checked(f"beta parameter at index {index}", beta, high=1.0)
        checked("weight_decay value", weight_decay)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def update(
        self, group: dict[str, Any], settings: dict[Any, Any], parameter: Tensor, values: Array, slope: Array
    ) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            for name in ("exp_avg", "exp_avg_sq"):
                state[name] = zeros_like(parameter)
        state["step"] = t = state["step"] + 1
        constants = settings.get(t)
        if constants is None or constants[0].dtype is not values.dtype:
            beta1, beta2 = group["betas"]
            rate, root = group["lr"] / (1 - beta1**t), math.sqrt(1 - beta2**t)
            numbers = (rate, 1 - beta1, beta2, 1 - beta2, root, group["eps"], group["weight_decay"])
            constants = settings[t] = tuple(map(values.dtype.type, numbers))
        kernels.adam(
            values, slope, state["exp_avg"].array.reshape(-1), state["exp_avg_sq"].array.reshape(-1), *constants
        )
