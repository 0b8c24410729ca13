"""Writes what Sphinx reads: the pages of `reference.PAGES`, the README, the notebooks, the gallery, the commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from reference import FACES, PAGES, PARTS, Entry, Page, available, entries, members, page_of
from signatures import signature

from autograd import cli

ROOT = Path(__file__).parent.parent
TITLES = {
    "lu": "LU",
    "ctc": "CTC",
    "fft": "FFT",
    "cuda": "CUDA",
    "dtypes": "Element types",
    "data": "Of data",
    "conv": "Convolution",
}
COURSE, LIBRARIES = "notebooks/README.md", "tests/clients/README.md"


def heading(title: str, line: str = "=") -> str:
    return f"{title}\n{line * max(4, len(title))}\n"


def title_of(file: str) -> str:
    """What a section about a file is called."""
    name = file.rpartition(".")[2]
    return TITLES.get(name, name.replace("_", " ").capitalize())


def directive(entry: Entry, name: str, kind: str) -> Iterator[str]:
    """The lines that show one thing; what is said of it is filled in by `conf.Documented`."""
    yield f".. py:{kind}:: {name}{signature(entry.what, kind)}"
    yield ""
    yield f"   .. documented:: {name}"
    yield ""


def shown(entry: Entry) -> Iterator[str]:
    """An entry with its members below it."""
    yield from directive(entry, entry.name, entry.kind)
    if isinstance(entry.what, type):
        for member in members(entry):
            kind = "property" if isinstance(member.what, property) else "method"
            yield from (f"   {line}" if line else "" for line in directive(member, f"{entry.name}.{member.name}", kind))


def links(names: Iterable[str], prefix: str) -> str:
    """Names as links, each without what is before it."""
    return ", ".join(f":py:obj:`{name.removeprefix(prefix)} <{name}>`" for name in sorted(names, key=str.lower))


def elsewhere(prefix: str, here: Page) -> Iterator[str]:
    """What has names that begin with ``prefix`` and is on other pages, by page."""
    found: dict[Page, list[str]] = {}
    for entry in entries():
        page = page_of(entry.file)
        if page is not None and page is not here:
            names = [name for name in entry.names if name.startswith(prefix) and "." not in name.removeprefix(prefix)]
            found.setdefault(page, []).extend(names)
    for page in PAGES:
        if found.get(page):
            yield f":doc:`{page.title} <{page.name}>`"
            yield f"   {links(found[page], prefix)}"
            yield ""


def page_text(page: Page) -> str:
    """The source of a page of the reference."""
    text = [heading(page.title)]
    here = [entry for entry in entries() if page_of(entry.file) is page]
    names = {name for entry in here for name in entry.names}
    faces = list(filter(available, page.faces))
    for face in faces:
        # A function may have the name of its module.
        text += [f".. py:module:: {face}", "", ".. py:currentmodule:: None", ""] if face not in names else []
        # Which module is meant is said where there are several.
        text += [f"``{face}``", f"   .. documented:: {face}", ""] if len(faces) > 1 else [f".. documented:: {face}", ""]
    sections: dict[str, list[str]] = {}
    for file in page.files:
        files = sections.setdefault(title_of(file) if page.sections else "", [])
        files += sorted({entry.file for entry in here if entry.file == file or entry.file.startswith(f"{file}.")})
    for title, files in sections.items():
        inside = sorted((entry for entry in here if entry.file in files), key=lambda entry: entry.name.lower())
        if not inside:
            continue
        if title:
            text.append(heading(title, "-"))
            for file in files:
                if file not in FACES:
                    text += [f".. documented:: {file}", "   :first:", ""]
        for entry in inside:
            text += shown(entry)
    prefixes = ["autograd.Tensor." if page.name == "tensor" else "", *(f"{face}." for face in page.faces)]
    for prefix in filter(None, prefixes):
        others = list(elsewhere(prefix, page)) if prefix != "autograd." else []
        if others:
            text += [heading(f"Of {prefix[:-1]}, on other pages", "-"), *others]
    return "\n".join(text)


def toctree(caption: str, pages: Iterable[str]) -> str:
    lines = "\n".join(pages)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def start_page(notebooks: list[Path]) -> str:
    """The README, with the table of contents of the whole site below it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    course = [COURSE] * (ROOT / COURSE).exists() + [f"notebooks/{path.name}" for path in notebooks]
    trees = [toctree("Learning", [*course, "gallery"])]
    trees += [toctree(part, [f"reference/{page.name}" for page in pages]) for part, pages in PARTS.items()]
    trees += [toctree("More", ["commands", LIBRARIES, "All names <genindex>"])]
    return "\n".join([text, *trees])


