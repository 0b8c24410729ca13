"""The graph as it is shown: one item for each call, leaf and constant, in the order in which they are to be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from traceback import format_exception_only
from typing import Any
from weakref import ref

import numpy as np

from ..engine.node import Node
from ..engine.tensor import Tensor
from ..engine.walk import FREED, older_first
from .events import Scope, one_by_one
from .names import Names
from .recording import Recording


@dataclass
class Item:
    """What is shown as one box.

    kind: "op", "result", "leaf", "parameter", "buffer", "input", "constant" or "failed".
    node: of a call or a leaf. value: of a constant, an array, a number, or a node where only the shape is known; `GONE`
        if not even that is. role: what the call that takes a constant without a name calls it.
    inputs: the keys of the arguments, in order; positions: which arguments they are.
    """

    key: str
    kind: str
    name: str
    node: Node | None = None
    value: Any = None
    inputs: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    scopes: tuple[Scope, ...] = ()
    note: str = ""
    role: str = ""

    @property
    def is_call(self) -> bool:
        return self.kind in ("op", "result", "failed")


Items = dict[str, Item]


class Gone:
    """An operand that the graph doesn't hold any more."""

    def __repr__(self) -> str:
        return "not kept"


GONE = Gone()


def roots_of(caller: str, output: Any) -> dict[Node, None]:
    """The nodes to start from, in the order given."""
    outputs = list(output) if isinstance(output, (list, tuple)) else [output]
    if not outputs:
        raise ValueError(f"{caller}: expected at least one Tensor, not an empty sequence")
    roots: dict[Node, None] = {}
    for one in outputs:
        if not isinstance(one, (Tensor, Node)):
            raise TypeError(f"{caller}: expected a Tensor, a node or a sequence of them, not {type(one).__name__}")
        node = one.node if isinstance(one, Tensor) else one
        if node is None:
            raise RuntimeError(
                f"{caller}: a Tensor of shape {tuple(one.shape)} that does not require grad has no graph; no Tensor "
                "with requires_grad=True led to it, or it was made under no_grad()"
            )
        roots[node] = None
    return roots


def items_of(
    roots: Mapping[Node, Any],
    names: Names,
    recording: Recording | None = None,
    results: Collection[Node] | None = None,
) -> Items:
    """The graph that leads to ``roots``: arguments before the calls that take them, leaves right before the first.

    results: the nodes that are shown as results, if not the roots.
    """
    results = roots if results is None else results
    reader = _Reader(names, recording)
    for node in older_first(roots):
        if node in results or node.op is not None:
            reader.call(node, "result" if node in results else "op")
    return reader.items


def add_failed(items: Items, recording: Recording, names: Names) -> None:
    """Add what raised: the call of an op and what it was called with, or code between the calls, which is by itself."""
    assert recording.failure is not None
    failure = recording.failure
    # As Python prints it, which is ready for an exception that can't say what it is.
    note = "".join(format_exception_only(failure.error))
    failed = Item("failed", "failed", "", scopes=failure.scopes, note=note)
    if failure.call is not None:
        reader = _Reader(names, recording, items)
        failed.value = failure.call.op
        operands = _operands(failure.call.op, failure.call.sources, ())
        failed.inputs = [
            reader.argument(source, f"failed_{i}", _role(failure.call.op, position))
            for i, (position, source) in enumerate(operands)
        ]
    items["failed"] = failed


class _Reader:
    def __init__(self, names: Names, recording: Recording | None, items: Items | None = None) -> None:
        self.names = names
        self.recording = recording
        self.items: Items = {} if items is None else items
        self.array_keys: dict[int, str] = {}

    def call(self, node: Node, kind: str) -> None:
        sources = list(self.sources(node))
        inputs = [
            self.argument(source, f"n{node.id}_{i}", _role(node.op, position))
            for i, (position, source) in enumerate(sources)
        ]
        item = self.items[self.node(node, kind)]
        item.inputs, item.positions = inputs, [position for position, _ in sources]

    def argument(self, source: Any, key: str, role: str) -> str:
        """The key of an argument, which is added unless it is there."""
        if isinstance(source, Node) and (source.op is not None or hasattr(source, "grad")):
            return self.node(source, "leaf")
        if isinstance(source, np.ndarray):
            key = self.array_keys.setdefault(id(source), key)
        if key not in self.items:
            known = isinstance(source, np.ndarray)
            name = self.names.name(source) if known else ""
            part = self.names.part(source) if known else ""
            self.items[key] = Item(key, part or "constant", name, value=source, role=role)
        return key

    def node(self, node: Node, kind: str) -> str:
        key = f"n{node.id}"
        if key not in self.items:
            if node.op is None:
                kind = self.names.part(node) or kind
            scopes = () if self.recording is None else self.recording.scopes(node.call)
            self.items[key] = Item(key, kind, self.names.name(node), node, scopes=scopes)
        return key

    def sources(self, node: Node) -> Iterator[tuple[int, Any]]:
        """The operands of a call by position: nodes, arrays and numbers."""
        if node.op is None:
            return iter(())
        call = None if self.recording is None else self.recording.call(node)
        if call is not None:
            return _operands(node.op, call.sources, node.parents)
        return _operands(node.op, saved_arguments(node), node.parents)


def saved_arguments(node: Node) -> Sequence[Any]:
    """What is known of the arguments of a call, those of a variadic op one by one.

    Arrays and numbers; a node where only the shape is known; None where the argument was None, or has a parent and
    wasn't kept; `GONE` for an operand that was there and is no more.
    """
    op, parents = node.op, node.parents
    if op is None:
        return []
    if node.saved is FREED or not isinstance(node.saved, tuple):
        return [GONE if parent is None and _is_operand(op, i) else None for i, parent in enumerate(parents)]
    parameters = getattr(op, "parameters", None)
    kept = node.saved[1:] if parameters is None else node.saved[1 : 1 + len(parameters)]
    return [_held(value) for value in one_by_one(op, kept)]


def _held(value: Any) -> Any:
    """What is left of an argument to which there may be a weak reference only."""
    if isinstance(value, ref):
        array = value()
        return GONE if array is None else array
    if isinstance(value, Node) and value.op is None and isinstance(value.saved, ref):
        array = value.saved()
        return value if array is None else array
    return value


def _is_operand(op: Any, position: int) -> bool:
    """Whether an argument without a parent was a constant, and can't have been None."""
    kind, parameters = getattr(op, "kind", ""), getattr(op, "parameters", ())
    return kind != "" and (kind == "elementwise" or position == 0 or len(parameters) == 2)


def _role(op: Any, position: int) -> str:
    """What an op calls an argument that is no mere operand, such as a target or an index."""
    parameters = getattr(op, "parameters", ())
    if op.variadic or position >= len(parameters):
        return ""
    name: str = parameters[position]
    return name if len(name) > 1 or op.kind == "fused" else ""


def _operands(op: Any, sources: Sequence[Any], parents: Sequence[Node | None]) -> Iterator[tuple[int, Any]]:
    rules = op.rules
    for position, source in enumerate(sources):
        if position < len(parents) and parents[position] is not None:
            yield position, parents[position]
        elif isinstance(source, (np.ndarray, Node, Gone)):
            yield position, source
        elif type(source) is tuple:
            # An index of several arrays.
            yield from ((position, one) for one in source if isinstance(one, np.ndarray))
        elif isinstance(source, (int, float)) and position < len(rules) and rules[position] is not None:
            # A number without a rule is a setting, such as the dim of gather, and no operand.
            yield position, source
