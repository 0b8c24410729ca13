"""Muon: momentum for matrices, with steps of equal length in all directions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .checks import checked
from .kernels import Array
from .optimizer import Optimizer
from .parameters import zeros


class Muon(Optimizer):
    """``p -= lr·r·O``, where O is the running average of gradients with its singular values brought close to 1.

        p = p - lr·weight_decay·p
        B = momentum·B + (1 - momentum)·g        M = momentum·B + (1 - momentum)·g with nesterov, else B
        X = M/‖M‖; then, ns_steps times, A = X·Xᵀ and X = a·X + (b·A + c·A²)·X; the last X is O

    For matrices of hidden layers; biases and embeddings want another optimizer. ns_coefficients: (a, b, c), of which
    the iteration of Newton and Schulz brings singular values to somewhere between 0.7 and 1.2. eps: the least ‖M‖ that
    is divided by. adjust_lr_fn: r is ``√max(1, rows/columns)`` for "original" or None, ``0.2·√max(rows, columns)`` for
    "match_rms_adamw". PyTorch iterates in bfloat16, this in float32 or float64: O differs in its third digit. Jordan
    and others, 2024. ValueError for settings out of range and parameters that aren't matrices.

    >>> w = autograd.tensor([[3., 0.], [0., 4.]], requires_grad=True)
    >>> optimizer = optim.Muon([w], lr=1., weight_decay=0.)
    >>> (w * w).sum().backward(); optimizer.step(); w
    tensor([[2.2771, 0.0000],
            [0.0000, 2.8808]], requires_grad=True)
    """

    shaped = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        at_least = "{} should be >= 0 but is: {}"
        checked("learning rate", lr, message="Learning rate should be >= 0 but is: {1}")
        checked("momentum", momentum, message=at_least)
        checked("weight decay", weight_decay, message=at_least)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {adjust_lr_fn} is not supported; there are 'original' and "
                "'match_rms_adamw'"
            )
        if ns_steps >= 100:
            raise ValueError(f"Number of steps must be less than 100 for computational efficiency, not {ns_steps}")
        if len(ns_coefficients) != 3:
            raise ValueError(f"Coefficients must be a tuple of exactly 3 values, not {ns_coefficients}")
        settings: dict[str, Any] = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, settings)

    def check_parameter(self, p: Any) -> None:
        super().check_parameter(p)
        if p.ndim != 2:
            raise ValueError(
                f"Muon only supports 2D parameters whereas we found a parameter with size: {tuple(p.shape)}; give it "
                "to another optimizer, such as AdamW"
            )

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        momentum, lr = group["momentum"], float(group["lr"])
        average = state.setdefault("momentum_buffer", zeros(values)).array
        average += (slope - average) * (1 - momentum)
        direction = slope + (average - slope) * momentum if group["nesterov"] else average
        step = orthogonalized(direction, group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = values.shape
        ratio = math.sqrt(max(1, rows / columns)) if columns else 1.0
        if group["adjust_lr_fn"] == "match_rms_adamw":
            ratio = 0.2 * math.sqrt(max(rows, columns))
        values *= 1 - lr * group["weight_decay"]
        values -= step * (lr * ratio)


def orthogonalized(x: Array, coefficients: tuple[float, float, float], steps: int, least: float) -> Array:
    """``x`` with singular values close to 1, by iterating an odd polynomial of degree 5."""
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]
    x = (x.T if tall else x) / max(float(np.linalg.norm(x)), least)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * (square @ square)) @ x
    return x.T if tall else x
