"""Pages with the source of what is documented, each line a target."""

from __future__ import annotations

import inspect
from pathlib import Path
from string import Template

import reference
from sphinx.application import Sphinx

import autograd

ROOT = Path(autograd.__file__).parent.parent


def place(entry: reference.Entry) -> tuple[Path, int] | None:
    """The file that an entry is written in, and the line."""
    written = reference.origin(entry.what)
    try:
        file = Path(inspect.getsourcefile(written) or "")
        line = inspect.getsourcelines(written)[1]
    except (TypeError, OSError):
        return None
    return (file.relative_to(ROOT), line) if file.is_relative_to(ROOT) else None


def address(entry: reference.Entry) -> str | None:
    """Where a page of the reference finds the source of an entry."""
    found = place(entry)
    return f"../source/{found[0].with_suffix('.html').as_posix()}#line-{found[1]}" if found else None


def write(app: Sphinx, error: Exception | None) -> None:
    """A page for each file that something documented is written in: without navigation, which would take a minute."""
    if error is not None:
        return
    template = Template((Path(app.confdir) / "source.html").read_text(encoding="utf-8"))
    options = {"linenos": "inline", "lineanchors": "line", "anchorlinenos": True}
    for file in {found[0] for entry in reference.documented().values() if (found := place(entry))}:
        page = app.outdir / "source" / file.with_suffix(".html")
        page.parent.mkdir(parents=True, exist_ok=True)
        source = (ROOT / file).read_text(encoding="utf-8")
        body = app.builder.highlighter.highlight_block(source, "python", **options)
        text = template.substitute(name=file.as_posix(), root="../" * len(file.parts), body=body)
        page.write_text(text, encoding="utf-8")
