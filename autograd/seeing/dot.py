"""The picture that `draw` returns, and the program that lays it out: Graphviz's ``dot``, or else graphviz-pure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

PURE = "graphviz-pure"


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that needs no Graphviz installed, is SVG unless asked otherwise, and is quiet about fonts.

    What the layout program has to say about a failure is in the error that is raised. ValueError for a format that it
    doesn't write: the message names those that it does.

    folded: in words, what was folded. error: what the forward pass that is drawn raised, if it did.
    """

    folded: tuple[str, ...] = ()
    error: BaseException | None = None

    def __init__(self, *, format: str = "svg", **options: Any) -> None:
        super().__init__(format=format, **options)

    def __repr__(self) -> str:
        return "<Drawing>"

    def pipe(self, format: str | None = None, **options: Any) -> Any:
        """The picture as bytes, or as str with ``encoding``; see `graphviz.Digraph.pipe`."""
        find_program()
        if (format or self.format) == "pdf" and is_pure():
            return pdf_of(self.pipe("svg"))
        with formats_named():
            return super().pipe(format, **{"quiet": True, **options})

    def render(self, filename: str | os.PathLike[str] | None = None, **options: Any) -> Any:
        """Write the picture to a file, and return its path; see `graphviz.Digraph.render`.

        ``render(outfile="graph.png", cleanup=True)`` writes what the suffix says, and nothing else. ``render("graph")``
        writes the source in the DOT language to ``graph``, and the picture to ``graph.svg``; with ``format="png"`` to
        ``graph.png``.
        """
        find_program()
        outfile = options.get("outfile")
        wanted = options.get("format") or (Path(outfile).suffix[1:] if outfile else self.format)
        if wanted == "pdf" and is_pure():
            drawn = self.pipe("pdf")
            source = Path(filename or (Path(outfile).with_suffix(".gv") if outfile else self.filename))
            path = Path(outfile) if outfile else Path(f"{source}.pdf")
            path.write_bytes(drawn)
            if not options.get("cleanup"):
                source.write_text(self.source, encoding="utf-8")
            return str(path)
        with formats_named():
            return super().render(filename, **{"quiet": True, **options})


def is_pure() -> bool:
    """Whether graphviz-pure lays out, which writes no PDF."""
    return Path(dot_command.DOT_BINARY).stem == PURE


def pdf_of(svg: bytes) -> bytes:
    """A drawing as PDF, by cairosvg. RuntimeError that says what to install where that isn't there."""
    try:
        import cairosvg
    except (ImportError, OSError) as error:
        raise RuntimeError(
            'draw: to write PDF run `pip install "chalkgrad[pdf]"`, which needs the library cairo, or install '
            f"Graphviz (https://graphviz.org/download/): {error}"
        ) from None
    made: bytes = cairosvg.svg2pdf(bytestring=svg)
    return made


@contextmanager
def formats_named() -> Iterator[None]:
    """Turn the layout program's refusal of a format into a ValueError that names the formats that it writes."""
    try:
        yield
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace") if isinstance(error.stderr, bytes) else str(error.stderr)
        refusal = re.search(r'Format: "(.+)" not recognized. Use one of: (.+)', said)
        if refusal is None:
            raise
        program = Path(dot_command.DOT_BINARY).stem
        more = "; Graphviz (https://graphviz.org/download/) writes more" if program == PURE else ""
        raise ValueError(
            f"draw: {program} can't write {refusal[1]!r}, only {', '.join(refusal[2].split())}{more}"
        ) from None


def find_program() -> None:
    """Have the graphviz package run graphviz-pure if what it would run isn't there; RuntimeError without both."""
    if shutil.which(dot_command.DOT_BINARY) is not None:
        return
    # A virtual environment that isn't activated has its scripts beside its Python, but not on PATH.
    folders = (None, sysconfig.get_path("scripts"), os.path.dirname(sys.executable))
    found = next(filter(None, (shutil.which(PURE, path=folder) for folder in folders)), None)
    if found is None:
        raise RuntimeError(
            f"draw: neither '{dot_command.DOT_BINARY}' nor '{PURE}' was found to lay out the graph; "
            "run `pip install graphviz-pure`, or install Graphviz (https://graphviz.org/download/)"
        )
    # Absolute, because the package runs it in the folder of the file that it writes.
    dot_command.DOT_BINARY = Path(found).absolute()
