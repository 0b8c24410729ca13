"""How large the gradients are, layer by layer or step by step: whether they vanish or explode on their way back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import autograd
from autograd import Tensor

from ..module import Module

if TYPE_CHECKING:
    from pathlib import Path

BAR = 24


class GradientRow(NamedTuple):
    """A Tensor of a report: its norm and its gradient's, NaN where there is none."""

    name: str
    shape: tuple[int, ...]
    value: float
    gradient: float


class GradientReport:
    """The norms of gradients, as text when printed, as a picture by `plot`.

    rows: a `GradientRow` for each Tensor. norm_type: of the norms.
    """

    def __init__(self, rows: Sequence[GradientRow], norm_type: float) -> None:
        self.rows, self.norm_type = list(rows), norm_type

    @property
    def ratio(self) -> float:
        """The norm in the first row over that in the last: far below 1 gradients vanish, far above they explode."""
        known = [row.gradient for row in self.rows if not math.isnan(row.gradient)]
        return known[0] / known[-1] if known[-1] else math.inf if known[0] else math.nan

    def __repr__(self) -> str:
        width = max(len("tensor"), *(len(row.name) for row in self.rows))
        shapes = max(len("shape"), *(len(str(row.shape)) for row in self.rows))
        lines = [f"{'tensor':{width}}  {'shape':{shapes}}  {'|value|':>9}  {'|gradient|':>10}"]
        exponents = [math.log10(row.gradient) for row in self.rows if 0 < row.gradient < math.inf]
        low, high = (min(exponents), max(exponents)) if exponents else (0.0, 0.0)
        for row in self.rows:
            gradient = f"{'none':>10}" if math.isnan(row.gradient) else f"{row.gradient:10.2e}"
            text = f"{row.name:{width}}  {row.shape!s:{shapes}}  {row.value:9.2e}  {gradient}"
            if 0 < row.gradient < math.inf:
                share = (math.log10(row.gradient) - low) / (high - low) if high > low else 1.0
                text += "  " + "▪" * (1 + round(share * (BAR - 1)))
            lines.append(text)
        lines.append(f"norms of order {self.norm_type:g}; the bars are logarithmic; first over last: {self.ratio:.2g}")
        return "\n".join(lines)

    def plot(self, path: str | Path | None = None) -> Any:
        """A matplotlib figure of the norms on a logarithmic scale, written to ``path`` if given.

        ImportError where matplotlib is missing.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(max(5.0, min(14.0, 1.5 + 0.3 * len(self.rows))), 4), layout="constrained")
        axes = figure.subplots()
        norms = [row.gradient if row.gradient > 0 else math.nan for row in self.rows]
        axes.plot(range(len(norms)), norms, "o-", color="#0072B2", markersize=4)
        if all(0 < norm < math.inf for norm in norms):
            axes.set_yscale("log")
        every = -(-len(norms) // 40)
        axes.set_xticks(range(0, len(norms), every), [row.name for row in self.rows[::every]], rotation=90)
        axes.set(title=f"Norm of the gradient (first over last: {self.ratio:.2g})", ylabel="norm")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#E4E7EB")
        axes.set_axisbelow(True)
        if path is not None:
            figure.savefig(path, dpi=150)
        return figure


def gradient_report(
    source: Module | Mapping[str, Tensor] | Sequence[Tensor] | Tensor, norm_type: float = 2.0
) -> GradientReport:
    """The norms of gradients after a backward pass, to see where they vanish or explode.

    source: a module, for its parameters; Tensors by name; a sequence of them, such as the hidden states of a loop over
    time; or one Tensor, for each step along its first dimension. Of a Tensor that is no leaf, call ``retain_grad()``
    before the backward pass. RuntimeError where nothing has a gradient.

    >>> cell, x = nn.RNNCell(1, 3), autograd.ones(20, 1, 1)
    >>> states = [autograd.zeros(1, 3, requires_grad=True)]
    >>> for t in range(20):
    ...     states.append(cell(x[t], states[-1]))
    ...     states[-1].retain_grad()
    >>> states[-1].sum().backward()
    >>> nn.utils.gradient_report(states).ratio < 1e-3
    True
    """
    found: list[tuple[str, Tensor, Tensor | None]]
    if isinstance(source, Module):
        found = [(name, parameter, parameter.grad) for name, parameter in source.named_parameters()]
    elif isinstance(source, Tensor):
        gradients: Any = [None] * len(source) if source.grad is None else source.grad
        found = [(f"[{t}]", value, gradients[t]) for t, value in enumerate(source.detach())]
    elif isinstance(source, Mapping):
        found = [(name, value, value.grad) for name, value in source.items()]
    else:
        found = [(f"[{t}]", value, value.grad) for t, value in enumerate(source)]
    if all(gradient is None for _, _, gradient in found):
        raise RuntimeError(
            "gradient_report: nothing here has a gradient; call it after backward(), and before that retain_grad() of "
            "Tensors that are no leaves"
        )

    def norm(x: Tensor | None) -> float:
        return math.nan if x is None else autograd.linalg.vector_norm(x.detach(), norm_type).item()

    rows = [GradientRow(name, tuple(value.shape), norm(value), norm(gradient)) for name, value, gradient in found]
    return GradientReport(rows, norm_type)
