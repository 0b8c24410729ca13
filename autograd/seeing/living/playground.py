"""The playground: a page in which a small network learns to tell points of a plane apart, with knobs for all of it."""

from __future__ import annotations

import json
from pathlib import Path

from ...ops.op import OPS
from ..page import filled, in_script
from .life import declared_optimizers, optimizer_classes
from .scripts import runtime
from .translating import Translation

FOLDER = Path(__file__).parent
# What the network of the page is made of.
USED = ("linear", "tanh", "relu", "sigmoid", "silu", "cross_entropy", "mul", "add", "abs", "sum")


def playground_page() -> str:
    """One page that needs nothing else and asks for nothing. It offers the optimizers of ``optim``, once imported."""
    translation = Translation()
    for name in USED:
        translation.op(OPS[name])
    rules, optimizers = declared_optimizers(translation, optimizer_classes())
    written = (FOLDER / "playground.js").read_text(encoding="utf-8")
    script = f'"use strict";\n(() => {{\n{runtime(translation)}{rules}{written}}})();\n'
    theme, _, _ = (FOLDER.parent / "player" / "player.css").read_text(encoding="utf-8").partition("* {")
    style = theme + (FOLDER / "playground.css").read_text(encoding="utf-8")
    ops = {name: [op.symbol, list(op.derivative)] for name, op in OPS.items()}
    data = in_script(json.dumps({"optimizers": optimizers, "ops": ops}, ensure_ascii=False))
    template = (FOLDER / "playground.html").read_text(encoding="utf-8")
    return filled(template, {"data": data}, style, script)
