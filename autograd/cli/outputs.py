"""The files that the demo leaves behind, and the directory for them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .parsing import CommandError

TRAINING, MISTAKES, GRAPH = PICTURES = ("training.png", "mistakes.png", "graph.svg")

# What the ranks of a training have learned.
CHECKPOINT = "model.zip"


def prepare_directory(out: Path) -> None:
    """Make the directory ``out`` and see that the pictures can be written to it; CommandError if not."""
    path = out
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
        for path in (out / name for name in PICTURES):
            if path.exists():
                path.open("ab").close()
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> CommandError:
    reason = "it is not a directory" if isinstance(error, FileExistsError) else error.strerror or error
    return CommandError(f"can't write to '{path}' ({reason}); choose another directory with --out")
