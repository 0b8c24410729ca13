"""What stands in the boxes of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from ..engine.node import Node
from ..scalar import Scalar
from .graph import Item
from .looks import Look

Line = tuple[str, int, str]
FEW = 4


def label(item: Item, look: Look, extra: Sequence[str] = (), below: str = "") -> str:
    """Of a call: name of the result, symbol, op, shape of the result. Of anything else: name, shape or number.

    A Scalar has its value and its gradient in place of the shape; any may have ``below`` there. ``extra`` lines follow.
    """
    more = [(text, 9, look.grey) for text in extra]
    if item.kind == "failed":
        symbol, name = ("✗", "raised") if item.value is None else (item.value.symbol, item.value.name)
        said = [(text, 10, look.ink) for text in wrap(item.note, 60)[:4]]
        return lines((symbol, 15, look.ink), (name, 10, look.grey), *said)
    node = item.node
    if node is None:
        return _constant(item, look, more)
    if not below:
        below = f"{number(node.data)} | {number(node.grad)}" if isinstance(node, Scalar) else node_shape(node)
    if node.op is None:
        return lines((item.name, 14, look.ink), (below, 10, look.grey), *more)
    op_name, symbol = node.op.name, node.op.symbol
    size = 20 if len(symbol) == 1 else 15
    same = _letters(op_name) == _letters(symbol)
    return lines(
        (item.name, 11, look.ink),
        (symbol, size, look.ink),
        ("" if same else op_name, 10, look.grey),
        (below, 10, look.grey),
        *more,
    )


def _constant(item: Item, look: Look, more: list[Line]) -> str:
    if isinstance(item.value, (np.ndarray, Node)):
        return lines((item.name or item.role, 11, look.grey), (node_shape(item.value), 9, look.grey), *more)
    return lines((number(item.value), 11, look.grey))


def number(value: Any) -> str:
    """A number in four digits.

    >>> number(0.333333), number(-2.0), number(7)
    ('0.3333', '-2', '7')
    """
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def value_text(value: Any) -> str:
    """A number, a few numbers, or the range of many."""
    array = np.asarray(value)
    if array.size == 0:
        return "empty"
    if array.size <= FEW:
        return ", ".join(number(one.item()) for one in array.reshape(-1))
    return f"{number(array.min().item())} … {number(array.max().item())}"


def node_shape(value: Node | np.ndarray[Any, Any]) -> str:
    """``2×3``, or ``scalar``; and the dtype behind it, if not float32."""
    if value.shape and not isinstance(value.shape[0], int):
        # A call with several results.
        return ", ".join("×".join(map(str, shape)) or "scalar" for shape in value.shape if shape is not None)
    shape = "×".join(map(str, value.shape)) or "scalar"
    return shape if value.dtype == np.float32 else f"{shape} {value.dtype.name}"


def _letters(word: str) -> str:
    """What ``log softmax`` and ``log_softmax`` have in common."""
    return "".join(filter(str.isalnum, word)).casefold()


def lines(*given: Line) -> str:
    """An HTML-like label of the lines ``(text, size, colour)`` that have a text."""
    written = [
        f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{shown(text)}</FONT>' for text, size, colour in given if text
    ]
    return f"<{'<BR/>'.join(written)}>"


def shown(text: str) -> str:
    r"""``text`` to be shown as it is: no markup, and none of Graphviz's own escapes, such as ``\N``.

    >>> shown('<b> & \\N\n')
    '&lt;b&gt; &amp; \\\\N'
    """
    return escape(clean(text)).replace("\\", "\\\\")


def clean(text: str) -> str:
    """``text`` in one line, with replacement characters for those that XML has no place for."""
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
