"""The player as one file: the page, its style, its script, the drawing and the record, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .drawing import sketch
from .labels import clean, node_shape
from .layout import rebuilt
from .looks import LIGHT

if TYPE_CHECKING:
    from .tracing import Trace

FOLDER = Path(__file__).parent / "player"
# Each after those that it imports.
SCRIPTS = ("dom.js", "arrays.js", "cells.js", "text.js", "heatmap.js", "steps.js", "sofar.js", "graph.js", "player.js")


def page_of(trace: Trace) -> str:
    """The page for ``trace``."""
    record = trace.record
    drawing, boxes = laid_out(trace)
    data = {"trace": record, "boxes": boxes}
    style = (FOLDER / "player.css").read_text(encoding="utf-8")
    script = bundled()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "title": escape(clean(trace.title)),
        "policy": escape(policy, quote=True).replace("&#x27;", "'"),
        "style": style,
        "svg": drawing,
        "data": in_script(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))),
        "script": script,
    }
    template = (FOLDER / "player.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def laid_out(trace: Trace) -> tuple[str, dict[str, str]]:
    """The drawing as SVG, and for each node of the record the box that it is in."""
    builder = trace._builder
    picture, folded = sketch(builder.named_items(), builder.numbers())
    kinds = {key: box.kind for key, box in folded.boxes.items()}
    labels = {}
    for key, box in folded.boxes.items():
        node = box.item.node
        op = "" if node is None or node.op is None else node.op.name
        shape = "" if node is None else node_shape(node)
        labels[key] = clean(" ".join(filter(None, (builder.names[box.item.key], op, shape))))
    svg = rebuilt(picture.pipe(format="svg", encoding="utf-8"), kinds, labels, LIGHT.ink)
    return svg, {builder.keys[key]: box for key, box in folded.place.items()}


def bundled() -> str:
    """The modules of the player as one script, their imports and exports taken out: all see the same names."""
    parts = []
    for name in SCRIPTS:
        source = (FOLDER / name).read_text(encoding="utf-8")
        source = re.sub(r"^import .*;\n", "", source, flags=re.MULTILINE)
        parts.append(re.sub(r"^export ", "", source, flags=re.MULTILINE))
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def in_script(text: str) -> str:
    """JSON that no HTML parser takes for the end of a script, or for anything else."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def frame_of(trace: Trace) -> str:
    """The page inside of another, such as a notebook, with no rights there."""
    page = escape(page_of(trace), quote=True)
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="{escape(clean(trace.title), quote=True)}" '
        'width="100%" height="640" style="border:1px solid #d5dbe1;border-radius:8px"></iframe>'
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
