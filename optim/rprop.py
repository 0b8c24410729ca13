"""Rprop: steps that only the signs of gradients decide on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, from_numpy

from . import kernels
from .checks import check_implementation, checked
from .kernels import Array
from .parameters import counter, zeros
from .pointwise import Pointwise, Rule, numbers_of


class Rprop(Pointwise):
    """``p -= sign(g)·s``, where each element has a step size s of its own, at first lr.

        s = s·η⁺ where g has the sign that it had, s·η⁻ where it has changed; then it stays in step_sizes

    Where the sign has changed g counts as 0: p stays, and so does s in the step after. etas: (η⁻, η⁺). It wants the
    gradient of all data: between batches signs change by chance. maximize: climb. foreach and capturable change
    nothing. Riedmiller and Braun, 1993; this is the form called iRprop⁻ (Igel and Hüsken, 2000). ValueError unless
    ``0 < η⁻ < 1 < η⁺``.

    >>> w = autograd.tensor([1., 10.], requires_grad=True)
    >>> optimizer = optim.Rprop([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.9000, 9.9000], requires_grad=True)
    """

    shaped = ("prev", "step_size")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        checked("learning rate", lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        settings = check_implementation(
            lr=lr,
            etas=etas,
            step_sizes=step_sizes,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )
        super().__init__(params, settings)

    def begin(self, values: Array, group: dict[str, Any]) -> dict[str, Tensor]:
        size = from_numpy(np.full_like(values, float(group["lr"])))
        return {"step": counter(), "prev": zeros(values), "step_size": size}

    def rule(self, group: dict[str, Any], first: bool) -> Rule:
        return kernels.rprop, ("prev", "step_size", "step"), numbers_of(group, "etas", "step_sizes", "maximize")
