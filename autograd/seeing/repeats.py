"""Blocks of calls that come several times in a row, found and drawn once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine.node import Node
from ..replay.repeats import LONGEST, runs
from .boxes import Box, Folded, Path, common
from .events import Scope
from .graph import Item, Items
from .labels import node_shape


def without_repeats(items: Items, folded: Folded, least: int) -> Folded:
    """``folded`` with each block that comes ``least`` times or more in a row drawn once."""
    calls = [box for box in folded.boxes.values() if box.is_call]
    codes: dict[object, int] = {}
    sequence = np.array([codes.setdefault(s, len(codes)) for s in _signatures(items, folded, calls)], dtype=np.int64)
    twin: dict[str, str] = {}
    blocks: list[tuple[int, int, str]] = []
    modules = _Modules(folded)
    for start, period, count in sorted(runs(sequence, _crossings(items, folded, calls), least)):
        shown = calls[start : start + period]
        for i, box in enumerate(calls[start : start + period * count]):
            folded.rounds.update((member.key, (start, i // period)) for member in box.members)
            if i >= period:
                twin[box.key] = shown[i % period].key
        for box in shown:
            box.count = count
        modules.frame(shown, Scope(f"×{count}", "", start))
        blocks.append((period, count, _what(shown[0]) if period == 1 else ""))
    folded.notes += _in_words(blocks)
    if twin:
        _merge(items, folded, twin)
    return folded


def _signatures(items: Items, folded: Folded, calls: list[Box]) -> list[object]:
    """Of each call what makes it the same as another: op or module, shape, and where its arguments come from."""
    order = {box.key: i for i, box in enumerate(calls)}
    found: list[object] = []
    for position, box in enumerate(calls):
        sources: list[object] = []
        for member in box.members:
            for key in member.inputs:
                source = folded.place[key]
                if source == box.key:
                    continue
                if source in order:
                    distance = position - order[source]
                    sources.append(distance if distance <= LONGEST else source)
                else:
                    leaf = items[key]
                    sources.append((leaf.kind, _shape(leaf)))
        what = box.path[-1:] and box.path[-1].kind
        if box.kind == "module":
            kinds = tuple(m.node.op for m in box.members if m.node is not None and m.node.op is not None)
            found.append((what, kinds, _shape(box.item), tuple(sources)))
        else:
            node = box.item.node
            op = node.op if node is not None and node.op is not None else box.kind
            found.append((what, box.kind, op, _shape(box.item), tuple(sources)))
    return found


def _shape(item: Item) -> str:
    shown = item.node if item.node is not None else item.value
    return node_shape(shown) if isinstance(shown, (Node, np.ndarray)) else ""


class _Modules:
    """How many calls and which leaves each module has, so that frames are drawn around whole modules."""

    def __init__(self, folded: Folded) -> None:
        boxes = folded.boxes.values()
        self.calls = _within(box for box in boxes if box.is_call)
        self.leaves: dict[Path, list[Box]] = {}
        for box in boxes:
            for depth in range(1, len(box.path) + 1) if not box.is_call else ():
                self.leaves.setdefault(box.path[:depth], []).append(box)

    def frame(self, shown: list[Box], scope: Scope) -> None:
        """Put ``scope`` around ``shown``, with the parameters of the modules that are whole in it."""
        calls = _within(shown)
        around = common([box.path for box in shown])
        while around and calls[around] == self.calls[around]:
            around = around[:-1]
        depth = len(around)
        modules = {box.path[: depth + 1]: None for box in shown if len(box.path) > depth}
        inside = [leaf for path in modules if calls[path] == self.calls[path] for leaf in self.leaves.get(path, ())]
        for box in [*shown, *inside]:
            box.path = (*around, scope, *box.path[depth:])


def _within(boxes: Iterable[Box]) -> Counter[Path]:
    """How many of ``boxes`` are inside of each module, at any depth."""
    return Counter(box.path[:depth] for box in boxes for depth in range(1, len(box.path) + 1))


def _in_words(blocks: list[tuple[int, int, str]]) -> list[str]:
    if len(blocks) > 3:
        gone = sum(period * (count - 1) for period, count, _ in blocks)
        return [f"{len(blocks):,} blocks that come several times in a row are drawn once, {gone:,} calls less"]
    return [
        f"{count:,} calls of {what} in a row are drawn once"
        if what
        else f"a block of {period:,} calls that comes {count:,} times in a row is drawn once"
        for period, count, what in blocks
    ]


def _what(box: Box) -> str:
    node = box.item.node
    return node.op.name if node is not None and node.op is not None else box.key


def _crossings(items: Items, folded: Folded, calls: list[Box]) -> Any:
    """Before each call, how many results are known that it or later ones still need."""
    order = {box.key: i for i, box in enumerate(calls)}
    last = np.arange(len(calls))
    for item in items.values():
        head = order.get(folded.place[item.key])
        for key in item.inputs if head is not None else ():
            tail = order.get(folded.place[key])
            if tail is not None:
                last[tail] = max(last[tail], head)
    change = np.zeros(len(calls) + 2, np.int64)
    np.add.at(change, np.arange(len(calls)) + 1, 1)
    np.add.at(change, last + 1, -1)
    return change.cumsum()[: len(calls)]


def _merge(items: Items, folded: Folded, twin: dict[str, str]) -> None:
    """Merge each box of ``twin`` into the one that is drawn in its place, and the leaves that only it reads into those
    that the other reads there.
    """
    readers: dict[str, set[str]] = {}
    for item in items.values():
        for key in item.inputs:
            readers.setdefault(key, set()).add(folded.place[item.key])
    pairs = [
        (a, b)
        for key, shown in twin.items()
        for mine, theirs in zip(folded.boxes[key].members, folded.boxes[shown].members)
        for a, b in zip(mine.inputs, theirs.inputs)
    ]
    for a, b in pairs:
        mine, target = folded.place[a], folded.place[b]
        # A leaf is in a box of its own until it is merged, which it is once, however many calls read it.
        alone = mine == a != target and not folded.boxes[a].is_call and not folded.boxes[target].is_call
        if alone and readers[a] <= twin.keys():
            folded.boxes[target].count += 1
            folded.boxes[target].members += folded.boxes.pop(a).members
            folded.place[a] = target
    for key, shown in twin.items():
        gone = folded.boxes.pop(key)
        folded.boxes[shown].members += gone.members
        for member in gone.members:
            folded.place[member.key] = shown
