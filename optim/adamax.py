"""Adamax: Adam by the largest gradient instead of the average square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .adam import check_betas
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class Adamax(Pointwise):
    """``p -= lr·m̂/u``: `Adam` with the maximum norm, in which u needs no correction.

        g = ∂L/∂p + weight_decay·p
        m = β₁·m + (1 - β₁)·g        m̂ = m/(1 - β₁ᵗ)        u = max(β₂·u, |g| + eps)

    The paper has no eps: PyTorch adds it to |g|, so that u is never 0. maximize: climb. foreach and capturable
    change nothing. Kingma and Ba, 2014, section 7.1. ValueError for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000], requires_grad=True)
    """

    shaped = ("exp_avg", "exp_inf")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        checked("epsilon value", eps)
        check_betas(betas)
        checked("weight_decay value", weight_decay)
        settings = check_implementation(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        return {"step": counter(), "exp_avg": zeros(values), "exp_inf": zeros(values)}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        numbers = numbers_of(group, "lr", "betas", "eps", "weight_decay", "maximize")
        return kernels.adamax, ("exp_avg", "exp_inf", "step"), numbers
