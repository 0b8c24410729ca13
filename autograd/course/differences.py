"""What is wrong with an array, said so that it can be mended without being told the numbers."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def difference(given: Array, wanted: Array, tolerance: float) -> str:
    """What is wrong with ``given`` where ``wanted`` is right: the first of the `LOOKS` that finds something, or ""."""
    if agree(given, wanted, tolerance):
        return ""
    if given.shape != wanted.shape:
        return shape(given, wanted, tolerance)
    if wanted.dtype.kind in "bU":
        return place(given, wanted, tolerance)
    given, wanted = np.asarray(given, float), np.asarray(wanted, float)
    return next(filter(None, (look(given, wanted, tolerance) for look in LOOKS)))


def close(given: Array, wanted: Array, tolerance: float) -> Array:
    """Where two arrays of a shape agree: to ``tolerance`` of the largest number, or of 1 where all of them are 0."""
    if wanted.dtype.kind in "bU" or given.dtype.kind == "U":
        return np.asarray(given == wanted)
    given, wanted = np.asarray(given, float), np.asarray(wanted, float)
    largest = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0))
    with np.errstate(invalid="ignore"):
        near = np.abs(given - wanted) <= tolerance * (largest if largest > 1e-12 else 1.0)
    return near | (given == wanted) | (np.isnan(given) & np.isnan(wanted))


def agree(given: Array, wanted: Array, tolerance: float) -> bool:
    """Whether two arrays are the same but for rounding."""
    return given.shape == wanted.shape and bool(close(given, wanted, tolerance).all())


def shape(given: Array, wanted: Array, tolerance: float) -> str:
    """What was done, or left undone, to come by another shape."""
    shapes = f"the shape is {given.shape}, not {wanted.shape}"
    if given.ndim > 1 and given.T.shape == wanted.shape:
        return f"transposed: {shapes}" if agree(given.T, wanted, tolerance) else f"{shapes}; transposed?"
    for axes in (axes for count in range(1, given.ndim + 1) for axes in combinations(range(given.ndim), count)):
        if given.size == wanted.size:
            break
        where = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {axes}"
        for name, reduced in ("summed", np.sum), ("averaged", np.mean):
            result = reduced(given, axis=axes)
            if result.size == wanted.size and agree(result.reshape(wanted.shape), wanted, tolerance):
                return f"not {name} over {where}: {shapes}"
    if given.size == wanted.size and [n for n in given.shape if n > 1] == [n for n in wanted.shape if n > 1]:
        less = given.ndim < wanted.ndim
        return f"{'an axis of length 1 is missing (keepdims?)' if less else 'an axis of length 1 too many'}: {shapes}"
    return shapes


def missing_numbers(given: Array, wanted: Array, tolerance: float) -> str:
    """NaN, and what is infinite."""
    for name, found in ("NaN", np.isnan), ("infinite", np.isinf):
        wrong = found(given) & ~found(wanted)
        if wrong.any():
            return f"{name}{_at(wrong)}"
    return ""


def transposed(given: Array, wanted: Array, tolerance: float) -> str:
    """A square matrix the wrong way around."""
    return "transposed" if given.ndim == 2 and agree(given.T, wanted, tolerance) else ""


def factor(given: Array, wanted: Array, tolerance: float) -> str:
    """The sign, or one factor for all numbers; for a single number only twice and half, since any has some factor."""
    size = float(np.sum(wanted * wanted))
    if size == 0 or not np.isfinite(size):
        return ""
    times = float(np.sum(given * wanted)) / size
    plain = round(abs(times), 6) in (0.5, 1, 2) or np.sum(wanted != 0) > 1
    if not (plain and agree(given, times * wanted, tolerance)):
        return ""
    every = "every number" if given.size > 1 else "it"
    if times == 0:
        return f"{every} is 0"
    sign = "" if times > 0 else "the sign"
    ratio = max(abs(times), 1 / abs(times))
    if abs(ratio - 1) <= tolerance:
        return f"{sign}: {every} is minus what it should be" if sign else ""
    counts = 3 <= round(ratio) <= 10_000 and abs(ratio - round(ratio)) <= tolerance * ratio
    said = f"{f'{sign}, and ' if sign else ''}{every} is {ratio:.6g} times too {'large' if abs(times) > 1 else 'small'}"
    meant = f": a {'mean' if abs(times) > 1 else 'sum, not a mean,'} over {round(ratio)} examples?"
    return said + meant if counts else said


def offset(given: Array, wanted: Array, tolerance: float) -> str:
    """The same number added to all."""
    if given.size < 2:
        return ""
    added = float(np.mean(given - wanted))
    if not agree(given - added, wanted, tolerance):
        return ""
    return f"every number is too {'large' if added > 0 else 'small'} by {abs(added):.4g}"


def signs(given: Array, wanted: Array, tolerance: float) -> str:
    """Right but for the sign of some."""
    wrong = ~close(given, wanted, tolerance)
    return f"the sign{_at(wrong)}" if agree(abs(given), abs(wanted), tolerance) else ""


def rounded(given: Array, wanted: Array, tolerance: float) -> str:
    """Nearly right."""
    for places in (1e-4, 1e-3, 1e-2):
        if tolerance < places and agree(given, wanted, places):
            return f"nearly right (to {100 * places:g}%); more digits are asked for"
    return ""


def place(given: Array, wanted: Array, tolerance: float) -> str:
    """Which numbers are wrong, and whether the first is too large."""
    wrong = ~close(given, wanted, tolerance)
    value, right = given[wrong][0], wanted[wrong][0]
    if wanted.dtype.kind in "bU" or np.isnan(right):
        said = f"not {value}"
    else:
        said = f"{value:.6g} is too {'large' if value > right else 'small'}"
    if given.size == 1:
        return said
    return f"{'all' if wrong.all() else f'{wrong.sum()} of'} {wrong.size} are wrong, the first{_at(wrong)}: {said}"


def _at(wrong: Array) -> str:
    """Where the first one is that is wrong, if there are several places."""
    return "" if wrong.size == 1 else f" at [{', '.join(str(int(axis[0])) for axis in np.nonzero(wrong))}]"


# Each says what it finds, or ""; the last always finds something.
LOOKS = (missing_numbers, transposed, factor, offset, signs, rounded, place)
