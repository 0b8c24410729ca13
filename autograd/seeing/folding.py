"""A graph too large to read, made smaller: modules as one box, repeated blocks once, or a long middle left out."""

from __future__ import annotations

from collections.abc import Sequence

from .boxes import Box, Folded, as_boxes, beside_each_use, connect, paths_of
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
            _leave_out_calls(folded)
    if repeats is None:
        _leave_out_leaves(folded)
    connect(items, folded)
    beside_each_use(folded)
    return folded


def _calls(folded: Folded) -> int:
    return sum(box.is_call for box in folded.boxes.values())


def _leave_out_calls(folded: Folded) -> None:
    """Make one box of all calls but the first and the last, and of what only they read."""
    middle = _middle([key for key, box in folded.boxes.items() if box.is_call])
    readers = _readers(folded)
    inside = {key for key, box in folded.boxes.items() if not box.is_call and readers.get(key, {""}) <= middle}
    count = _leave_out(folded, "gap", middle | inside)
    folded.notes.append(f"{count:,} calls in the middle are one box")


def _leave_out_leaves(folded: Folded) -> None:
    """Make one box of the many leaves of a call, such as a `stack` of thousands, but the first and the last."""
    alone: dict[str, list[str]] = {}
    for key, readers in _readers(folded).items():
        if len(readers) == 1 and not folded.boxes[key].is_call:
            alone.setdefault(readers.pop(), []).append(key)
    for reader, leaves in alone.items():
        if len(leaves) > READABLE and folded.boxes[reader].kind != "gap":
            count = _leave_out(folded, f"gap_{reader}", _middle(leaves))
            folded.notes.append(f"{count:,} arguments in the middle are one box")


def _middle(keys: Sequence[str]) -> set[str]:
    """All but the first and the last of too many."""
    head = READABLE * 2 // 5
    return set(keys[head : head - READABLE])


def _readers(folded: Folded) -> dict[str, set[str]]:
    """The boxes that read from each box."""
    found: dict[str, set[str]] = {}
    for box in folded.boxes.values():
        for member in box.members:
            for key in member.inputs:
                found.setdefault(folded.place[key], set()).add(box.key)
    return found


def _leave_out(folded: Folded, name: str, keys: set[str]) -> int:
    """Put one box in place of those with these keys, and tell how many calls, or else leaves, it stands for."""
    members = [member for key, box in folded.boxes.items() if key in keys for member in box.members]
    count = sum(member.is_call for member in members) or len(members)
    gap = Box(name, "gap", members[0], count=count, members=members)
    folded.boxes = {box.key: box for box in (gap if key in keys else box for key, box in folded.boxes.items())}
    folded.place.update((member.key, name) for member in members)
    return count
