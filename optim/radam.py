"""RAdam: Adam with a warm-up that follows from its statistics."""

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


class RAdam(Pointwise):
    """``p -= lr·m̂·r·√(1 - β₂ᵗ)/(√v + eps)``, or ``p -= lr·m̂`` as long as v tells too little.

        g = ∂L/∂p + weight_decay·p
        m = β₁·m + (1 - β₁)·g        m̂ = m/(1 - β₁ᵗ)        v = β₂·v + (1 - β₂)·g²
        ρ∞ = 2/(1 - β₂) - 1          ρ = ρ∞ - 2·t·β₂ᵗ/(1 - β₂ᵗ)
        r = √((ρ - 4)·(ρ - 2)·ρ∞/((ρ∞ - 4)·(ρ∞ - 2)·ρ)) once ρ > 5

    decoupled_weight_decay: ``p -= lr·weight_decay·p`` first, as in `AdamW`. maximize: climb. foreach and capturable
    change nothing. The paper's threshold is 4; PyTorch's is that of the authors' program. Liu and others, 2019.
    ValueError for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.8000], requires_grad=True)
    """

    shaped = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
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
        settings = check_implementation(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            decoupled_weight_decay=decoupled_weight_decay,
            differentiable=differentiable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        return {"step": counter(), "exp_avg": zeros(values), "exp_avg_sq": zeros(values)}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        settings = "lr", "betas", "eps", "weight_decay", "decoupled_weight_decay", "maximize"
        numbers = numbers_of(group, *settings)
        return kernels.radam, ("exp_avg", "exp_avg_sq", "step"), numbers
