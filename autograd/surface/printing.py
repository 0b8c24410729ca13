"""How a Tensor is printed: as PyTorch prints it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.overriding import answers
from ..types.dtypes import from_numpy_dtype, get_default_dtype

if TYPE_CHECKING:
    from ..engine.tensor import Tensor


class _Options:
    precision: int
    threshold: float
    edgeitems: int
    linewidth: int
    sci_mode: bool | None = None


PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
options = _Options()
vars(options).update(PROFILES["default"])


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how Tensors are printed. What is None stays as it is; only ``sci_mode`` is set in any case.

    precision: digits behind the point. threshold: of more elements than these, only the edges are shown. edgeitems: how
    many at each edge. linewidth: characters in a line. profile: all of these at once, as ``default``, ``short`` (fewer
    digits and edges) or ``full`` (all elements). sci_mode: exponents always, never, or (None) as needed.

    >>> autograd.set_printoptions(precision=2); autograd.tensor(1/3)
    tensor(0.33)
    >>> autograd.set_printoptions(profile="default")
    """
    if profile is not None and profile not in PROFILES:
        raise ValueError(f"set_printoptions: the profiles are {', '.join(PROFILES)}; there is no {profile!r}")
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen = {name: value for name, value in given.items() if value is not None}
    vars(options).update(PROFILES.get(profile or "", {}) | chosen, sci_mode=sci_mode)


def tensor_text(tensor: Tensor) -> str:
    """``tensor(...)`` with its values, and its dtype and graph where they are not plain."""
    # A class of Tensors that answers for itself shows its name.
    return text_under(type(tensor).__name__ if answers(type(tensor)) else "tensor", tensor)


def text_under(name: str, tensor: Tensor) -> str:
    """``name(...)`` with the values of ``tensor``, as in `tensor_text`."""
    array, start = tensor.array, f"{name}("
    suffixes = []
    usual = {np.dtype(np.int64), np.dtype(np.bool_), get_default_dtype().dtype}
    if array.size == 0:
        body = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        usual = {get_default_dtype().dtype}
    else:
        body = values_text(array, len(start))
    if array.dtype not in usual:
        suffixes.append(f"dtype={from_numpy_dtype(array.dtype)}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn={tensor.grad_fn}")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return with_suffixes(start, body, suffixes)


def values_text(array: np.ndarray[Any, Any], indent: int) -> str:
    """The values in brackets, or the first and last of each dimension if they are many."""
    return nested(array, Column(shown(array)), indent, array.size > options.threshold)


def with_suffixes(start: str, body: str, suffixes: list[str]) -> str:
    """The suffixes behind the values, on a line of their own where they don't fit."""
    text = start + body
    # Two more than the last line has, as PyTorch counts.
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * len(start) + suffix
            length = len(start) + len(suffix)
        else:
            text += f", {suffix}"
            length += len(suffix) + 2
    return text + ")"


def shown(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The elements that are printed: all, or of a large array its edges."""
    if array.size <= options.threshold:
        return array
    for axis, size in enumerate(array.shape):
        if size > 2 * options.edgeitems:
            edges = [*range(options.edgeitems), *range(size - options.edgeitems, size)]
            array = np.take(array, edges, axis)
    return array


class Column:
    """How the numbers among ``values`` are printed: all alike, and in the same width."""

    def __init__(self, values: np.ndarray[Any, Any]) -> None:
        flat = values.reshape(-1)
        self.text: Callable[[Any], str] = str
        if flat.dtype.kind != "f":
            self.width = max((len(str(value)) for value in flat.tolist()), default=1)
            return
        plain = flat[np.isfinite(flat) & (flat != 0)].astype(np.float64)
        whole = bool(np.all(plain == np.ceil(plain)))
        scientific = bool(len(plain) and options.sci_mode)
        if len(plain) and options.sci_mode is None:
            size = np.abs(plain)
            scientific = size.max() / size.min() > 1000 or size.max() > 1e8 or size.min() < 1e-4
        digits = options.precision

        def text(value: float) -> str:
            if scientific:
                return f"{value:.{digits}e}"
            if whole:
                return f"{value:.0f}" + ("." if math.isfinite(value) else "")
            return f"{value:.{digits}f}"

        self.text = text
        # As in PyTorch, infinities, NaN and 0 have no say in how wide the column is.
        self.width = max([len(text(value)) for value in plain.tolist()], default=1)

    def __call__(self, value: Any) -> str:
        return self.text(value).rjust(self.width)


def nested(array: np.ndarray[Any, Any], column: Column, indent: int, folded: bool) -> str:
    """The values in brackets, a row a line; if ``folded``, only the edges of long dimensions."""
    if array.ndim == 0:
        return column(array.item())
    edge = options.edgeitems
    cut = folded and len(array) > 2 * edge
    shown = [*array[:edge], *array[len(array) - edge :]] if cut else array
    if array.ndim == 1:
        items, dots = [column(value.item()) for value in shown], " ..."
        breaks, a_line = 1, max(1, (options.linewidth - indent) // (column.width + 2))
    else:
        items, dots = [nested(part, column, indent + 1, folded) for part in shown], "..."
        breaks, a_line = array.ndim - 1, 1
    items = [*items[:edge], dots, *items[edge:]] if cut else items
    lines = [", ".join(items[i : i + a_line]) for i in range(0, len(items), a_line)]
    return "[" + ("," + "\n" * breaks + " " * (indent + 1)).join(lines) + "]"
