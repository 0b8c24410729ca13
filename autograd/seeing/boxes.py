"""What a drawing is made of: boxes, each of an item or of a module with all that it calls, and arrows between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .events import Scope
from .graph import Item, Items

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


def paths_of(items: Items) -> dict[str, Path]:
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
            paths[key] = common(around) if inside else ()
    return paths


def common(paths: Sequence[Path]) -> Path:
    """The outer modules that all ``paths`` share."""
    shortest = min(paths, key=len)
    length = next((i for i, scope in enumerate(shortest) if any(path[i] != scope for path in paths)), len(shortest))
    return shortest[:length]


def as_boxes(items: Items, paths: dict[str, Path], depth: int | None) -> Folded:
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
        folded.notes.append(f"{len(modules):,} modules below depth {depth}, of {inner:,} calls, are one box each")
    return folded


# A leaf with more readers than this, over more calls than `FAR`, stands beside each of them.
MANY, FAR = 6, 24
# Between the key of a box and the number of a copy of it.
COPY = "__"


def beside_each_use(folded: Folded) -> None:
    """Draw a leaf that is used all along a graph, as the weights of an unrolled network are, at each of its uses.

    One box with arrows across the whole picture can't be followed, and takes long to lay out.
    """
    order = {key: i for i, key in enumerate(key for key, box in folded.boxes.items() if box.is_call)}
    readers: dict[str, dict[str, None]] = {}
    for tail, head, _ in folded.arrows:
        readers.setdefault(tail, {})[head] = None
    beside: dict[tuple[str, str], str] = {}
    for tail, heads in readers.items():
        box = folded.boxes[tail]
        places = [order[head] for head in heads if head in order]
        if box.kind not in ("leaf", "parameter", "constant", "buffer", "input") or len(places) <= MANY:
            continue
        if max(places) - min(places) <= FAR:
            continue
        first, *others = sorted(heads, key=lambda head: order.get(head, 0))
        box.path = folded.boxes[first].path
        for number, head in enumerate(others, 2):
            key = f"{tail}{COPY}{number}"
            folded.boxes[key] = Box(key, box.kind, box.item, folded.boxes[head].path, box.count, box.members)
            beside[tail, head] = key
    if beside:
        folded.arrows = {
            (beside.get((tail, head), tail), head, number): again
            for (tail, head, number), again in folded.arrows.items()
        }


def connect(items: Items, folded: Folded) -> None:
    """Add the arrows between boxes: from one to another as many as a single call takes arguments from there.

    To and from the box for what was left out it is one, and none around it.
    """
    for item in items.values():
        head = folded.place[item.key]
        block, round = folded.rounds.get(item.key, (None, 0))
        seen: Counter[str] = Counter()
        for key in item.inputs:
            tail = folded.place[key]
            from_block, from_round = folded.rounds.get(key, (None, 0))
            again = block is not None and from_block == block and from_round != round
            left_out = "gap" in (folded.boxes[tail].kind, folded.boxes[head].kind)
            if tail != head or (again and not left_out):
                seen[tail] += 1
                arrow = (tail, head, 1 if left_out else seen[tail])
                folded.arrows[arrow] = again and folded.arrows.get(arrow, True)
