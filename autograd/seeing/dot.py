"""The picture that `draw` returns, and the program that lays it out: Graphviz's ``dot``, or else graphviz-pure."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

PURE = "graphviz-pure"


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that needs no Graphviz to be installed, and is quiet about fonts.

    What the layout program has to say about a failure is in the error that is raised.

    folded: in words, what was folded. error: what the forward pass that is drawn raised, if it did.
    """

    folded: tuple[str, ...] = ()
    error: BaseException | None = None

    def __repr__(self) -> str:
        return "<Drawing>"

    def pipe(self, format: str | None = None, **options: Any) -> Any:
        """The picture as bytes, or as str with ``encoding``; see `graphviz.Digraph.pipe`."""
        find_program()
        return super().pipe(format, **{"quiet": True, **options})

    def render(self, filename: str | os.PathLike[str] | None = None, **options: Any) -> Any:
        """Write the picture to a file: ``render(outfile="graph.svg", cleanup=True)``; see `graphviz.Digraph.render`."""
        find_program()
        return super().render(filename, **{"quiet": True, **options})


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
