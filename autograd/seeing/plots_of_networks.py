"""Plots of what goes on inside of networks: filters, feature maps, states over time, attention, and how they learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.above import is_module
from ..engine.backward import grad
from ..engine.grad_mode import enable_grad, no_grad
from ..engine.tensor import Tensor, wrap
from .canvas import BLUE, DIVERGING, GREEN, ORANGE, axes, figure, grid
from .modules import named_modules, named_parameters

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = np.ndarray[Any, Any]
# At most so many small pictures are drawn on one sheet.
MOST = 64


def filters(weight: Any, *, columns: int = 8) -> Figure:
    """The filters of a convolution, (out, in, height, width): blue is negative, red positive; three channels are a row.

    weight: the weight, or a module that has one. ValueError for other shapes.
    """
    array = array_of(weight.weight if is_module(weight) else weight)
    if array.ndim != 4:
        raise ValueError(f"plot.filters: expected a weight of 4 dimensions, (out, in, h, w), not {array.shape}")
    pictures = [np.hstack(list(one)) for one in array[:MOST]]
    return _sheet(pictures, columns, [str(i) for i in range(len(pictures))])


def feature_maps(model: Any, x: Any, layer: str, *, columns: int = 8) -> Figure:
    """What the channels of a layer make of the first of the images ``x``: the result (N, C, H, W) of ``layer``.

    layer: its dotted name in ``model``. ValueError for an unknown one, or one whose result has another form.
    """
    modules = dict(named_modules(model))
    if layer not in modules:
        raise ValueError(f"plot.feature_maps: there is no layer {layer!r}, only {', '.join(filter(None, modules))}")
    (found,) = dict(results_of(model, {layer: modules[layer]}, (x,))).values()
    if found.ndim != 4:
        raise ValueError(f"plot.feature_maps: the result of {layer!r} is no image (N, C, H, W), but {found.shape}")
    return _sheet(list(found[0][:MOST]), columns, [str(i) for i in range(min(MOST, found.shape[1]))])


def states(values: Any, *, names: Sequence[str] | None = None) -> Figure:
    """States and gates of a recurrent network over time, each (T, H), as pictures with time to the right.

    values: one array, a dict of several by name, or a list. ValueError for other shapes.
    """
    if isinstance(values, Mapping):
        named = {str(name): array_of(value) for name, value in values.items()}
    else:
        several = list(values) if isinstance(values, (list, tuple)) else [values]
        labels = names or ([""] if len(several) == 1 else [str(i) for i in range(len(several))])
        named = {name: array_of(value) for name, value in zip(labels, several, strict=True)}
    for name, value in named.items():
        if value.ndim != 2:
            raise ValueError(f"plot.states: {name or 'the states'} must be (T, H), not {value.shape}")
    figure, panels = grid(len(named), 1, 6, 1.5)
    for panel, (name, value) in zip(panels, named.items()):
        _picture(panel, value.T)
        panel.set(ylabel=name, yticks=[])
        panel.xaxis.get_major_locator().set_params(integer=True)
    panels[-1].set_xlabel("step")
    return figure


def attention(weights: Any, keys: Sequence[str] = (), queries: Sequence[str] = (), *, ax: Axes | None = None) -> Axes:
    """An attention matrix (L, S): how much each query, a row, takes of each key. keys, queries: their names."""
    array = array_of(weights)
    if array.ndim != 2:
        raise ValueError(f"plot.attention: expected one matrix (L, S), not {array.shape}; pick a sample and a head")
    ax = ax if ax is not None else axes(0.35 * array.shape[1] + 2, 0.35 * array.shape[0] + 1.4)
    shown = ax.imshow(array, cmap="Blues", vmin=0, vmax=max(float(array.max(initial=0)), 1e-9))
    for marks, words, count in ((ax.set_xticks, keys, 1), (ax.set_yticks, queries or keys, 0)):
        if len(words) == array.shape[count]:
            marks(range(len(words)), list(words), rotation=90 if count else 0)
    ax.set(xlabel="key", ylabel="query")
    ax.figure.colorbar(shown, ax=ax, shrink=0.8)
    return ax


def receptive_field(model: Callable[[Tensor], Tensor], shape: Sequence[int], *, ax: Axes | None = None) -> Axes:
    """Which pixels of an image the middle of a network's result depends on, by how much it would change with them.

    shape: of the input, (N, C, H, W); it is random. model: gives an array whose last two dimensions are an image.
    """
    x = wrap(np.random.default_rng(0).normal(size=tuple(shape)).astype(np.float32), None).requires_grad_()
    with enable_grad():
        y = model(x)
    if y.ndim < 3:
        raise ValueError(f"plot.receptive_field: the result must be an image (N, C, H, W), but is {tuple(y.shape)}")
    (slope,) = grad(y[0, ..., y.shape[-2] // 2, y.shape[-1] // 2].abs().sum(), x)
    assert slope is not None
    seen = np.abs(slope.array[0]).max(axis=tuple(range(slope.array.ndim - 3)))
    ax = ax if ax is not None else axes(3.6, 3.6)
    ax.imshow(seen, cmap="Blues")
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    if len(rows):
        ax.set_title(f"{np.ptp(rows) + 1}×{np.ptp(columns) + 1} of {seen.shape[0]}×{seen.shape[1]} pixels", fontsize=9)
    return ax


def spread(model: Any, *inputs: Any, ax: Axes | None = None) -> Axes:
    """How widely the results of each layer spread: their mean, and a bar from mean - std to mean + std."""
    leaves = {name: module for name, module in leaves_of(model).items() if name}
    found = dict(results_of(model, leaves, inputs))
    if not found:
        raise RuntimeError("plot.spread: no module below the model was called")
    ax = ax if ax is not None else axes(6, max(2.4, 0.22 * len(found) + 1))
    middle = [float(value.mean()) for value in found.values()]
    ax.errorbar(
        middle,
        range(len(found)),
        xerr=[float(value.std()) for value in found.values()],
        fmt="o",
        color=BLUE,
        ecolor=ORANGE,
    )
    ax.axvline(0, color="#CBD2D9", linewidth=0.8)
    ax.set_yticks(range(len(found)), list(found), fontsize=8)
    ax.invert_yaxis()
    ax.margins(y=0.02)
    ax.set(xlabel="mean ± std of the results")
    return ax


def update_ratios(before: Any, after: Any, *, ax: Axes | None = None) -> Axes:
    """How far a step moved each parameter, ``‖after - before‖/‖before‖``; about 0.001 is usual.

    before, after: state dicts, or a module for what it holds now. RuntimeError if they have nothing in common.
    """
    old, new = (dict(named_parameters(one)) if is_module(one) else dict(one) for one in (before, after))
    ratios = {}
    for name in old:
        if name in new and (size := float(np.linalg.norm(array_of(old[name])))):
            ratios[name] = float(np.linalg.norm(array_of(new[name]) - array_of(old[name]))) / size
    if not ratios:
        raise RuntimeError("plot.update_ratios: before and after have no parameter in common that isn't 0")
    ax = ax if ax is not None else axes(6, max(2.4, 0.2 * len(ratios) + 1))
    ax.barh(list(ratios), list(ratios.values()), color=BLUE)
    ax.axvline(1e-3, color=ORANGE, linestyle="--")
    ax.invert_yaxis()
    ax.margins(y=0.02)
    ax.tick_params(axis="y", labelsize=8)
    if any(ratios.values()):
        ax.set_xscale("log")
    ax.set(xlabel="size of the step over size of the parameter")
    return ax


def path(loss: Callable[[Tensor], Any], points: Any, *, resolution: int = 60, ax: Axes | None = None) -> Axes:
    """The way of an optimizer over a loss surface, beneath it the loss in the plane in which it moved most.

    loss: of a vector of parameters (D). points: where it was step by step, (T, D). Of more than two dimensions the
    plane is spanned by the two principal directions of the way. ValueError for other shapes.
    """
    plane = _Plane("path", points)
    ax = ax if ax is not None else axes(5, 4)
    ax.contourf(*plane.heights(loss, resolution), levels=24, cmap="Blues_r", alpha=0.8)
    ax.plot(*plane.way.T, "o-", color=ORANGE, markersize=3, linewidth=1.2)
    ax.plot(*plane.way[-1], "o", color=GREEN, markersize=7)
    ax.set(**plane.labels)
    return ax


def surface(loss: Callable[[Tensor], Any], points: Any, *, resolution: int = 40, ax: Any = None) -> Any:
    """The loss as a surface in three dimensions, over the plane that `path` shows from above, and the way upon it.

    The way has the losses of the points themselves: of more than two dimensions they may lie off the plane, and the
    way off the surface. loss, points: as for `path`. ax: three-dimensional ones, if not those of a figure of its own.
    """
    plane = _Plane("surface", points)
    ax = ax if ax is not None else figure(6, 4.6).add_subplot(projection="3d", computed_zorder=False)
    ax.plot_surface(*plane.heights(loss, resolution), cmap="Blues_r", alpha=0.85, linewidth=0)
    reached = [plane.loss(loss, point) for point in plane.points]
    ax.plot(*plane.way.T, reached, "o-", color=ORANGE, markersize=3, linewidth=1.2)
    ax.plot(*plane.way[-1:].T, reached[-1:], "o", color=GREEN, markersize=7)
    ax.set(**plane.labels, zlabel="loss")
    # Matplotlib leaves no room for the third label by itself.
    ax.set_box_aspect(None, zoom=0.85)
    return ax


class _Plane:
    """The plane in which an optimizer moved most: ``way`` is where it was there."""

    def __init__(self, caller: str, points: Any) -> None:
        self.dtype = array_of(points).dtype
        self.points = array_of(points).astype(np.float64)
        if self.points.ndim != 2 or self.points.shape[1] < 2 or len(self.points) < 2:
            shape = self.points.shape
            raise ValueError(f"plot.{caller}: points must be (T, D) with at least 2 of each, not {shape}")
        last, flat = self.points[-1], self.points.shape[1] == 2
        self.directions = np.eye(2) if flat else np.linalg.svd(self.points - last, full_matrices=False)[2][:2]
        self.origin = np.zeros(2) if flat else last
        self.way = (self.points - self.origin) @ self.directions.T
        which = "parameter" if flat else "direction"
        self.labels = {"xlabel": f"first {which}", "ylabel": f"second {which}"}

    def loss(self, loss: Callable[[Tensor], Any], point: Array) -> float:
        with no_grad():
            return float(loss(wrap(point.astype(self.dtype), None)))

    def heights(self, loss: Callable[[Tensor], Any], resolution: int) -> tuple[Array, Array, Array]:
        """Places around the way, across and up, and the loss there."""
        margin = 0.25 * np.ptp(self.way, axis=0).max() + 1e-9
        low, high = self.way.min(0) - margin, self.way.max(0) + margin
        a, b = np.meshgrid(np.linspace(low[0], high[0], resolution), np.linspace(low[1], high[1], resolution))
        places = np.stack([a.reshape(-1), b.reshape(-1)], 1) @ self.directions + self.origin
        return a, b, np.reshape([self.loss(loss, place) for place in places], a.shape)


def array_of(value: Any) -> Array:
    """The array of a Tensor, or of what NumPy makes one of."""
    return value.array if isinstance(value, Tensor) else np.asarray(value)


def results_of(model: Any, layers: Mapping[str, Any], inputs: Sequence[Any]) -> list[tuple[str, Array]]:
    """What each of these modules returns as ``model(*inputs)`` calls it, under its name, in the order of the calls."""
    found: list[tuple[str, Array]] = []
    hooks = []
    for name, module in layers.items():

        def note(module: Any, args: Any, output: Any, name: str = name) -> None:
            if isinstance(output, Tensor):
                found.append((name, output.array.copy()))

        hooks.append(module.register_forward_hook(note))
    try:
        with no_grad():
            model(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def leaves_of(model: Any) -> dict[str, Any]:
    """The modules that have none below them, by name."""
    return {
        name: module
        for name, module in named_modules(model)
        if not any(below is not module for _, below in named_modules(module))
    }


def _sheet(pictures: Sequence[Array], columns: int, names: Sequence[str]) -> Figure:
    figure, panels = grid(len(pictures), columns, 1.1, 1.25)
    for panel, picture, name in zip(panels, pictures, names):
        _picture(panel, picture, "equal")
        panel.set_title(name, fontsize=8)
        panel.axis("off")
    return figure


def _picture(panel: Any, values: Array, aspect: str = "auto") -> None:
    most = float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0
    panel.imshow(values, cmap=DIVERGING, vmin=-most, vmax=most, aspect=aspect, interpolation="nearest")
