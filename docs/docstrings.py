"""Docstrings as they are written here, in parts: paragraphs, formulas, examples.

They are plain text, not reStructuredText: ``code``, `a name`, formulas in indented lines, ``name: what it is`` for
arguments, and examples that begin with ``>>>``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# No line of a docstring is longer; what is indented in its file is shorter by that.
WIDTH = 110
INLINE = re.compile(r"``(?P<code>.+?)``|`(?P<name>[^`]+)`|(?P<address>https?://[^\s,;)]+)", re.DOTALL)
ARGUMENTS = re.compile(r"(\*{0,2}\w+(?:, \*{0,2}\w+)*(?: and \*{0,2}\w+)?): ")
TERM = r"(``.+``)\n((?:    .+\n)+)"
TERMS = re.compile(rf"(?:{TERM})*``.+``(?:\n    .+)+")


@dataclass
class Block:
    """A part of a docstring.

    kind: "paragraph", "argument" (with its ``names``), "term", "meaning", "formula", "derivative", "code" or "example".
    """

    kind: str
    text: str
    names: list[str] = field(default_factory=list)


def blocks(text: str, parameters: frozenset[str] = frozenset()) -> Iterator[Block]:
    """The parts of a docstring, in order. ``parameters`` are the names that arguments may have within a line."""
    code = False
    for part in filter(None, re.split(r"\n\s*\n", text.strip())):
        lines = part.splitlines()
        if lines[0].startswith(">>> "):
            yield Block("example", part)
        elif all(line.startswith("  ") for line in lines):
            indent = min(len(line) - len(line.lstrip()) for line in lines)
            yield Block("code" if code else "formula", "\n".join(line[indent:] for line in lines))
        elif TERMS.fullmatch(part):
            yield from terms(part)
        elif lines[0].startswith("Derivative: "):
            yield Block("derivative", part.removeprefix("Derivative: "))
        else:
            yield from sentences(lines, parameters)
        code = part.endswith("::")


def terms(part: str) -> Iterator[Block]:
    """Terms, each with what it means in indented lines below."""
    for term, meaning in re.findall(TERM, part + "\n"):
        yield Block("term", term)
        yield Block("meaning", " ".join(meaning.split()))


def sentences(lines: list[str], parameters: frozenset[str]) -> Iterator[Block]:
    """A paragraph, cut where its writer began a new line for what is new, and before each argument."""
    pieces = [lines[0].strip()]
    for before, line in itertools.pairwise(lines):
        first = line.split()[0]
        broken = before.endswith((".", ":")) and len(before) + 1 + len(first) <= WIDTH
        if broken and not line.startswith("  "):
            pieces.append(line.strip())
        else:
            pieces[-1] += f" {line.strip()}"
    for piece in pieces:
        yield from arguments(piece.replace("::", ":") if piece.endswith("::") else piece, parameters)


def arguments(piece: str, parameters: frozenset[str]) -> Iterator[Block]:
    """A piece of a paragraph as one block for each argument that it says something of."""
    starts = [0]
    for match in ARGUMENTS.finditer(piece):
        start = match.start()
        if start and piece[:start].endswith((". ", "; ")) and set(names_in(match[1])) <= parameters:
            starts.append(start)
    for start, end in zip(starts, [*starts[1:], len(piece)]):
        said = piece[start:end].strip()
        match = ARGUMENTS.match(said)
        if match and set(names_in(match[1])) <= parameters:
            yield Block("argument", said[match.end() :], names_in(match[1]))
        else:
            yield Block("paragraph", said)


def names_in(listed: str) -> list[str]:
    """The names in a list such as "stride, padding and dilation"."""
    return re.findall(r"\w+", listed.replace(" and ", ", "))
