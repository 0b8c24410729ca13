"""NAdam: Adam that looks ahead, as Nesterov's momentum does."""

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


class NAdam(Pointwise):
    """``p -= lr·(μₜ₊₁·m/(1 - μ₁·…·μₜ₊₁) + (1 - μₜ)·g/(1 - μ₁·…·μₜ))/(√v̂ + eps)``.

        g = ∂L/∂p + weight_decay·p                     m = β₁·m + (1 - β₁)·g
        μₜ = β₁·(1 - 0.96^(t·momentum_decay)/2)        v = β₂·v + (1 - β₂)·g²        v̂ = v/(1 - β₂ᵗ)

    decoupled_weight_decay: ``p -= lr·weight_decay·p`` first, as in `AdamW`. maximize: climb. foreach and capturable
    change nothing. In the paper m too averages with μₜ instead of β₁. Dozat, 2016. ValueError for settings out of
    range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.8944], requires_grad=True)
    """

    shaped = ("exp_avg", "exp_avg_sq")
    counters = ("step", "mu_product")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        checked("epsilon value", eps)
        check_betas(betas)
        checked("weight_decay value", weight_decay)
        checked("momentum_decay value", momentum_decay)
        settings = check_implementation(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        averages = {"exp_avg": zeros(values), "exp_avg_sq": zeros(values)}
        return {"step": counter(), "mu_product": counter(1.0), **averages}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        settings = "lr", "betas", "eps", "weight_decay", "momentum_decay", "decoupled_weight_decay", "maximize"
        numbers = numbers_of(group, *settings)
        return kernels.nadam, ("exp_avg", "exp_avg_sq", "step", "mu_product"), numbers
