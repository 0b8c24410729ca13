"""The player as one file: the page, its style, its script, the drawing and the record, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from .figure import Figure
from .labels import clean
from .living.life import Life
from .schema import Record

FOLDER = Path(__file__).parent / "player"
# Each after those that it imports.
SCRIPTS = (
    "dom.js",
    "arrays.js",
    "cells.js",
    "text.js",
    "spelled.js",
    "heatmap.js",
    "steps.js",
    "sofar.js",
    "frames.js",
    "graph.js",
    "../living/living.js",
    "player.js",
)
STYLES = ("player.css", "../living/living.css")


def page_of(record: Record, figures: Sequence[Sequence[Figure]], life: Life | None = None) -> str:
    """The page that plays ``record``.

    figures: the drawings of its graph, and then those of what is in each of its calls. life: what runs it with other
    numbers.
    """
    drawings = [one for several in figures for one in several]
    count = itertools.count()
    data = {
        "trace": record,
        "drawings": [{"boxes": one.boxes, "folded": one.folded} for one in drawings],
        # Which of the drawings are of the whole, and which of each inside.
        "figures": [[next(count) for _ in several] for several in figures],
        "program": life.program if life else None,
    }
    style = "".join((FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
    script = bundled(life.script if life else "null")
    parts = {
        "title": escape(clean(record["title"])),
        "drawings": "".join(f'<template id="drawing{i}">{one.svg}</template>' for i, one in enumerate(drawings) if i),
        "svg": drawings[0].svg,
        "data": in_script(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))),
    }
    return filled((FOLDER / "player.html").read_text(encoding="utf-8"), parts, style, script)


def filled(template: str, parts: Mapping[str, str], style: str, script: str) -> str:
    """A page of its parts, in which no other style and no other script counts."""
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    policy = escape(policy, quote=True).replace("&#x27;", "'")
    parts = {**parts, "policy": policy, "style": style, "script": script}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def bundled(machine: str = "null") -> str:
    """The modules of the player as one script: what each exports is seen by those after it.

    machine: the script that runs a recording again, if there is one.
    """
    parts = [f"const machine = {machine};\n"]
    for name in SCRIPTS:
        source = (FOLDER / name).read_text(encoding="utf-8")
        source = re.sub(r"^import .*;\n", "", source, flags=re.MULTILINE)
        names = re.findall(r"^export (?:const|function|class) ([\w$]+)", source, flags=re.MULTILINE)
        source = re.sub(r"^export ", "", source, flags=re.MULTILINE)
        parts.append(
            f"const {{ {', '.join(names)} }} = (() => {{\n{source}\nreturn {{ {', '.join(names)} }};\n}})();\n"
        )
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def in_script(text: str) -> str:
    """JSON that no HTML parser takes for the end of a script, or for anything else."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def frame_of(page: str, title: str) -> str:
    """A page inside of another, such as a notebook, with no rights there."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(page, quote=True)}" '
        f'title="{escape(clean(title), quote=True)}" '
        'width="100%" height="640" style="border:1px solid #d5dbe1;border-radius:8px"></iframe>'
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
