"""How a function may be called: of an op, what its parameters take; of other functions, what their source says.

A signature is one of `inspect`, its annotations as text.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable
from typing import Any

from autograd.ops import OPS, Op

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
    "memory_format": "memory_format | None",
    "neginf": "float | None",
    "ord": "float",
    "pad": "Sequence[int]",
    "posinf": "float | None",
    "rounding_mode": "str | None",
    "shifts": "int | Sequence[int]",
    "sparse_grad": "bool",
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
# PyTorch's names of the first two arguments, which every op understands.
NAMES = {(0, "x"): "input", (1, "y"): "other"}

OP_OF = {id(function): op for op in OPS.values() for function in (op.function, op.call)}


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
    return OPS.get(function.__name__.removesuffix("_")) if bare else None


def signatures(function: Callable[..., Any], out: bool = False) -> list[inspect.Signature]:
    """How a function may be called: as its op, or as its source says; several where it is overloaded."""
    op = op_of(function)
    if op is not None:
        known = {*op.parameters, *op.keywords}
        extra = [given for name, given in inspect.signature(function).parameters.items() if name not in known]
        return signatures_of_op(op, extra, out and not extra and function.__name__ == op.name)
    overloads = typing.get_overloads(function)
    return [inspect.signature(overloaded) for overloaded in overloads or [function]]
