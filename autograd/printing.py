"""How a Tensor is printed: as PyTorch prints it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .dtypes import DTYPES, get_default_dtype

if TYPE_CHECKING:
    from .tensor import Tensor


class _Options:
    precision = 4
    threshold = 1000
    edgeitems = 3
    linewidth = 80
    sci_mode: bool | None = None


options = _Options()


def set_printoptions(
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how Tensors are printed.

    precision: digits behind the point. threshold: from how many elements on only edges are shown. edgeitems: how many
    at each edge. linewidth: characters a line. sci_mode: exponents always, never, or (None) as needed.

    >>> autograd.set_printoptions(precision=2); autograd.tensor(1/3)
    tensor(0.33)
    >>> autograd.set_printoptions(precision=4)
    """
    for name, value in (
        ("precision", precision),
        ("threshold", threshold),
        ("edgeitems", edgeitems),
        ("linewidth", linewidth),
    ):
        if value is not None:
            setattr(options, name, value)
    options.sci_mode = sci_mode


def tensor_text(tensor: Tensor) -> str:
    """``tensor(...)`` with its values, and its dtype and graph where they are not plain."""
    array = tensor.array
    prefix = "Parameter containing:\ntensor(" if type(tensor).__name__ == "Parameter" else "tensor("
    suffixes = []
    usual = {np.dtype(np.int64), np.dtype(np.bool_), get_default_dtype().dtype}
    if array.size == 0:
        body = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        usual = {get_default_dtype().dtype}
    else:
        body = nested(array, column_format(shown(array)), len("tensor("))
    if array.dtype not in usual:
        suffixes.append(f"dtype={DTYPES[array.dtype]}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn={tensor.grad_fn}")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return with_suffixes(prefix, body, suffixes)


def with_suffixes(prefix: str, body: str, suffixes: list[str]) -> str:
    """The suffixes behind the values, on a line of their own where they don't fit."""
    text = prefix + body
    length = len(text) - text.rfind("\n")
    for suffix in suffixes:
        if length + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * len("tensor(") + suffix
            length = len("tensor(") + len(suffix)
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


def column_format(values: np.ndarray[Any, Any]) -> Any:
    """A function that prints one number, all of the same width."""
    flat = values.reshape(-1)
    if flat.dtype.kind != "f":
        width = max(len(str(value)) for value in flat.tolist())
        return lambda value: str(value).rjust(width)
    plain = flat[np.isfinite(flat) & (flat != 0)].astype(np.float64)
    whole, scientific = True, False
    if len(plain):
        size = np.abs(plain)
        whole = bool(np.all(plain == np.ceil(plain)))
        scientific = size.max() / size.min() > 1000 or size.max() > 1e8 or (not whole and size.min() < 1e-4)
        if options.sci_mode is not None:
            scientific = options.sci_mode

    def text(value: float) -> str:
        if scientific:
            return f"{value:.{options.precision}e}"
        if whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{options.precision}f}"

    considered = plain if len(plain) else flat[:0]
    width = max(
        [len(text(value)) for value in considered.tolist()] + [len(text(v)) for v in flat[~np.isfinite(flat)].tolist()],
        default=1,
    )
    return lambda value: text(value).rjust(width)


def nested(array: np.ndarray[Any, Any], text: Any, indent: int) -> str:
    """The values in brackets, a row a line."""
    if array.ndim == 0:
        return text(array.item()).strip()
    folded = array.size > options.threshold
    return brackets(array, text, indent, folded)


def brackets(array: np.ndarray[Any, Any], text: Any, indent: int, folded: bool) -> str:
    if array.ndim == 0:
        return str(text(array.item()))
    edge = options.edgeitems
    cut = folded and len(array) > 2 * edge
    if array.ndim == 1:
        items = [text(v) for v in (array[:edge] if cut else array).tolist()]
        if cut:
            items += [" ..."] + [text(v) for v in array[-edge:].tolist()]
        width = len(items[0]) + 2 if items else 2
        a_line = max(1, (options.linewidth - indent) // width)
        lines = [", ".join(items[i : i + a_line]) for i in range(0, len(items), a_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = [brackets(part, text, indent + 1, folded) for part in (array[:edge] if cut else array)]
    if cut:
        parts += ["..."] + [brackets(part, text, indent + 1, folded) for part in array[-edge:]]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
