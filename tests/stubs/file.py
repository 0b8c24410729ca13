"""A stub as text: its definitions, and imports of all names that stand in them."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .signatures import op_of

ROOT = Path(__file__).parent.parent.parent
# Where the names come from that stand in the annotations of ops, and in what is written here.
SOURCES = {
    "Any": ("typing", "Any"),
    "Operand": ("autograd.engine.tensor", "Operand"),
    "Self": ("typing", "Self"),
    "Sequence": ("collections.abc", "Sequence"),
    "Tensor": ("autograd.engine.tensor", "Tensor"),
    "dtype": ("autograd.types.dtypes", "dtype"),
    "memory_format": ("autograd.creation.layout", "memory_format"),
    "overload": ("typing", "overload"),
}
STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def path_of(module: str) -> Path:
    """The stub of a module."""
    path = ROOT / module.replace(".", "/")
    return path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")


class Stub:
    """One file: its lines, and where it takes the names from that stand in them.

    own: the names that the file itself gives a meaning. An annotation that means another thing by such a name, as by
    ``float`` in a class that has a method ``float``, gets it under ``_float``.
    """

    def __init__(self, module: str, own: dict[str, tuple[str, str]]) -> None:
        self.module = module
        self.own = own
        self.imports: set[tuple[str, str, str]] = set()
        self.lines: list[str] = []

    def annotation(self, text: str, home: str) -> str:
        """``text``, an annotation in the module ``home``, with its names imported."""
        tree = ast.parse(text, mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self.known(node.id, SOURCES.get(node.id) or origins(home).get(node.id) or (home, node.id))
        return ast.unparse(tree)

    def known(self, name: str, origin: tuple[str, str]) -> str:
        """The name here of what is called ``name`` in a module, and comes from ``origin``."""
        if self.own.get(name, origin) == origin:
            if origin[0] != "builtins":
                self.imports.add((*origin, name))
            return name
        self.imports.add((*origin, f"_{name}"))
        return f"_{name}"

    def define(
        self,
        name: str,
        function: Callable[..., Any],
        given: list[inspect.Signature],
        text: str = "",
        indent: str = "",
    ) -> None:
        """The lines of a function, or of a method where they are indented, that is called as ``function`` is."""
        home = "" if op_of(function) else function.__module__
        for signature in given:
            if len(given) > 1:
                self.lines.append(f"{indent}@{self.known('overload', SOURCES['overload'])}")
            result = self.annotation(signature.return_annotation, home)
            line = f"{indent}def {name}({self.parameters(signature, home, bool(indent))}) -> {result}:"
            # An object compares to a bool, a Tensor to a Tensor.
            ignored = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
            self.lines += [line, f'{indent}    """{text}"""'] if text else [f"{line} ...{ignored}"]

    def parameters(self, signature: inspect.Signature, home: str, method: bool) -> str:
        """The parameters of a function as text; those of a method begin with ``self``."""
        written, starred = [], False
        for position, parameter in enumerate(signature.parameters.values()):
            if method and not position:
                written.append(parameter.name if parameter.name == "cls" else "self")
                continue
            if parameter.kind is parameter.KEYWORD_ONLY and not starred:
                written.append("*")
            starred = starred or parameter.kind in (parameter.VAR_POSITIONAL, parameter.KEYWORD_ONLY)
            text = STARS.get(parameter.kind, "") + parameter.name
            if parameter.annotation is not parameter.empty:
                text += f": {self.annotation(parameter.annotation, home)}"
            written.append(text if parameter.default is parameter.empty else f"{text} = {literal(parameter.default)}")
        return ", ".join(written)

    def text(self) -> str:
        """The file: what it imports first."""
        package = self.module if path_of(self.module).name == "__init__.pyi" else self.module.rpartition(".")[0]
        lines = ['"""Made by `make stubs` from the registry of ops; not to be edited."""\n']
        for source in sorted({source for source, _, _ in self.imports}):
            names = [
                f"{name} as {known}" if known in self.own or known != name else name
                for _, name, known in sorted(found for found in self.imports if found[0] == source)
            ]
            lines.append(f"from {relative(source, package)} import {', '.join(names)}")
        return "\n".join([*lines, "", *self.lines, ""])


def relative(module: str, package: str) -> str:
    """``module`` as a file of ``package`` imports it."""
    if not module.startswith("autograd") or package.partition(".")[0] != "autograd":
        return module
    depth = package.count(".") + 1
    return "." * depth + module.removeprefix("autograd").removeprefix(".")


def literal(default: Any) -> str:
    """A default as it is written in a stub: itself, if that can be read back."""
    try:
        ast.literal_eval(repr(default))
    except (SyntaxError, ValueError):
        return "..."
    return repr(default)


@functools.cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


@functools.cache
def origins(module: str) -> dict[str, tuple[str, str]]:
    """Where a module imports its names from: each module and name; builtins among them."""
    found = {name: ("builtins", name) for name in vars(builtins)}
    for node in ast.walk(tree_of(module)) if module else ():
        if isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), module.rpartition(".")[0])
            found |= {alias.asname or alias.name: (source, alias.name) for alias in node.names}
    return found
