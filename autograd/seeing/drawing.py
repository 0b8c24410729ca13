"""The computation graph that really ran, as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..backward import FREED, older_first
from ..node import Node
from ..scalar import Scalar
from ..tensor import Tensor

if TYPE_CHECKING:
    from .dot import Drawing

DIRECTIONS = ("LR", "TB", "RL", "BT")

# Hues of the Okabe-Ito palette, which colour-blind people can tell apart, as strokes; a tint of each fills the box.
INK, GREY, FAINT = "#1F2933", "#616E7C", "#9AA5B1"
LOOKS = {
    "op": {"color": "#0072B2", "fillcolor": "#E8F2F9"},
    "leaf": {"color": "#E69F00", "fillcolor": "#FDF3DC"},
    "result": {"color": "#009E73", "fillcolor": "#DDF3EB", "penwidth": "2"},
    "constant": {"color": FAINT, "fillcolor": "#F7F8F9", "style": "rounded,filled,dashed", "margin": "0.06,0.03"},
}
NODE = {
    "shape": "box",
    "style": "rounded,filled",
    "fontname": "Helvetica",
    "fontcolor": INK,
    "margin": "0.11,0.05",
    "width": "0",
    "height": "0",
}
EDGE = {"color": FAINT, "arrowsize": "0.6"}
# From call to call an edge is kept short and straight, so that the way from input to result is a line.
SPINE = {"weight": "4"}
# Without nslimit, dot takes half a minute to place 300 calls of a recurrent net; small graphs look the same with it.
GRAPH = {"nodesep": "0.18", "ranksep": "0.32", "pad": "0.12", "nslimit": "2"}


def draw(
    output: Tensor | Node | Sequence[Tensor | Node],
    *,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None,
    direction: str = "LR",
) -> Drawing:
    """The graph that made ``output``, as a `graphviz.Digraph`, which shows itself in a notebook.

    Blue: calls of ops, each with its symbol, its name, and the shape of its result (and the dtype, if not float32).
    Orange: leaves, whose gradients are asked for. Green: ``output``. Grey: constants, as far as a rule keeps them;
    ``backward()`` lets them go. ``draw(loss).render(outfile="graph.svg", cleanup=True)`` writes a file of the kind that
    its suffix says.

    output: what to draw the graph of; the graphs of several are one picture.
    names: how to call leaves, results and constants: a dict, or pairs such as ``model.named_parameters()``.
    direction: in which the computation runs: "LR" (left to right), "TB" (top to bottom), "RL" or "BT".
    Raises RuntimeError for a Tensor that has no graph, TypeError for what isn't a Tensor, ValueError for an unknown
    direction or nothing to draw. The picture raises RuntimeError if there is no program to lay it out.

    >>> import autograd
    >>> w = autograd.tensor(2., requires_grad=True)
    >>> picture = autograd.draw(w * w, names={"w": w})
    >>> picture.source.count("->")
    2
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"draw: direction must be one of {', '.join(DIRECTIONS)}, not {direction!r}")
    roots = _roots(output)
    pencil = _Pencil(_pairs(names), direction)
    for node in older_first(roots):
        if node in roots:
            pencil.call(node, "result")
        elif node.op is not None:
            pencil.call(node, "op")
    return pencil.picture


class _Pencil:
    """Draws calls and what they were called with into a picture."""

    def __init__(self, named: Sequence[tuple[str, Tensor]], direction: str) -> None:
        from .dot import Drawing

        self.picture = Drawing(graph_attr={"rankdir": direction, **GRAPH}, node_attr=NODE, edge_attr=EDGE)
        # Arrays are recognised by their identity, so the Tensors are held. The first name of a Tensor counts.
        self.named = named
        self.node_names = {tensor.node: name for name, tensor in reversed(named)}
        self.array_names = {id(tensor.array): name for name, tensor in reversed(named)}
        self.array_keys: dict[int, str] = {}
        self.drawn: set[str] = set()

    def call(self, node: Node, look: str) -> None:
        """Draw a call and the edges from its arguments, those first that aren't drawn yet.

        dot tends to keep arguments in the order in which it meets them.
        """
        edges: list[tuple[str, dict[str, str]]] = []
        for position, parent, value in _arguments(node):
            if parent is None:
                edges.append((self.constant(value, f"n{node.id}_{position}"), {"style": "dashed"}))
            else:
                # A parent that is a call is older, and drawn.
                edges.append((self.node(parent, "leaf"), {} if parent.op is None else SPINE))
        key = self.node(node, look)
        for argument, attributes in edges:
            self.picture.edge(argument, key, **attributes)

    def node(self, node: Node, look: str) -> str:
        """Draw a call or a leaf, unless it is there; its key in the picture."""
        name = self.node_names.get(node, getattr(node, "label", ""))
        return self.box(f"n{node.id}", _label(node, name), look)

    def constant(self, value: Any, key: str) -> str:
        """Draw a constant, unless it is an array that is there; its key in the picture."""
        if isinstance(value, np.ndarray):
            key = self.array_keys.setdefault(id(value), key)
        return self.box(key, _constant_label(value, self.array_names.get(id(value), "")), "constant")

    def box(self, key: str, label: str, look: str) -> str:
        if key not in self.drawn:
            self.drawn.add(key)
            self.picture.node(key, label, **LOOKS[look])
        return key


