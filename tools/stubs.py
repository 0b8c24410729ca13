"""Writes the stubs: what type checkers and editors know of the functions and methods that the registry makes.

Run by ``make stubs``. Each face of the library that offers ops has a stub beside it, which imports what is written out
somewhere and gives the signature of what is made from the registry. The methods that Tensors are given are a class of
their own, from which ``Tensor`` inherits as far as a type checker can see.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import importlib.util
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from autograd import Tensor
from autograd.ops import OPS, Op
from autograd.surface.operators import OPERATORS

ROOT = Path(__file__).parent.parent
FACES = ("autograd", "autograd.fft", "autograd.linalg", "autograd.masked", "autograd.special", "nn.functional")
METHODS = "autograd.surface.methods"
HEADER = '"""Made by `make stubs` from the registry of ops; not to be edited."""\n'

# An op is a formula over arrays, which has no annotations. Its first arguments are Tensors, and beside a Tensor also
# numbers and arrays where it broadcasts; the rest has the type of its default, or by its name one of these.
PARAMETERS = {
    "alpha": "float",
    "correction": "float | None",
    "dim0": "int",
    "dim1": "int",
    "dims": "int | Sequence[int] | None",
    "dtype": "dtype | None",
    "eps": "float | None",
    "neginf": "float | None",
    "ord": "float",
    "pad": "Sequence[int]",
    "posinf": "float | None",
    "rounding_mode": "str | None",
    "shifts": "int | Sequence[int]",
    "threshold": "float",
    "value": "float",
}
# What ``dim`` may be, by its default; and where an op takes more or less than others by the same name.
DIM = {inspect.Parameter.empty: "int", None: "int | Sequence[int] | None", (): "int | Sequence[int]"}
PARTICULAR = {
    ("argmax", "dim"): "int | None",
    ("argmin", "dim"): "int | None",
    ("cast", "dtype"): "Any",
    ("cross", "dim"): "int | None",
    ("logsumexp", "dim"): "int | Sequence[int]",
    ("prod", "dim"): "int | None",
}
# Where the names come from that stand in these annotations, and in all that this file writes.
SOURCES = {
    "Any": ("typing", "Any"),
    "Operand": ("autograd.engine.tensor", "Operand"),
    "Self": ("typing", "Self"),
    "Sequence": ("collections.abc", "Sequence"),
    "Tensor": ("autograd.engine.tensor", "Tensor"),
    "dtype": ("autograd.types.dtypes", "dtype"),
    "overload": ("typing", "overload"),
}
# PyTorch's names of the first two arguments, which every op understands.
NAMES = {(0, "x"): "input", (1, "y"): "other"}

STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
OP_OF = {id(function): op for op in OPS.values() for function in (op.function, op.call)}
SPECIAL = {special: OPS[name] for name, special in OPERATORS.items()}


def stubs() -> dict[Path, str]:
    """The text of every stub, by its path."""
    return {path_of(METHODS): methods(), **{path_of(name): face(importlib.import_module(name)) for name in FACES}}


def path_of(module: str) -> Path:
    """The stub of a module."""
    path = ROOT / module.replace(".", "/")
    return path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")


# A signature is a list of parameters and a result, annotations as text, as `inspect` gives it of our annotated
# functions.


def annotation_of(op: Op, parameter: inspect.Parameter, position: int) -> str:
    """What a parameter of ``op`` takes."""
    name, default = parameter.name, parameter.default
    if (op.name, name) in PARTICULAR:
        return PARTICULAR[op.name, name]
    if name == "dim":
        return DIM.get(default, "int")
    if op.variadic and not position:
        return "Sequence[Tensor]"
    if op.packs and position:
        return "Sequence[int]"
    if position < op.arity:
        operand = "Operand" if op.promotes and (position or op.arity == 2) else "Tensor"
        return f"{operand} | None" if default is None else operand
    if name in PARAMETERS:
        return PARAMETERS[name]
    if default in (None, parameter.empty):
        raise TypeError(f"{op.name}: say in PARAMETERS what {name} may be")
    return type(default).__name__


def signatures_of_op(op: Op, extra: Iterable[inspect.Parameter] = (), out: bool = False) -> list[inspect.Signature]:
    """How ``op`` may be called; ``extra`` are parameters that a function around it has besides."""
    parameters = []
    for position, given in enumerate(op.signature.parameters.values()):
        name = NAMES.get((position, given.name), given.name)
        parameters.append(given.replace(name=name, annotation=annotation_of(op, given, position)))
    if op.packs:
        x, listed = parameters
        spread = listed.replace(annotation="int", kind=inspect.Parameter.VAR_POSITIONAL)
        return [inspect.Signature([x, last], return_annotation="Tensor") for last in (listed, spread)]
    parameters += [parameter.replace(annotation="bool") for parameter in extra]
    keywords = {name: PARAMETERS[name] for name in op.keywords}
    if out and not op.view:
        keywords["out"] = "Tensor"
    for name, annotation in keywords.items():
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=annotation))
    return [inspect.Signature(parameters, return_annotation="Tensor")]


def op_of(function: Callable[..., Any]) -> Op | None:
    """The op whose arguments ``function`` takes, having no annotations of its own."""
    if id(function) in OP_OF:
        return OP_OF[id(function)]
    bare = inspect.signature(function).return_annotation is inspect.Signature.empty
    return OPS.get(function.__name__) if bare else None


def signatures(function: Callable[..., Any], out: bool = False) -> list[inspect.Signature]:
    """How a function may be called: as its op, or as its source says; several where it is overloaded."""
    op = op_of(function)
    if op is not None:
        known = {*op.parameters, *op.keywords}
        extra = [given for name, given in inspect.signature(function).parameters.items() if name not in known]
        return signatures_of_op(op, extra, out and not extra)
    overloads = typing.get_overloads(function)
    return [inspect.signature(overloaded) for overloaded in overloads or [function]]


def literal(default: Any) -> str:
    """A default as it is written in a stub: itself, if that can be read back."""
    try:
        ast.literal_eval(repr(default))
    except (SyntaxError, ValueError):
        return "..."
    return repr(default)


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
        text: str,
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
        lines = [HEADER]
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


def summary(function: Callable[..., Any]) -> str:
    """The first paragraph of what is written about a function."""
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


@functools.cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@functools.cache
def origins(module: str) -> dict[str, tuple[str, str]]:
    """Where a module imports its names from: each module and name; builtins among them."""
    found = {name: ("builtins", name) for name in vars(builtins)}
    for node in ast.walk(tree_of(module)) if module else ():
        if isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), module.rpartition(".")[0])
            found |= {alias.asname or alias.name: (source, alias.name) for alias in node.names}
    return found


def written_out(value: Any) -> bool:
    """Whether there is a ``def`` or ``class`` of ``value`` in its module that a stub can import."""
    home, name = getattr(value, "__module__", ""), getattr(value, "__name__", "")
    if id(value) in OP_OF or not hasattr(sys.modules.get(home), name) or isinstance(value, types.ModuleType):
        return False
    definitions = (ast.FunctionDef, ast.ClassDef)
    return getattr(sys.modules[home], name) is value and any(
        isinstance(node, definitions) and node.name == name for node in tree_of(home).body
    )


def face(module: types.ModuleType) -> str:
    """The stub of a module that offers ops and composed functions."""
    public = {name: getattr(module, name) for name in sorted(module.__all__)}
    imported = {
        name: (value.__module__, value.__name__)
        for name, value in public.items()
        if written_out(value) and value.__module__ != module.__name__
    }
    imported |= {
        name: value.__name__.rpartition(".")[::2]
        for name, value in public.items()
        if isinstance(value, types.ModuleType)
    }
    stub = Stub(module.__name__, {name: imported.get(name, (module.__name__, name)) for name in public})
    stub.imports |= {(*origin, name) for name, origin in imported.items()}
    rest = {name: value for name, value in public.items() if name not in imported}
    for name, value in rest.items():
        if not inspect.isfunction(value):
            kind = type(value)
            stub.lines.append(f"{name}: {stub.known(kind.__name__, (kind.__module__, kind.__name__))}")
    for name, value in rest.items():
        if inspect.isfunction(value):
            stub.define(name, value, signatures(value, out=True), summary(value))
    stub.lines += ["__all__ = [", *(f'    "{name}",' for name in public), "]"]
    if hasattr(module, "__version__"):
        stub.lines.append("__version__: str")
    return stub.text()


def methods() -> str:
    """The stub of the methods that Tensors are given when the library is imported."""
    body = next(n for n in tree_of(Tensor.__module__).body if isinstance(n, ast.ClassDef) and n.name == "Tensor").body
    written = {node.name for node in body if isinstance(node, ast.FunctionDef)} | {"nelement"}
    given = {
        name: value
        for name, value in sorted(vars(Tensor).items())
        if name not in written and (inspect.isfunction(value) or isinstance(value, (property, staticmethod)))
        if not getattr(OP_OF.get(id(value)), "variadic", False)
    }
    stub = Stub(METHODS, {name: (METHODS, name) for name in given})
    stub.lines.append("class TensorMethods:")
    for name, value in given.items():
        method(stub, name, value)
    return stub.text()


def method(stub: Stub, name: str, value: Any) -> None:
    """A method, a property, an in-place form or an operator."""
    function = {property: lambda: value.fget, staticmethod: lambda: value.__func__}.get(type(value), lambda: value)()
    like, text, result = function, summary(function), None
    if name.startswith("__"):
        # `__radd__` and `__iadd__` take what `__add__` takes.
        special = name if name in SPECIAL or f"__{name[3:]}" not in SPECIAL else f"__{name[3:]}"
        if special in SPECIAL:
            like, text = SPECIAL[special].call, ""
        if name == "__new__" or (special != name and name[2] == "i"):
            result = "Self"
    elif name.endswith("_"):
        result = "Self"
        if not written_out(function):
            like = getattr(Tensor, name[:-1])
    given = signatures(like)
    if id(like) in OP_OF and name.startswith("__"):
        arity = OP_OF[id(like)].arity
        given = [one.replace(parameters=list(one.parameters.values())[:arity]) for one in given]
    if result is not None:
        given = [one.replace(return_annotation=result) for one in given]
    if isinstance(value, property):
        stub.lines.append("    @property")
    stub.define(name, like, given, text, indent="    ")


def main() -> None:
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
