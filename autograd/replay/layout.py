"""Which calls of a program are needed, how long what they make is used, and where it lies."""

from __future__ import annotations

from .captured import Captured, Done
from .parts import Part, Step
from .places import allotted, spots_in, used


def needed(captured: Captured) -> list[tuple[int, Done]]:
    """The calls, with their numbers, but for those with a form whose result nobody takes."""
    wanted = {id(spot.place) for spot in spots_in(captured.results)}
    found = []
    for number, done in reversed(list(enumerate(captured.done))):
        made = {id(place) for place in (done.places[done.form.arguments :] if done.form else ())}
        writes = done.form is None or any(
            part.memory < done.form.arguments for step in done.form.steps for part in written(step)
        )
        if writes or not made.isdisjoint(wanted):
            found.append((number, done))
            wanted.update(id(spot.place) for spot in spots_in(done.args))
            wanted.update(id(one) for spot in spots_in(done.args) for one in spot.place.within)
    return found[::-1]


def written(step: Step) -> list[Part]:
    """What a step writes to, as far as it says so."""
    return [part for part in step.out if isinstance(part, Part)] if step.kind != "kernel" else []


def laid_out(captured: Captured, calls: list[tuple[int, Done]]) -> tuple[int, int]:
    """Lay out the buffers in one piece of memory: how many bytes they have together, and how many they take.

    Those that are used at the same time lie apart, and what leaves the program gets memory of its own.
    """
    end = len(captured.done)
    for number, done in calls:
        for spot in spots_in([done.args, done.tree]):
            used(spot.place, number)
        for place in done.places:
            used(place, number)
    for spot in spots_in(captured.results):
        used(spot.place, end)
        spot.place.escapes = True
    for place in reversed(captured.places):
        if place.first < 0:
            continue
        for other in place.within:
            other.escapes |= place.escapes
            other.last = max(other.last, place.last)
    for place in captured.places:
        if place.escapes and place.kind in ("buffer", "fixed") and place.array is None:
            place.kind = "kept"
    return allotted([place for place in captured.places if place.first >= 0])
