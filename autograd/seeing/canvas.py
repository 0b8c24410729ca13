"""What all plots are drawn on: matplotlib, loaded when the first is made, and the colours of the drawings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .looks import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = (LIGHT.kinds[kind]["color"] for kind in ("op", "leaf", "result"))
COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#D55E00", "#56B4E9", "#616E7C")
# Of numbers around 0.
DIVERGING = "RdBu_r"


def pyplot() -> Any:
    """matplotlib.pyplot; ImportError that says how to install it."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError("autograd.plot draws with matplotlib; install it with: pip install matplotlib") from None
    return pyplot


def axes(width: float = 5, height: float = 3.4) -> Axes:
    """The axes of a figure of their own."""
    ax: Axes = pyplot().figure(figsize=(width, height), layout="constrained").add_subplot()
    return ax


def figure(width: float, height: float) -> Figure:
    """A figure for several axes, which is shown once where a cell of a notebook ends with it."""
    made: Figure = pyplot().figure(figsize=(width, height), layout="constrained")
    if "inline" in pyplot().get_backend() and "ipykernel" in sys.modules:
        # The notebook shows what a cell returns, and what pyplot has open: this is not to be both.
        pyplot().close(made)
    return made


def grid(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Any]]:
    """A figure with so many panels of this size, those that are left over switched off."""
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    made = figure(width * columns, height * rows)
    panels = list(made.subplots(rows, columns, squeeze=False).flat)
    for panel in panels[count:]:
        panel.axis("off")
    return made, panels[:count]
