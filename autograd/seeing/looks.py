"""How a drawing looks, in the light and in the dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Look:
    """Colours: of text, of what is said beside it, of lines and of the page; a stroke and a fill for each kind of box.

    The hues are those of the Okabe-Ito palette, which colour-blind people can tell apart, as strokes; a tint fills.
    """

    ink: str
    grey: str
    faint: str
    page: str
    kinds: dict[str, dict[str, str]]

    def box(self, kind: str) -> dict[str, str]:
        return self.kinds[kind] | SHAPES.get(kind, {})


# What tells the kinds of boxes apart besides their colours.
SHAPES = {
    "result": {"penwidth": "2"},
    "buffer": {"style": "rounded,filled,dashed"},
    "constant": {"style": "rounded,filled,dashed", "margin": "0.06,0.03"},
    "failed": {"penwidth": "3"},
    "module": {"style": "filled", "penwidth": "1.5"},
    "gap": {"style": "rounded,filled,dotted", "penwidth": "2"},
}


def _kinds(**pairs: tuple[str, str]) -> dict[str, dict[str, str]]:
    return {kind: {"color": stroke, "fillcolor": fill} for kind, (stroke, fill) in pairs.items()}


LIGHT = Look(
    ink="#1F2933",
    grey="#616E7C",
    faint="#9AA5B1",
    page="#FFFFFF",
    kinds=_kinds(
        op=("#0072B2", "#E8F2F9"),
        leaf=("#E69F00", "#FDF3DC"),
        parameter=("#E69F00", "#FBE3AE"),
        buffer=("#A0622D", "#F6ECE3"),
        input=("#CC79A7", "#FAEDF4"),
        result=("#009E73", "#DDF3EB"),
        constant=("#9AA5B1", "#F7F8F9"),
        failed=("#D00000", "#FFE3E0"),
        module=("#0072B2", "#D3E6F4"),
        gap=("#616E7C", "#F0F2F4"),
    ),
)
DARK = Look(
    ink="#E7ECF1",
    grey="#A9B4C0",
    faint="#6B7885",
    page="#14191F",
    kinds=_kinds(
        op=("#56B4E9", "#16303F"),
        leaf=("#E69F00", "#3A2C0B"),
        parameter=("#E69F00", "#54400F"),
        buffer=("#C58A57", "#33261B"),
        input=("#CC79A7", "#3B2431"),
        result=("#2BC59A", "#0E3A2D"),
        constant=("#6B7885", "#20262D"),
        failed=("#FF6B5E", "#4A1512"),
        module=("#56B4E9", "#1B3D52"),
        gap=("#A9B4C0", "#262D35"),
    ),
)
THEMES = {"light": LIGHT, "dark": DARK}

GRAPH = {"nodesep": "0.18", "ranksep": "0.32", "pad": "0.12", "fontname": "Helvetica", "fontsize": "11"}
NODE = {
    "shape": "box",
    "style": "rounded,filled",
    "fontname": "Helvetica",
    "margin": "0.11,0.05",
    "width": "0",
    "height": "0",
}
EDGE = {"arrowsize": "0.6"}
# From call to call an edge is kept short and straight, so that the way from input to result is a line.
SPINE = {"weight": "4"}
# An edge from one round of a repeated block to the next.
AGAIN = {"constraint": "false", "style": "dashed", "penwidth": "1.6"}


# From so many boxes on, the layout program is to be content with good places, instead of looking for the best, which
# takes a time that grows with the square of their number. Curves around all boxes would take longest.
LARGE, HUGE = 100, 500
CONTENT = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.2"}


def graph_attributes(look: Look, direction: str, boxes: int) -> dict[str, Any]:
    """What is said of the whole picture, of so many boxes."""
    patience = CONTENT if boxes > LARGE else {"nslimit": "2"}
    lines = {"splines": "line"} if boxes > HUGE else {}
    return {
        "graph_attr": {
            **GRAPH,
            **patience,
            **lines,
            "rankdir": direction,
            "bgcolor": look.page,
            "fontcolor": look.grey,
        },
        "node_attr": {**NODE, "fontcolor": look.ink},
        "edge_attr": {**EDGE, "color": look.faint},
    }
