"""What a recording is about: its nodes and constants, each with a name and a key, and the arrays that occur."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..engine.node import Node
from ..engine.walk import older_first
from ..ops.several import PICK
from . import formulas
from .check import seeds_of
from .events import Walk, one_by_one
from .graph import Gone, Item, Items, items_of
from .labels import clean
from .names import Names
from .recording import Recording
from .summary import summary
from .values import Unknown, arguments, known_values


class Contents:
    """The items of a recording under the keys and names that the record has for them, and what is known of them.

    results: what is shown as results; if not given, what backward passes set out from.
    letter: for calls without a name.
    arrays: the summaries of those that were asked for by `array`.
    """

    def __init__(
        self, recording: Recording, names: Names, results: dict[Node, None] | None = None, letter: str = "v"
    ) -> None:
        self.recording, self.names_of = recording, names
        walks = [event for event in recording.events if isinstance(event, Walk)]
        made = {event: None for event in recording.events if isinstance(event, Node)}
        self.results = {node: None for walk in walks for node in seeds_of(walk)} if results is None else results
        self.order = older_first({**made, **self.results})
        self.items = items_of({**made, **self.results}, names, recording, results=self.results)
        self.keys = {key: f"n{i}" for i, key in enumerate(self.items, 1)}
        self.values = known_values(self.order, recording)
        self.names = self._names(letter)
        self.arrays: list[dict[str, Any]] = []
        self._array_ids: dict[int, int] = {}
        # Arrays are known by identity, so they must not go while this is here.
        self._kept: list[Any] = []

    def _names(self, call: str) -> dict[str, str]:
        """A name for each item: its own, L for a result, or a letter with a number."""
        found: dict[str, str] = self._states()
        alone = len(self.results) == 1 and not any(item.name == "L" for item in self.items.values())
        counts = {call: 0, "c": 0, "L": 0}
        for key, item in self.items.items():
            if key in found:
                continue
            if isinstance(item.value, (bool, int, float)):
                found[key] = formulas.amount(item.value)
                continue
            if alone and item.kind == "result" and not item.name:
                found[key] = "L"
                continue
            letter = {"constant": "c", "result": "L"}.get(item.kind, call)
            name = clean(item.name or item.role)
            counts[letter] += not name
            found[key] = name or formulas.numbered(letter, counts[letter])
        return found

    def _states(self) -> dict[str, str]:
        """Names with numbers, h₁ to h_T, for what a variable stood for each time that a loop came to the same call."""
        rounds: dict[Any, list[str]] = {}
        for key, item in self.items.items():
            node = item.node
            if node is None or node.op is None:
                continue
            call = self.recording.call(node.call)
            way = self.recording.ways.get(node) if call is None or call.line is None else call.way
            if way is not None:
                which = node.saved[1] if node.op is PICK else None
                rounds.setdefault((node.op, which, node.shape, way), []).append(key)
        found: dict[str, str] = {}
        for keys in rounds.values():
            name = self.items[keys[-1]].name
            if len(keys) > 1 and name.isidentifier() and not any(self.items[key].name for key in keys[:-1]):
                found |= {key: formulas.numbered(name, i) for i, key in enumerate(keys, 1)}
        return found

    def named_items(self) -> Items:
        """The items under the names that the record has for them."""
        return {
            key: item if item.node is None and item.name == "" else replace(item, name=self.names[key])
            for key, item in self.items.items()
        }

    def name(self, node: Node) -> str:
        return self.names[f"n{node.id}"]

    def key(self, node: Node) -> str:
        return self.keys[f"n{node.id}"]

    def array(self, value: Any) -> int | None:
        """The number of an array in the record, None of what isn't known."""
        if value is None:
            return None
        if isinstance(value, tuple):
            # Of a call with several results: the first that is known.
            value = next((one for one in value if one is not None), None)
            return self.array(value)
        if id(value) not in self._array_ids:
            self._array_ids[id(value)] = len(self.arrays)
            self._kept.append(value)
            self.arrays.append(summary(value))
        return self._array_ids[id(value)]

    def given(self, node: Node) -> Sequence[Any]:
        """What a call was given, those of a variadic op one by one; nothing if that isn't known."""
        try:
            given = arguments(node, self.values, self.recording)
        except Unknown:
            return []
        assert node.op is not None
        return one_by_one(node.op, given)

    def operands(self, item: Item, flat: Sequence[Any]) -> list[Any]:
        """The values of the inputs of a call, as they were when it was made."""
        if flat:
            given = zip(item.inputs, (flat[position] for position in item.positions))
            # Of an index of several arrays each is an input.
            return [self.value_of(key) if type(value) is tuple else value for key, value in given]
        return [self.value_of(key) for key in item.inputs]

    def value_of(self, key: str) -> Any:
        item = self.items[key]
        if item.node is not None:
            return self.values.get(item.node)
        return None if isinstance(item.value, (Node, Gone)) else item.value
