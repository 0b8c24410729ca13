"""A graph too large to read, made smaller: modules as one box, repeated blocks once, or a long middle left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine.node import Node
from .graph import Item, Items
from .labels import node_shape
from .recording import Scope

# More calls than this are folded unless one asks for all of them.
READABLE = 150
# A repeated block has at most this many calls.
LONGEST = 400
Path = tuple[Scope, ...]


@dataclass
class Box:
    """One box of the picture: an item, a module with all that it calls, or what was left out.

    count: how many it stands for. path: the modules around it, and around a repeated block a scope of its own.
    """

    key: str
    kind: str
    item: Item
    path: Path = ()
    count: int = 1
    members: list[Item] = field(default_factory=list)

    @property
    def is_call(self) -> bool:
        return self.kind in ("module", "gap") or self.item.is_call


@dataclass
class Folded:
    """The boxes, in which of them each item is, the arrows, and in words what was folded.

    arrows: pairs of keys, with whether the arrow leads to the next round of a repeated block.
    rounds: in which round of which repeated block an item is.
    """

    boxes: dict[str, Box]
    place: dict[str, str]
    arrows: dict[tuple[str, str, int], bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rounds: dict[str, tuple[int, int]] = field(default_factory=dict)


def fold(items: Items, *, depth: int | None = None, repeats: bool | None = None) -> Folded:
    """``items`` as boxes. depth: modules below it are one box each. repeats: fold repeated blocks; if None, when there
    are more than ``READABLE`` calls, and then more until they can be read.
    """
    paths = _paths(items)
    folded = _as_boxes(items, paths, depth)
    many = _calls(folded) > READABLE
    if repeats or (repeats is None and many):
        folded = _without_repeats(items, folded, least=2 if repeats else 3)
    if repeats is None and many:
        deepest = max((len(path) for path in paths.values()), default=0)
        for shallower in range(deepest - 1, 0, -1) if depth is None else ():
            if _calls(folded) <= READABLE:
                break
            folded = _without_repeats(items, _as_boxes(items, paths, shallower), least=3)
        if _calls(folded) > READABLE:
            folded = _without_middle(folded)
    _join(items, folded)
    return folded


def _calls(folded: Folded) -> int:
    return sum(box.is_call for box in folded.boxes.values())


def _paths(items: Items) -> dict[str, Path]:
    """The modules around each item: of a leaf, those that all its readers are in. Inputs come from outside."""
    paths = {key: item.scopes for key, item in items.items()}
    readers: dict[str, list[Path]] = {}
    for item in items.values():
        for key in item.inputs:
            readers.setdefault(key, []).append(item.scopes)
    for key, around in readers.items():
        item = items[key]
        if not item.is_call:
            inside = item.kind in ("parameter", "buffer") or (item.kind == "constant" and not item.name)
            paths[key] = _common(around) if inside else ()
    return paths


def _common(paths: Sequence[Path]) -> Path:
    shortest = min(paths, key=len)
    length = next((i for i, scope in enumerate(shortest) if any(path[i] != scope for path in paths)), len(shortest))
    return shortest[:length]


def _as_boxes(items: Items, paths: dict[str, Path], depth: int | None) -> Folded:
    """A box for each item, or for each module below ``depth``."""
    folded = Folded({}, {})
    modules: dict[Path, str] = {}
    for key, item in items.items():
        path = paths[key]
        inside = depth is not None and len(path) > depth
        if inside:
            path = path[: depth + 1]  # type: ignore[operator]
            box_key = modules.setdefault(path, f"m{len(modules)}")
        else:
            box_key = key
        if box_key not in folded.boxes:
            kind = "module" if inside else item.kind
            folded.boxes[box_key] = Box(box_key, kind, item, path[:-1] if inside else path)
        box = folded.boxes[box_key]
        box.members.append(item)
        if inside and item.is_call:
            # The last call's result is the module's.
            box.item = item
        folded.place[key] = box_key
    if modules:
        inner = sum(len([m for m in folded.boxes[key].members if m.is_call]) for key in modules.values())
        folded.notes.append(f"{len(modules)} modules below depth {depth}, of {inner} calls, are one box each")
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
            kinds = tuple(m.node.op.name for m in box.members if m.node is not None and m.node.op is not None)
            found.append((what, kinds, _shape(box.item), tuple(sources)))
        else:
            node = box.item.node
            op = node.op.name if node is not None and node.op is not None else box.kind
            found.append((what, box.kind, op, _shape(box.item), tuple(sources)))
    return found


def _shape(item: Item) -> str:
    shown = item.node if item.node is not None else item.value
    return node_shape(shown) if isinstance(shown, (Node, np.ndarray)) else ""


def _without_repeats(items: Items, folded: Folded, least: int) -> Folded:
    """``folded`` with each block that comes ``least`` times or more in a row drawn once."""
    calls = [box for box in folded.boxes.values() if box.is_call]
    codes: dict[object, int] = {}
    sequence = np.array([codes.setdefault(s, len(codes)) for s in _signatures(items, folded, calls)], dtype=np.int64)
    twin: dict[str, str] = {}
    blocks: list[tuple[int, int, str]] = []
    for start, period, count in sorted(_runs(sequence, _crossings(items, folded, calls), 0, least)):
        shown = calls[start : start + period]
        for i, box in enumerate(calls[start : start + period * count]):
            folded.rounds.update((member.key, (start, i // period)) for member in box.members)
            if i >= period:
                twin[box.key] = shown[i % period].key
        for box in shown:
            box.count = count
        _frame(folded, calls, shown, Scope(f"×{count}", "", start))
        blocks.append((period, count, _what(shown[0]) if period == 1 else ""))
    folded.notes += _in_words(blocks)
    if twin:
        _merge(items, folded, twin)
    return folded


def _frame(folded: Folded, calls: list[Box], shown: list[Box], scope: Scope) -> None:
    """Put ``scope`` around ``shown``: around whole modules where it can be, with the parameters that are in them."""
    keys = {box.key for box in shown}

    def is_whole(path: Path) -> bool:
        return all(box.key in keys for box in calls if box.path[: len(path)] == path)

    around = _common([box.path for box in shown])
    while around and is_whole(around):
        around = around[:-1]
    depth = len(around)
    modules = {box.path[: depth + 1] for box in shown if len(box.path) > depth}
    whole = {path for path in modules if is_whole(path)}
    for box in folded.boxes.values():
        if box.key in keys or (not box.is_call and box.path[: depth + 1] in whole):
            box.path = (*around, scope, *box.path[depth:])


def _in_words(blocks: list[tuple[int, int, str]]) -> list[str]:
    if len(blocks) > 3:
        gone = sum(period * (count - 1) for period, count, _ in blocks)
        return [f"{len(blocks)} blocks that come several times in a row are drawn once, {gone:,} calls less"]
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


def _runs(sequence: Any, crossings: Any, offset: int, least: int) -> Iterable[tuple[int, int, int]]:
    """Blocks that come several times in a row, as ``(start, period, count)``: those that save most first.

    A block begins where the fewest results cross.
    """
    best = (0, 0, 0, 0)
    for period in range(1, min(len(sequence) // 2, LONGEST) + 1):
        same = np.concatenate([[False], sequence[period:] == sequence[:-period], [False]])
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, lengths = edges[::2], edges[1::2] - edges[::2]
        if not len(lengths):
            continue
        longest = int(lengths.argmax())
        count, rest = divmod(int(lengths[longest]) + period, period)
        saved = (count - 1) * period
        if count >= (least if period > 2 else 3) and saved > best[0]:
            last = int(starts[longest]) + rest
            best = (saved, last - int(crossings[last - rest : last + 1][::-1].argmin()), period, count)
    saved, start, period, count = best
    if not saved:
        return
    yield start + offset, period, count
    end = start + period * count
    yield from _runs(sequence[:start], crossings[:start], offset, least)
    yield from _runs(sequence[end:], crossings[end:], offset + end, least)


def _merge(items: Items, folded: Folded, twin: dict[str, str]) -> None:
    """Put each box of ``twin`` into the one that it is like, and the leaves that only it reads into those of that."""
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
        alone = mine in folded.boxes and not folded.boxes[mine].is_call and not folded.boxes[target].is_call
        if alone and mine != target and readers[a] <= twin.keys():
            folded.boxes[target].count += 1
            folded.boxes.pop(mine)
            folded.place[a] = target
    for key, shown in twin.items():
        gone = folded.boxes.pop(key)
        folded.boxes[shown].members += gone.members
        for member in gone.members:
            folded.place[member.key] = shown


def _without_middle(folded: Folded) -> Folded:
    """``folded`` with the first and the last calls only, and one box for all in between and what only they read."""
    calls = [box for box in folded.boxes.values() if box.is_call]
    head, tail = READABLE * 2 // 5, READABLE - READABLE * 2 // 5
    middle = {box.key for box in calls[head:-tail]}
    read: dict[str, set[str]] = {}
    for box in folded.boxes.values():
        for member in box.members:
            for key in member.inputs:
                read.setdefault(folded.place[key], set()).add(box.key)
    inside = {key for key, box in folded.boxes.items() if not box.is_call and read.get(key, {""}) <= middle}
    gap = Box("gap", "gap", folded.boxes[calls[head].key].item, count=len(middle))
    boxes: dict[str, Box] = {}
    for key, box in folded.boxes.items():
        if key in middle or key in inside:
            boxes.setdefault("gap", gap)
            gap.members += box.members
            for member in box.members:
                folded.place[member.key] = "gap"
        else:
            boxes[key] = box
    folded.boxes = boxes
    folded.notes.append(f"{len(middle):,} calls in the middle are one box")
    return folded


def _join(items: Items, folded: Folded) -> None:
    """The arrows between boxes, each once for every time that the box that is shown is given an argument."""
    for item in items.values():
        head = folded.place[item.key]
        block, round = folded.rounds.get(item.key, (None, 0))
        seen: Counter[str] = Counter()
        for key in item.inputs:
            tail = folded.place[key]
            from_block, from_round = folded.rounds.get(key, (None, 0))
            again = block is not None and from_block == block and from_round != round
            if tail != head or again:
                seen[tail] += 1
                arrow = (tail, head, seen[tail])
                folded.arrows[arrow] = again and folded.arrows.get(arrow, True)
