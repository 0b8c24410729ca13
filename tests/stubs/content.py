"""What stands in each stub."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd
import nn.functional
from autograd import Tensor
from autograd.surface.operators import OPERATORS

from .file import Stub, path_of, tree_of
from .signatures import OP_OF, signatures

FACES = (autograd, autograd.fft, autograd.linalg, autograd.masked, autograd.special, nn.functional)
METHODS = "autograd.surface.methods"
SPECIAL = {special: op for op, special in OPERATORS.items()}


def stubs() -> dict[Path, str]:
    """The text of every stub, by its path."""
    return {path_of(face.__name__): face_stub(face) for face in FACES} | {path_of(METHODS): methods_stub()}


def summary(function: Callable[..., Any]) -> str:
    """The first paragraph of what is written about a function."""
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


def home_of(value: Any) -> tuple[str, str] | None:
    """The module and the name to import ``value`` by; None of what isn't written out in a module but made there."""
    if inspect.ismodule(value):
        package, _, name = value.__name__.rpartition(".")
        return package, name
    if not isinstance(value, (type, types.FunctionType)) or id(value) in OP_OF:
        return None
    home, name = value.__module__, value.__name__
    written = any(isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name == name for n in tree_of(home).body)
    return (home, name) if written and getattr(sys.modules[home], name) is value else None


def face_stub(module: types.ModuleType) -> str:
    """Of a module that offers ops and composed functions: imports of what can be imported, and the rest."""
    public = {name: getattr(module, name) for name in sorted(module.__all__)}
    imported: dict[str, tuple[str, str]] = {}
    for name, value in public.items():
        home = home_of(value)
        if home and (home[0] != module.__name__ or inspect.ismodule(value)):
            imported[name] = home
    stub = Stub(module.__name__, {name: imported.get(name, (module.__name__, name)) for name in public})
    stub.imports |= {(*origin, name) for name, origin in imported.items()}
    rest = {name: value for name, value in public.items() if name not in imported}
    for name, value in rest.items():
        if not inspect.isfunction(value):
            kind = type(value)
            stub.lines.append(f"{name}: {stub.known(kind.__name__, (kind.__module__, kind.__name__))}")
    for name, value in rest.items():
        if inspect.isfunction(value):
            # One that writes in place is called as the function whose values it writes.
            called = getattr(module, name.removesuffix("_"), value) if module is autograd else value
            stub.define(name, called, signatures(called, out=called is value), summary(value))
    stub.lines += ["__all__ = [", *(f'    "{name}",' for name in public), "]"]
    if hasattr(module, "__version__"):
        stub.lines.append("__version__: str")
    return stub.text()


def methods_stub() -> str:
    """The methods, properties and operators that Tensors are given when the library is imported."""
    given = {name: value for name, value in sorted(vars(Tensor).items()) if is_given(value)}
    stub = Stub(METHODS, {name: (METHODS, name) for name in given})
    stub.lines.append("class TensorMethods:")
    stub.define("__new__", Tensor.__new__, returning("Self", signatures(Tensor.__new__)), indent="    ")
    for name, value in given.items():
        if isinstance(value, property) and value.fget:
            stub.lines.append("    @property")
            stub.define(name, value.fget, signatures(value.fget), summary(value.fget), indent="    ")
        else:
            define_method(stub, name, value)
    return stub.text()


def is_given(value: Any) -> bool:
    """Whether an attribute of the class is a method or property that its own text doesn't have."""
    function = value.fget if isinstance(value, property) else value
    # What takes a sequence of Tensors is no method of one.
    variadic = id(function) in OP_OF and OP_OF[id(function)].variadic
    return inspect.isfunction(function) and not function.__qualname__.startswith("Tensor.") and not variadic


def define_method(stub: Stub, name: str, function: Callable[..., Any]) -> None:
    """A method, its in-place form, or an operator with its reflected and in-place forms ``__radd__``, ``__iadd__``."""
    text = summary(function)
    op = SPECIAL.get(name) or SPECIAL.get(f"__{name[3:]}")
    if op is not None:
        function, text = op.call, ""
        operands = list(signatures(function)[0].parameters.values())[: op.arity]
        found = [inspect.Signature(operands, return_annotation="Tensor")]
        writes = name not in SPECIAL and name.startswith("__i")
    else:
        writes = name.endswith("_") and not name.endswith("__")
        if writes and not home_of(function):
            function = getattr(Tensor, name[:-1])
        found = signatures(function)
    stub.define(name, function, returning("Self", found) if writes else found, text, indent="    ")


def returning(result: str, given: list[inspect.Signature]) -> list[inspect.Signature]:
    return [signature.replace(return_annotation=result) for signature in given]
