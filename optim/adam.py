"""Adam: momentum, with a step size for each element."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from . import kernels
from .kernels import Array
from .optimizer import Optimizer, checked, zeros


class Adam(Optimizer):
    """``p -= lr·m̂/(√v̂ + eps)``: m̂ and v̂ average g and g² exponentially, corrected for starting at 0.

        g = ∂L/∂p + weight_decay·p
        m = β₁·m + (1 - β₁)·g        m̂ = m/(1 - β₁ᵗ)
        v = β₂·v + (1 - β₂)·g²       v̂ = v/(1 - β₂ᵗ)

    betas: (β₁, β₂). amsgrad: by the largest v̂ there has been (Reddi et al., 2018). maximize: climb. foreach and fused
    change nothing: each parameter is updated in one pass. Kingma and Ba, 2014. ValueError for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000], requires_grad=True)
    """

    shaped = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        checked("learning rate", lr)
        checked("epsilon value", eps)
        for index, beta in enumerate(betas):
            checked(f"beta parameter at index {index}", beta, high=1.0)
        checked("weight_decay value", weight_decay)
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "amsgrad": amsgrad, "maximize": maximize})

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, exp_avg=zeros(values), exp_avg_sq=zeros(values))
        state["step"] += 1
        m, v = state["exp_avg"].array, state["exp_avg_sq"].array
        beta1, beta2 = group["betas"]
        lr, eps, weight_decay = group["lr"], group["eps"], group["weight_decay"]
        # In a state that PyTorch saved the step is a Tensor, which counts up in place: no key to remember constants by.
        constants = constants_of_step(values.dtype, int(state["step"]), float(lr), beta1, beta2, eps, weight_decay)
        if group["amsgrad"]:
            top = state.setdefault("max_exp_avg_sq", zeros(values)).array
            kernels.over(kernels.amsgrad, values, slope, (m, v, top), *constants)
        else:
            kernels.over(kernels.adam, values, slope, (m, v), *constants)


@functools.lru_cache(maxsize=64)
def constants_of_step(
    dtype: np.dtype[Any], t: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> tuple[Any, ...]:
    """What the kernel takes beside the arrays at step ``t``: the same for all parameters of a group, so remembered."""
    step_size, root = lr / (1 - beta1**t), math.sqrt(1 - beta2**t)
    return kernels.numbers(dtype, step_size, 1 - beta1, beta2, 1 - beta2, root, eps, weight_decay)
