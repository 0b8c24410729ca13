"""RMSprop: steps divided by the size that gradients have had lately."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class RMSprop(Pointwise):
    """``p -= lr·g/(√E + eps)``, where E averages g² exponentially.

        g = ∂L/∂p + weight_decay·p        E = alpha·E + (1 - alpha)·g²

    momentum: ``v = momentum·v + g/(√E + eps)``, and ``p -= lr·v``. centered: by the variance, ``E - (average of g)²``,
    in place of E (Graves, 2013). maximize: climb. foreach and capturable change nothing. Textbooks often have eps under
    the root, ``lr/√(E + eps)``, and alpha as 0.9; here, as in PyTorch, eps is added to the root and alpha is 0.99.
    Hinton's lecture 6e, 2012. ValueError for negative settings.

    >>> w = autograd.tensor([1., 10.], requires_grad=True)
    >>> optimizer = optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000, 9.9000], requires_grad=True)
    """

    shaped = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        checked("epsilon value", eps)
        checked("momentum value", momentum)
        checked("weight_decay value", weight_decay)
        checked("alpha value", alpha)
        settings = check_implementation(
            lr=lr,
            momentum=momentum,
            alpha=alpha,
            eps=eps,
            centered=centered,
            weight_decay=weight_decay,
            capturable=capturable,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        state = {"step": counter(), "square_avg": zeros(values)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros(values)
        if group["centered"]:
            state["grad_avg"] = zeros(values)
        return state

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        # What isn't there isn't touched: anything may stand in its place.
        average = "grad_avg" if group["centered"] else "square_avg"
        velocity = "momentum_buffer" if group["momentum"] > 0 else "square_avg"
        numbers = numbers_of(group, "lr", "alpha", "eps", "weight_decay", "momentum", "centered", "maximize")
        return kernels.rmsprop, ("square_avg", average, velocity, "step"), numbers
