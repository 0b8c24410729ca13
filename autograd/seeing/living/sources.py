"""The syntax tree of a function, lambdas included, found in the file that it was written in."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from types import CodeType, FunctionType

Definition = ast.FunctionDef | ast.Lambda


class NoSource(Exception):
    """A function that no file has, or whose file says something else by now."""


@functools.cache
def _definitions(path: str) -> dict[int, list[Definition]]:
    """All functions in a file, by the line in which they begin."""
    found: dict[int, list[Definition]] = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found.setdefault(first, []).append(node)
        elif isinstance(node, ast.Lambda):
            found.setdefault(node.lineno, []).append(node)
    return found


def definition_of(function: FunctionType) -> Definition:
    """Where ``function`` is written. Several lambdas of a line are told apart by their columns.

    >>> ast.unparse(definition_of((lambda x: x + 1)))  # doctest: +SKIP
    'lambda x: x + 1'
    """
    code = function.__code__
    try:
        here = _definitions(code.co_filename).get(code.co_firstlineno, [])
    except (OSError, SyntaxError) as error:
        raise NoSource(function.__qualname__) from error
    names = code.co_varnames[: code.co_argcount]
    fitting = [node for node in here if tuple(a.arg for a in node.args.args) == names and _named(node, code)]
    if len(fitting) > 1:
        fitting = [node for node in fitting if isinstance(node, ast.Lambda) and _covers(node, code)]
    if not fitting:
        raise NoSource(function.__qualname__)
    # Of one inside of another the inner one.
    return fitting[-1]


def _named(node: Definition, code: CodeType) -> bool:
    return (node.name if isinstance(node, ast.FunctionDef) else "<lambda>") == code.co_name


def _covers(node: ast.Lambda, code: CodeType) -> bool:
    """Whether the instructions of ``code`` come from the body of ``node``."""
    body = node.body
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    places = [place for place in code.co_positions() if None not in place and place[2:] != (0, 0)]
    inside = [place for place in places if (place[0], place[2]) >= start and (place[1], place[3]) <= end]
    return bool(inside) and len(inside) >= len(places) - 1
