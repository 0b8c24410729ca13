"""Plots of what a network does and how it learns, on matplotlib, which is loaded when the first is made.

Each draws into ``ax``, or into a figure of its own, and returns the axes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.above import is_module
from ..engine.backward import grad
from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor, wrap
from ..ops.activation import leaky_relu
from ..ops.joining import stack
from ..ops.softmax import softmax
from ..surface.public import PUBLIC
from .canvas import BLUE, COLOURS, ORANGE, axes, figure, grid
from .modules import named_parameters
from .plots_of_networks import (
    attention,
    feature_maps,
    filters,
    leaves_of,
    path,
    receptive_field,
    results_of,
    spread,
    states,
    surface,
    update_ratios,
)

__all__ = [
    "activation",
    "activation_histograms",
    "activations",
    "attention",
    "curves",
    "decision_boundary",
    "feature_maps",
    "filters",
    "gradient_norms",
    "path",
    "receptive_field",
    "spread",
    "states",
    "surface",
    "update_ratios",
]

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Activation = Callable[[Tensor], Tensor]
# The functions of the cheat sheet that this project grew out of.
ACTIVATIONS: tuple[str | Activation, ...] = (
    "relu",
    # With a slope that can be seen.
    functools.partial(leaky_relu, negative_slope=0.1),
    "elu",
    "sigmoid",
    "tanh",
    "softmax",
)
# Of the classes beside x in the plot of softmax.
SCORES = (0.0, 1.0)


def activation(
    function: str | Activation, low: float = -6.0, high: float = 6.0, *, points: int = 601, ax: Axes | None = None
) -> Axes:
    """A function of one number and its derivative, by the engine itself, between ``low`` and ``high``.

    function: the name of an op or of a function of `nn.functional`, such as "gelu", or a function of Tensors, such as a
    module or a `functools.partial`, whose settings the title says. Softmax is one of several numbers: its probabilities
    are those of the scores x, 0 and 1. ValueError for an unknown name or an empty range.
    """
    if not low < high:
        raise ValueError(f"plot.activation: low must be less than high, not {low} and {high}")
    name, call = _named(function)
    x = wrap(np.linspace(low, high, points), None).requires_grad_()
    y = call(x)
    (slope,) = grad((y[:, 0] if y.ndim > 1 else y).sum(), x)
    assert slope is not None
    ax = ax if ax is not None else axes()
    ax.axhline(0, color="#CBD2D9", linewidth=0.8)
    ax.axvline(0, color="#CBD2D9", linewidth=0.8)
    if y.ndim == 1:
        ax.plot(x.array, y.array, color=BLUE, linewidth=2, label=f"{name.partition(',')[0]}(x)")
    else:
        for values, score, colour in zip(y.array.T, ("x", *SCORES), (BLUE, "#56B4E9", "#616E7C")):
            ax.plot(x.array, values, color=colour, linewidth=2, label=f"p of score {score}")
    ax.plot(x.array, slope.array, color=ORANGE, linewidth=2, linestyle="--", label="derivative")
    ax.set(title=name, xlim=(low, high))
    ax.legend(frameon=False, fontsize=8)
    return ax


def activations(names: Iterable[str | Activation] = ACTIVATIONS, low: float = -6.0, high: float = 6.0) -> Figure:
    """Several activations and their derivatives on one sheet."""
    chosen = list(names)
    if not chosen:
        raise ValueError("plot.activations: expected at least one function")
    made, panels = grid(len(chosen), 3, 3.4, 2.7)
    for panel, one in zip(panels, chosen):
        activation(one, low, high, ax=panel)
    return made


def gradient_norms(parameters: Any, *, ax: Axes | None = None) -> Axes:
    """The norm of each parameter's gradient: where it vanishes, and where it explodes.

    parameters: a module, or pairs of a name and a Tensor. RuntimeError if none has a gradient.
    """
    pairs = named_parameters(parameters) if is_module(parameters) else parameters
    norms = {name: float(np.linalg.norm(p.grad.array)) for name, p in pairs if p.grad is not None}
    if not norms:
        raise RuntimeError("plot.gradient_norms: no parameter has a gradient; call backward() first")
    # Every name has a line of its own.
    ax = ax if ax is not None else axes(6, max(3.4, 0.17 * len(norms) + 0.8))
    ax.barh(list(norms), list(norms.values()), color=BLUE)
    ax.invert_yaxis()
    ax.margins(y=0.01)
    ax.tick_params(axis="y", labelsize=8)
    if all(norms.values()) and max(norms.values()) > 100 * min(norms.values()):
        ax.set_xscale("log")
    ax.set(xlabel="norm of the gradient")
    return ax


def activation_histograms(model: Any, *inputs: Any, bins: int = 40) -> Figure:
    """How the results of each layer are distributed: dead units and saturated ones are seen at once.

    model: a module; ``model(*inputs)`` is called once, and each module without modules below it is a histogram.
    """
    layers = leaves_of(model)
    label = {name: f"{name} {type(module).__name__}".strip() for name, module in layers.items()}
    seen = [(label[name], values.reshape(-1)) for name, values in results_of(model, layers, inputs)]
    if not seen:
        raise RuntimeError("plot.activation_histograms: no module below the model was called")
    made = figure(6, 1.1 * len(seen) + 0.6)
    for (name, values), panel in zip(seen, made.subplots(len(seen), 1, squeeze=False).flat):
        panel.hist(values[np.isfinite(values)], bins=bins, color=BLUE)
        zeros = float((values == 0).mean()) if values.size else 0.0
        panel.set_title(
            f"{name}: mean {values.mean():.3g}, std {values.std():.3g}, {zeros:.0%} zero", fontsize=9, loc="left"
        )
        panel.set_yticks([])
    return made


def curves(
    history: Mapping[str, Sequence[float]] | Sequence[float], *, log: bool = False, ax: Axes | None = None
) -> Axes:
    """Training curves: for each name its values, step by step; or one list of values. log: a logarithmic scale."""
    if not isinstance(history, Mapping):
        history = {"": history} if len(history) else {}
    if not history:
        raise ValueError("plot.curves: expected at least one curve")
    ax = ax if ax is not None else axes()
    for (name, values), colour in zip(history.items(), COLOURS * len(history)):
        points = [float(value) for value in values]
        ax.plot(range(1, len(points) + 1), points, color=colour, linewidth=1.8, label=name)
    if log:
        ax.set_yscale("log")
    ax.set(xlabel="step")
    if any(history):
        ax.legend(frameon=False)
    return ax


def decision_boundary(
    model: Callable[[Tensor], Tensor], x: Any, y: Any, *, points: int = 150, ax: Axes | None = None
) -> Axes:
    """What a classifier of points in the plane decides everywhere, beneath the points.

    model: from (N, 2) to scores (N, classes), or to one (N,) or (N, 1) that is positive for class 1. x (N, 2), y (N).
    ValueError for other shapes.
    """
    plane, labels = _array(x), _array(y).reshape(-1)
    if plane.ndim != 2 or plane.shape[1] != 2 or len(plane) != len(labels) or not len(labels):
        raise ValueError(
            f"plot.decision_boundary: x must have shape (N, 2) and y (N), not {plane.shape} and {_array(y).shape}"
        )
    margin = 0.1 * np.ptp(plane, axis=0) + 1e-9
    low, high = plane.min(0) - margin, plane.max(0) + margin
    across, up = np.meshgrid(np.linspace(low[0], high[0], points), np.linspace(low[1], high[1], points))
    grid = np.stack([across.reshape(-1), up.reshape(-1)], 1).astype(plane.dtype)
    with no_grad():
        scores = model(wrap(grid, None)).array
    single = scores.ndim == 1 or scores.shape[1] == 1
    decided = (scores.reshape(-1) > 0).astype(int) if single else scores.argmax(1)
    ax = ax if ax is not None else axes()
    count = int(max(decided.max(), labels.max())) + 1
    colours = [COLOURS[i % len(COLOURS)] for i in range(count)]
    levels = np.arange(count + 1) - 0.5
    ax.contourf(across, up, decided.reshape(across.shape), levels=levels, colors=colours, alpha=0.22)
    for label in np.unique(labels).astype(int):
        chosen = labels == label
        right, above = plane[chosen].T
        ax.scatter(right, above, s=14, color=colours[label], edgecolor="white", linewidth=0.4, label=str(label))
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    return ax


def _title(function: Any) -> str:
    """What a function is called, with its settings, if it has any."""
    if isinstance(function, functools.partial):
        settings = [f"{key}={value}" for key, value in function.keywords.items()]
        return ", ".join([_title(function.func), *map(str, function.args), *settings])
    if is_module(function):
        # As it is printed: LeakyReLU(negative_slope=0.01).
        return repr(function).replace("(", ", ", 1).removesuffix(")").removesuffix(", ")
    return getattr(function, "__name__", "") or getattr(function, "name", "f")


def _named(function: str | Activation) -> tuple[str, Activation]:
    if not isinstance(function, str):
        return _title(function), function
    if function == "softmax":
        return function, lambda x: softmax(stack([x, *[x * 0.0 + score for score in SCORES]], 1), 1)
    found = next((PUBLIC[name] for name in (function, f"nn.functional.{function}") if name in PUBLIC), None)
    if found is None:
        raise ValueError(f"plot.activation: there is no function {function!r}")
    return function, found


def _array(values: Any) -> np.ndarray[Any, Any]:
    return values.array if isinstance(values, Tensor) else np.asarray(values)
