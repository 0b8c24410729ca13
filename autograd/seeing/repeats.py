"""Blocks of calls that come several times in a row, found and drawn once."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..engine.node import Node
from .boxes import Box, Folded, Path, common
from .events import Scope
from .graph import Item, Items
from .labels import node_shape

# A repeated block has at most this many calls.
LONGEST = 400


def without_repeats(items: Items, folded: Folded, least: int) -> Folded:
    """``folded`` with each block that comes ``least`` times or more in a row drawn once."""
    calls = [box for box in folded.boxes.values() if box.is_call]
    codes: dict[object, int] = {}
    sequence = np.array([codes.setdefault(s, len(codes)) for s in _signatures(items, folded, calls)], dtype=np.int64)
    twin: dict[str, str] = {}
    blocks: list[tuple[int, int, str]] = []
    modules = _Modules(folded)
    for start, period, count in sorted(_runs(sequence, _crossings(items, folded, calls), least)):
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


def _runs(sequence: Any, crossings: Any, least: int) -> Iterator[tuple[int, int, int]]:
    """Blocks that come several times in a row, as ``(start, period, count)``: those that save most come first, and what
    they leave of the others after them.

    A block begins where the fewest results cross.
    """
    waiting = [ranked for stretch in _stretches(sequence) for ranked in _ranked(*stretch, least)]
    heapq.heapify(waiting)
    taken = bytearray(len(sequence))
    while waiting:
        _, period, length, start = heapq.heappop(waiting)
        length = -length
        left = list(_gaps(taken, start, start + length))
        if left != [(start, start + length)]:
            for first, end in left:
                for ranked in _ranked(period, first, end - first, least):
                    heapq.heappush(waiting, ranked)
            continue
        count, rest = divmod(length, period)
        last = start + rest
        # Of several places that are as good, the last.
        start = last - int(crossings[start : last + 1][::-1].argmin())
        taken[start : start + period * count] = bytes([1]) * (period * count)
        yield start, period, count


def _stretches(sequence: Any) -> Iterator[tuple[int, int, int]]:
    """Where the sequence repeats itself, as ``(period, start, length)``, each as long as it goes on."""
    for period in range(1, min(len(sequence) // 2, LONGEST) + 1):
        same = np.concatenate([[False], sequence[period:] == sequence[:-period], [False]])
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, lengths = edges[::2], edges[1::2] - edges[::2] + period
        long = lengths >= 2 * period
        yield from zip(itertools.repeat(period), starts[long].tolist(), lengths[long].tolist())


def _ranked(period: int, start: int, length: int, least: int) -> Iterator[tuple[int, int, int, int]]:
    """A stretch that is worth folding as ``(-saved, period, -length, start)``, of which the smallest is the best."""
    count = length // period
    if count >= (least if period > 2 else 3):
        yield -(count - 1) * period, period, -length, start


def _gaps(taken: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of ``start`` to ``end`` that aren't taken."""
    while (first := taken.find(0, start, end)) >= 0:
        stop = taken.find(1, first, end)
        start = end if stop < 0 else stop
        yield first, start


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
