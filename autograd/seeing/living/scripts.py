"""The scripts that run what was translated, one after the other: all see the same names."""

from __future__ import annotations

from pathlib import Path

from .translating import Translation

FOLDER = Path(__file__).parent
# Each after those whose names it needs at once.
SCRIPTS = ("arrays.js", "numpy.js", "python.js", "tape.js", "unpacking.js", "stepping.js")


def runtime(translation: Translation) -> str:
    """Arrays, Python's operators, the walk, and what was translated."""
    return "\n".join([*((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS), translation.text])


def machine(translation: Translation, tables: str) -> str:
    """The script of a living page: an expression that is the class `Run`, with what the page asks of it."""
    run = (FOLDER / "run.js").read_text(encoding="utf-8")
    return f"(() => {{\n{runtime(translation)}{tables}{run}\n}})()"