def gallery() -> str:
    """Every picture of the README under what the README says of it, with the function that drew it."""
    source = (ROOT / "notebooks" / "gallery.py").read_text(encoding="utf-8")
    written = {
        found.name: found for found in ast.parse(source).body if isinstance(found, ast.FunctionDef | ast.ClassDef)
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| !\[(.*?)\]\(notebooks/pictures/(.*?)\) \|$", readme, re.MULTILINE)
    text = ["# Gallery\n", "Drawn by `autograd.draw` and `nn.Module.draw`, in `notebooks/gallery.py`.\n"]
    for caption, description, file in rows:
        title = caption[0].upper() + caption[1:].replace("\\|", "|")
        drawing = written[Path(file).stem]
        used = {node.id for node in ast.walk(drawing) if isinstance(node, ast.Name)} & written.keys()
        code = [ast.get_source_segment(source, written[name]) for name in [*used, drawing.name]]
        text += [f"## {title}\n", f"![{description}](notebooks/pictures/{file})\n"]
        text += ["```python", *"\n\n\n".join(map(str, code)).splitlines(), "```\n"]
    return "\n".join(text)


def commands() -> str:
    """What ``python -m autograd COMMAND --help`` says, for each command."""
    parser = cli.Parser(prog=cli.PROGRAM)
    below = parser.add_subparsers()
    for command in cli.COMMANDS:
        command.add_parser(below)
    text = [heading("Command line")]
    for name, command in below.choices.items():
        text += [heading(name, "-"), ".. code-block:: text", ""]
        text += [f"   {line}" for line in command.format_help().splitlines()]
        text.append("")
    return "\n".join(text)


def anchor(title: str) -> str:
    """What a link to a heading says, as in Jupyter."""
    return title.replace(" ", "-")


def linked(text: str, folder: Path, kept: set[Path]) -> str:
    """A file of ``folder`` whose links to files that aren't on the site, such as solutions, are their words alone."""

    def shown(link: re.Match[str]) -> str:
        return link[0] if folder / link[2] in kept else link[1]

    return re.sub(r"\[([^\]\n]*)\]\(([\w./-]+\.(?:ipynb|md|py))(?:#[^)]*)?\)", shown, text)


def stage(folder: Path) -> None:
    """Write everything into ``folder``; what has not changed keeps its time, so that it isn't read again."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    pictures = list((ROOT / "notebooks" / "pictures").iterdir())
    texts = [*notebooks, *filter(Path.exists, (ROOT / COURSE, ROOT / LIBRARIES))]
    kept = {*texts, *pictures}
    made = {f"reference/{page.name}.rst": page_text(page) for page in PAGES}
    made |= {"index.md": linked(start_page(notebooks), ROOT, kept), "gallery.md": gallery(), "commands.rst": commands()}
    for path in texts:
        made[path.relative_to(ROOT).as_posix()] = linked(path.read_text(encoding="utf-8"), path.parent, kept)
    contents = {name: text.encode() for name, text in made.items()}
    contents |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in pictures}
    for name, content in contents.items():
        write(folder / name, content)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in contents:
            path.unlink()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
