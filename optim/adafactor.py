"""Adafactor: Adam's second moments in the memory of a row and a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, from_numpy

from .checks import checked
from .kernels import Array
from .optimizer import Optimizer
from .parameters import counted, counter


class Adafactor(Optimizer):
    """``p -= α·U/max(1, rms(U)/d)``, where U is g over the root of an estimate of its average square.

        β = 1 - t^beta2_decay          α = max(eps₂, rms(p))·min(lr, 1/√t)
        R = β·R + (1 - β)·(mean of g² over each row)
        C = β·C + (1 - β)·(mean of g² over each column)
        V = R·C/mean(R)                U = g/max(√V, eps₁)

    Of a matrix (or the last two dimensions) only R and C are kept; of a vector V itself. Weights decay first, by
    ``lr·weight_decay·p``. eps: (eps₁, eps₂); eps₁ is None for the machine epsilon. maximize: climb. foreach changes
    nothing. In the paper eps₁ is added to g²; PyTorch bounds V from below. Shazeer and Stern, 2018. ValueError for
    settings out of range.

    >>> w = autograd.ones(2, 2).requires_grad_()
    >>> optimizer = optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step(); w, optimizer.state[w]["row_var"].shape
    (tensor([[0.9000, 0.9000],
            [0.9000, 0.9000]], requires_grad=True), autograd.Size([2, 1]))
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        at_least = "{} should be >= 0 but is: {}"
        checked("learning rate", lr, message="Learning rate should be >= 0 but is: {1}")
        checked("beta2_decay", beta2_decay, -float("inf"), message="{} should be <= 0 but is: {}")
        if beta2_decay > 0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None:
            checked("epsilon1", eps[0], message=at_least)
        checked("epsilon2", eps[1], message=at_least)
        checked("Clipping threshold d", d, 1.0, message="{} should be >= 1 but is: {}")
        checked("weight_decay", weight_decay, message=at_least)
        settings = {"lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "foreach": foreach, "maximize": maximize})

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        if len(shape) < 2:
            return {"variance": shape}
        return {"row_var": (*shape[:-1], 1), "col_var": (*shape[:-2], 1, shape[-1])}

    def update(self, values: Array, slope: Array, state: dict[str, Any], group: dict[str, Any]) -> None:
        for name, shape in self.shapes(values.shape).items():
            if name not in state:
                state[name] = from_numpy(np.zeros(shape, values.dtype))
        state.setdefault("step", counter())
        t, lr = counted(state), float(group["lr"])
        least, smallest = group["eps"]
        least = float(np.finfo(values.dtype).eps) if least is None else least
        rate = max(smallest, rms(values)) * min(lr, t**-0.5)
        if group["weight_decay"]:
            values *= 1 - lr * group["weight_decay"]
        mix = t ** group["beta2_decay"]
        square = slope * slope
        if values.ndim < 2:
            estimate = mixed(state["variance"].array, square, mix)
        else:
            rows = mixed(state["row_var"].array, square.mean(-1, keepdims=True), mix)
            columns = mixed(state["col_var"].array, square.mean(-2, keepdims=True), mix)
            estimate = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), least)
        step = slope / np.sqrt(np.maximum(estimate, least * least))
        values -= step * (rate / max(1.0, rms(step) / group["d"]))


def mixed(average: Array, new: Array, mix: float) -> Array:
    """``average``, moved towards ``new`` in place."""
    average += (new - average) * mix
    return average


def rms(x: Array) -> float:
    """The root of the mean square."""
    return float(np.linalg.norm(x)) / x.size**0.5 if x.size else 0.0
