"""Adam: momentum, with a step size for each element."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class Adam(Pointwise):
    """``p -= lr·m̂/(√v̂ + eps)``: m̂ and v̂ average g and g² exponentially, corrected for starting at 0.

        g = ∂L/∂p + weight_decay·p
        m = β₁·m + (1 - β₁)·g        m̂ = m/(1 - β₁ᵗ)
        v = β₂·v + (1 - β₂)·g²       v̂ = v/(1 - β₂ᵗ)

    betas: (β₁, β₂). amsgrad: by the largest v there has been (Reddi et al., 2018). decoupled_weight_decay: as `AdamW`.
    maximize: climb. foreach, fused and capturable change nothing. As in the paper eps is added to the root; the
    form that some textbooks have, ``√(v̂ + eps)``, steps less where gradients are tiny. Kingma and Ba, 2014. ValueError
    for settings out of range.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000], requires_grad=True)
    """

    shaped = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        by_tensor = "{} as a Tensor is not supported for capturable=False and foreach=True"
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError(by_tensor.format("lr"))
        checked("learning rate", lr)
        checked("epsilon value", eps)
        check_betas(betas)
        checked("weight_decay value", weight_decay)
        if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
            raise ValueError("betas must be either both floats or both Tensors")
        if isinstance(betas[0], Tensor) and foreach and not capturable:
            raise ValueError(by_tensor.format("betas[0]"))
        settings = check_implementation(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        state = {"step": counter(), "exp_avg": zeros(values), "exp_avg_sq": zeros(values)}
        return {**state, "max_exp_avg_sq": zeros(values)} if group["amsgrad"] else state

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        settings = "lr", "betas", "eps", "weight_decay", "decoupled_weight_decay", "maximize"
        numbers = numbers_of(group, *settings)
        if group["amsgrad"]:
            return kernels.amsgrad, ("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"), numbers
        return kernels.adam, ("exp_avg", "exp_avg_sq", "step"), numbers


def check_betas(betas: Any) -> None:
    """Raise ValueError unless both are in [0, 1)."""
    if not isinstance(betas, (tuple, list)) or len(betas) != 2:
        raise TypeError(f"betas must be two numbers, as in betas=(0.9, 0.999), not {betas!r}")
    for index, beta in enumerate(betas):
        checked(f"betas[{index}]", beta, low=-float("inf"))
        if not 0 <= float(beta) < 1:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta}")
