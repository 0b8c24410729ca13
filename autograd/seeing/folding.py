"""A graph too large to read, made smaller: modules as one box, repeated blocks once, or a long middle left out."""

from __future__ import annotations

from .boxes import Box, Folded, as_boxes, connect, paths_of
from .graph import Items
from .repeats import without_repeats

# More calls than this are folded unless one asks for all of them.
READABLE = 150


def fold(items: Items, *, depth: int | None = None, repeats: bool | None = None) -> Folded:
    """``items`` as boxes. depth: modules below it are one box each. repeats: fold repeated blocks.

    If ``repeats`` is None, that is done to more than ``READABLE`` calls. Where too many remain, modules become boxes,
    the innermost first, and at last the middle is left out.
    """
    paths = paths_of(items)
    folded = as_boxes(items, paths, depth)
    many = _calls(folded) > READABLE
    if repeats or (repeats is None and many):
        folded = without_repeats(items, folded, least=2 if repeats else 3)
    if repeats is None and many:
        deepest = max((len(path) for path in paths.values()), default=0)
        for shallower in range(deepest - 1, 0, -1) if depth is None else ():
            if _calls(folded) <= READABLE:
                break
            folded = without_repeats(items, as_boxes(items, paths, shallower), least=3)
        if _calls(folded) > READABLE:
            folded = _without_middle(folded)
    connect(items, folded)
    return folded


def _calls(folded: Folded) -> int:
    return sum(box.is_call for box in folded.boxes.values())


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