def _roots(output: Any) -> dict[Node, None]:
    """The nodes to start from, in the order given."""
    outputs = list(output) if isinstance(output, (list, tuple)) else [output]
    if not outputs:
        raise ValueError("draw: expected at least one Tensor, not an empty sequence")
    roots: dict[Node, None] = {}
    for one in outputs:
        if not isinstance(one, (Tensor, Node)):
            raise TypeError(f"draw: expected a Tensor, a node or a sequence of them, not {type(one).__name__}")
        node = one.node if isinstance(one, Tensor) else one
        if node is None:
            raise RuntimeError(
                f"draw: a Tensor of shape {tuple(one.shape)} that does not require grad has no graph; no Tensor with "
                "requires_grad=True led to it, or it was made under no_grad()"
            )
        roots[node] = None
    return roots


def _pairs(names: Any) -> list[tuple[str, Tensor]]:
    """``names`` as pairs of a name and a Tensor, checked."""
    if names is None:
        return []
    if isinstance(names, (str, Tensor)) or not isinstance(names, Iterable):
        raise TypeError(f"draw: names must be a dict or pairs of a name and a Tensor, not {type(names).__name__}")
    pairs = list(names.items() if isinstance(names, Mapping) else names)
    for pair in pairs:
        match pair:
            case [str(), Tensor()]:
                continue
            case [name, tensor]:
                given = f"({type(name).__name__}, {type(tensor).__name__})"
            case _:
                given = type(pair).__name__
        raise TypeError(f"draw: names must be pairs of a name and a Tensor (str, Tensor), not {given}")
    return pairs


def _arguments(node: Node) -> Iterator[tuple[int, Node | None, Any]]:
    """What is known of the arguments of a call: ``(position, parent, None)`` or ``(position, None, constant)``.

    A constant is an array, a Python number, or a node where only the shape was kept.
    """
    op, saved = node.op, node.saved
    if op is None:
        return
    if saved is FREED:
        values: Sequence[Any] = [None] * len(node.parents)
    else:
        values = saved[1] if op.variadic else saved[1:]
    for position, (parent, value) in enumerate(zip(node.parents, values)):
        if parent is not None:
            yield position, parent, None
            continue
        # A number without a rule is a setting, such as the dim of gather, and no operand.
        operand = isinstance(value, (int, float)) and op.rules[position] is not None
        if operand or isinstance(value, (np.ndarray, Node)):
            yield position, None, value


def _label(node: Node, name: str) -> str:
    """Of a call: name of the result, symbol, op, shape of the result. Of a leaf: name, shape.

    A Scalar has its value and its gradient in place of the shape.
    """
    shape = f"{node.data:.4g} | {node.grad:.4g}" if isinstance(node, Scalar) else _shape(node)
    if node.op is None:
        return _lines((name, 14, INK), (shape, 10, GREY))
    op, symbol = node.op.name, node.op.symbol
    size = 20 if len(symbol) == 1 else 15
    same = _letters(op) == _letters(symbol)
    return _lines((name, 11, INK), (symbol, size, INK), ("" if same else op, 10, GREY), (shape, 10, GREY))


def _constant_label(value: Any, name: str) -> str:
    if isinstance(value, (np.ndarray, Node)):
        return _lines((name, 11, GREY), (_shape(value), 9, GREY))
    return _lines((f"{value:.4g}" if isinstance(value, float) else str(value), 11, GREY))


def _shape(value: Node | np.ndarray[Any, Any]) -> str:
    """``2×3``, or ``scalar``; and the dtype behind it, if not float32."""
    if value.shape and not isinstance(value.shape[0], int):
        # A call with several results.
        return ", ".join("×".join(map(str, shape)) or "scalar" for shape in value.shape if shape is not None)
    shape = "×".join(map(str, value.shape)) or "scalar"
    return shape if value.dtype == np.float32 else f"{shape} {value.dtype.name}"


def _letters(word: str) -> str:
    """What ``log softmax`` and ``log_softmax`` have in common."""
    return "".join(filter(str.isalnum, word)).casefold()


def _lines(*lines: tuple[str, int, str]) -> str:
    """An HTML-like label of the lines ``(text, size, colour)`` that have a text."""
    written = [
        f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{_text(text)}</FONT>' for text, size, colour in lines if text
    ]
    return f"<{'<BR/>'.join(written)}>"


def _text(text: str) -> str:
    r"""``text`` to be shown as it is: no markup, and none of Graphviz's own escapes, such as ``\N``.

    Line breaks become spaces, and characters that XML has no place for become replacement characters.

    >>> _text('<b> & \\N\n')
    '&lt;b&gt; &amp; \\\\N'
    """
    words = " ".join(text.split())
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    return escape(shown).replace("\\", "\\\\")
