"""The steps of a trace as formulas, in symbols and with numbers. No words: they are the same in every language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .labels import FEW, node_shape, number

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def numbered(letter: str, count: int) -> str:
    """
    >>> numbered("v", 12)
    'v₁₂'
    """
    return letter + str(count).translate(SUBSCRIPTS)


def amount(value: Any) -> str:
    """A number, in brackets if it is negative; a few numbers; of a larger array its shape, of several results all.

    >>> amount(-3.0), amount(np.array([0.5, -2])), amount(np.zeros((2, 3), "f"))
    ('(-3)', '[0.5, -2]', '[2×3]')
    """
    if isinstance(value, tuple):
        return ", ".join(amount(one) for one in value if one is not None)
    array = np.asarray(value)
    if array.ndim == 1 and 1 < array.size <= FEW:
        return f"[{', '.join(number(one.item()) for one in array)}]"
    if array.size != 1 or array.ndim > 2:
        return f"[{node_shape(array)}]"
    text = number(array.reshape(-1)[0].item())
    return f"({text})" if text.startswith("-") else text


def plain_amount(value: Any) -> str:
    """As `amount`, without brackets around a negative number."""
    return amount(value).strip("()")


def application(op: Any, arguments: Sequence[str]) -> str:
    """How a call is written: ``a × b`` or ``tanh(a)``."""
    if _is_infix(op, arguments):
        return f"{arguments[0]} {op.symbol} {arguments[1]}"
    return f"{op.name}({', '.join(arguments)})"


def _is_infix(op: Any, arguments: Sequence[str]) -> bool:
    return len(arguments) == 2 and len(op.symbol) == 1 and not op.symbol.isalnum()


def partial(of: str, by: str) -> str:
    """``∂of/∂by``, with brackets around what is no single name."""
    return f"∂{_bracketed(of)}/∂{_bracketed(by)}"


def _bracketed(name: str) -> str:
    return f"({name})" if any(c in name for c in " .[+-*/") else name


def forward(name: str, op: Any, names: Sequence[str], values: Sequence[Any], out: Any) -> tuple[str, str]:
    symbols = f"{name} = {application(op, names)}"
    if out is None or any(value is None for value in values):
        return symbols, ""
    infix = _is_infix(op, names)
    shown = [amount(value) if infix else plain_amount(value) for value in values]
    return symbols, f"= {application(op, shown)} = {plain_amount(out)}"


def passed_back(
    root: str,
    name: str,
    parent: str,
    upstream: Any,
    local: Any,
    product: Any,
    contribution: Any,
    axes: Sequence[int],
    first: bool,
) -> tuple[str, str]:
    """The chain rule at one argument of one call. What reaches it first is all of its gradient."""
    over = f"Σ[{', '.join(map(str, axes))}] " if axes else ""
    becomes = "=" if first else "+="
    symbols = f"{partial(root, parent)} {becomes} {over}{partial(root, name)} · {partial(name, parent)}"
    if local is None:
        return symbols, f"→ {plain_amount(contribution)}"
    text = f"{amount(upstream)} × {amount(local)} = {plain_amount(product)}"
    return symbols, text + (f", Σ → {plain_amount(contribution)}" if axes else "")


def accumulated(root: str, parent: str, before: Any, added: Any, after: Any) -> tuple[str, str]:
    return (
        f"{partial(root, parent)} ← {partial(root, parent)} + Δ",
        f"{amount(before)} + {amount(added)} = {plain_amount(after)}",
    )


def hooked(root: str, name: str, before: Any, after: Any) -> tuple[str, str]:
    """What a hook made of a gradient."""
    slope = partial(root, name)
    return f"{slope} ← hook({slope})", f"{plain_amount(before)} → {plain_amount(after)}"


def arrived(root: str, name: str, before: Any, gradient: Any, after: Any) -> tuple[str, str]:
    start = "" if before is None else f"{amount(before)} + "
    end = "" if before is None else f" = {plain_amount(after)}"
    return (
        f"{name}.grad += {partial(root, name)}",
        f"= {start}{amount(gradient) if start else plain_amount(gradient)}{end}",
    )


def updated(name: str, before: Any, after: Any) -> tuple[str, str]:
    return f"{name} ← {name} + Δ", f"{plain_amount(before)} → {plain_amount(after)}"
