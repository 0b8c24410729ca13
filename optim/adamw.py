"""Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor

from .adam import Adam


class AdamW(Adam):
    """`Adam`, with weights that decay apart from the gradient: first ``p -= lr·weight_decay·p``.

    There the decay of a weight with large gradients isn't divided by their size, as it is where ``weight_decay·p`` is
    added to the gradient. As in PyTorch it is multiplied by lr; in the paper only by its schedule. The settings are
    those of Adam. Loshchilov and Hutter, 2017.

    >>> w = autograd.tensor([1.], requires_grad=True)
    >>> optimizer = optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([0.8500], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def _settings(self, group: dict[str, Any], loaded: dict[str, Any]) -> dict[str, Any]:
        return {**super()._settings(group, loaded), "decoupled_weight_decay": True}
