"""What the Tensors of a graph are called, and what part they play: by labels, by modules, by the caller's variables."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ..engine.above import is_module, is_parameter, is_uninitialized
from ..engine.node import Node
from ..engine.tensor import Tensor
from ..scalar import Scalar
from .modules import named_buffers, named_modules, named_parameters


class Names:
    """Names and parts of nodes and of constant arrays; of several names the first counts."""

    def __init__(self) -> None:
        self.of_node: dict[Node, str] = {}
        self.of_array: dict[int, str] = {}
        # "parameter", "buffer" or "input", by node or by the identity of an array.
        self.parts: dict[Any, str] = {}
        # Arrays are known by identity, so they must not go while this is here.
        self.kept: list[Any] = []

    def add(self, name: str, value: Tensor | Node, part: str = "") -> None:
        if isinstance(value, Node):
            self.of_node.setdefault(value, name)
            return
        # What has no array yet keeps its node when it gets one.
        key: Any = value.node
        if not is_uninitialized(value):
            self.kept.append(value.array)
            self.of_array.setdefault(id(value.array), name)
            key = key or id(value.array)
        if value.node is not None:
            self.of_node.setdefault(value.node, name)
        part = part or ("parameter" if is_parameter(value) else "")
        if part and key is not None:
            self.parts.setdefault(key, part)

    def update(self, other: Names) -> None:
        """Add what ``other`` knows beyond this."""
        self.kept += other.kept
        self.of_node = other.of_node | self.of_node
        self.of_array = other.of_array | self.of_array
        self.parts = other.parts | self.parts

    def name(self, value: Node | np.ndarray[Any, Any]) -> str:
        if isinstance(value, Node):
            return self.of_node.get(value) or str(getattr(value, "label", ""))
        return self.of_array.get(id(value), "")

    def part(self, value: Node | np.ndarray[Any, Any]) -> str:
        return self.parts.get(value if isinstance(value, Node) else id(value), "")


def given(caller: str, names: Any) -> Names:
    """``names`` as the user wrote them: a dict, or pairs of a name and a Tensor. TypeError for anything else."""
    found = Names()
    if isinstance(names, (str, Tensor, Node)) or not isinstance(names, Iterable):
        raise TypeError(f"{caller}: names must be a dict or pairs of a name and a Tensor, not {type(names).__name__}")
    for pair in names.items() if isinstance(names, Mapping) else names:
        match pair:
            case [str() as name, (Tensor() | Node()) as value]:
                found.add(name, value)
                continue
            case [name, value]:
                wrong = f"({type(name).__name__}, {type(value).__name__})"
            case _:
                wrong = type(pair).__name__
        raise TypeError(f"{caller}: names must be pairs of a name and a Tensor (str, Tensor), not {wrong}")
    return found


def variables_of(frame: FrameType) -> dict[str, Any]:
    """What the names in ``frame`` stand for, the local ones first."""
    return {**frame.f_locals, **{n: value for n, value in frame.f_globals.items() if n not in frame.f_locals}}


def of_variables(variables: Mapping[str, Any]) -> Names:
    """The Tensors and Scalars that variables hold, themselves or in modules, lists and dicts."""
    found = Names()
    public = [(name, value) for name, value in variables.items() if is_given(name)]
    for name, value in public:
        if isinstance(value, (Tensor, Scalar)):
            found.add(name, value)
    modules = [value for _, value in public if is_module(value) and any(True for _ in named_parameters(value))]
    inner = {id(below) for module in modules for _, below in named_modules(module) if below is not module}
    several = len({id(module) for module in modules} - inner) > 1
    for name, value in sorted(public, key=lambda pair: id(pair[1]) in inner):
        add_contents(found, name, value, f"{name}." if several else "")
    return found


def is_given(name: str) -> bool:
    """Whether a variable was named by the user, and not by Python, pytest or, with all that cells showed, IPython."""
    return name.isidentifier() and name[0] != "_" and name not in ("In", "Out")


def add_contents(found: Names, name: str, value: Any, prefix: str = "") -> None:
    """Add the Tensors in a module under their dotted names, and those in lists, dicts and objects under their places.

    Of what an object of the user's holds, such as a network of Scalars, that is ``layers[0].neurons[1].w[0]``.
    """
    waiting: list[tuple[str, Any]] = [("", value)] if is_the_users(value) or is_module(value) else [(name, value)]
    seen: set[int] = set()
    while waiting and len(seen) <= MOST:
        place, one = waiting.pop()
        if isinstance(one, (Tensor, Scalar)):
            if place != name:
                found.add(f"{prefix}{place}", one)
            continue
        if id(one) in seen:
            continue
        seen.add(id(one))
        below: list[tuple[str, Any]] = []
        if is_module(one):
            start = f"{prefix}{place}." if place else prefix
            for dotted, parameter in named_parameters(one):
                found.add(f"{start}{dotted}", parameter, "parameter")
            for dotted, buffer in named_buffers(one):
                found.add(f"{start}{dotted}", buffer, "buffer")
        elif isinstance(one, (list, tuple, dict)) and len(one) <= MOST:
            items = one.items() if isinstance(one, dict) else enumerate(one)
            below = [(f"{place}[{key!r}]", item) for key, item in items if isinstance(key, (int, str))]
        elif is_the_users(one):
            below = [(f"{place}.{key}" if place else key, item) for key, item in vars(one).items()]
        waiting += reversed(below)


# So many lists, dicts and objects are looked into for one variable, and a list of more elements isn't.
MOST = 10_000
OTHERS = (sys.prefix, sys.base_prefix, str(Path(__file__).parent.parent.parent / "autograd"))


def is_the_users(value: Any) -> bool:
    """Whether ``value`` is an object of a class that the user wrote, and no class, function or module."""
    kind = type(value)
    if isinstance(value, (type, ModuleType, FunctionType)) or not hasattr(value, "__dict__") or is_module(value):
        return False
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return kind.__module__ == "__main__" or (file is not None and not file.startswith(OTHERS))


def users_frames(frame: FrameType | None, inside: tuple[str, ...]) -> Iterator[FrameType]:
    """``frame`` and those that called it, without those of files under ``inside``."""
    while frame is not None:
        if not frame.f_code.co_filename.startswith(inside):
            yield frame
        frame = frame.f_back
