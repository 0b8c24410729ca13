"""Adagrad: smaller steps for what has had large gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, from_numpy

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, with_arrays
from .pointwise import Pointwise, Rule, numbers_of


class Adagrad(Pointwise):
    """``p -= lr·g/(√G + eps)``, where G sums up g² over all steps.

        g = ∂L/∂p + weight_decay·p        G = G + g², at first initial_accumulator_value

    lr_decay: step t has the learning rate ``lr/(1 + (t - 1)·lr_decay)``. maximize: climb. foreach and fused change
    nothing. Textbooks often have eps under the root, ``lr/√(G + eps)``; here, as in PyTorch, it is added to the root.
    Duchi, Hazan and Singer, 2011. ValueError for negative settings.

    >>> w = autograd.tensor([1., 10.], requires_grad=True)
    >>> optimizer = optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000, 9.9000], requires_grad=True)
    """

    shaped = ("sum",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        checked("learning rate", lr)
        checked("lr_decay value", lr_decay)
        checked("weight_decay value", weight_decay)
        checked("initial_accumulator_value value", initial_accumulator_value)
        checked("epsilon value", eps)
        settings = check_implementation(
            lr=lr,
            lr_decay=lr_decay,
            eps=eps,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            fused=fused,
        )
        super().__init__(params, settings)
        # As PyTorch's, which takes it for granted in what it loads.
        for group in self.param_groups:
            for p, values in with_arrays(group["params"]):
                self.state[p] = self.begin(values, group)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        return {"step": counter(), "sum": from_numpy(np.full_like(values, group["initial_accumulator_value"]))}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        numbers = numbers_of(group, "lr", "lr_decay", "weight_decay", "eps", "maximize")
        return kernels.adagrad, ("sum", "step"), numbers
