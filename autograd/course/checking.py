"""`check`: whether a learner's answer is right, and if it isn't, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .differences import difference
from .parts import PartsError, copied, instead_of, parts_of, unanswered

UNANSWERED = "Not answered yet: put your answer in place of the ..."


def check(
    answer: Any,
    expected: Any,
    *examples: tuple[Any, ...],
    names: Sequence[str] = (),
    hints: Iterable[tuple[Any, str]] = (),
    tolerance: float = 1e-6,
) -> None:
    """Print ``Right``, or ``Wrong:`` and what is wrong: the shape, the sign, a factor, the place; never raise for it.

    answer: a number, an array, a Tensor, a Scalar, a word, or a tuple or dict of these; or a function, which is called
    on copies of each tuple of ``examples``. An answer in which a ``...`` still stands is not answered yet.
    expected: the right answer, or a function that gives it on the same examples.
    names: of the parts of a tuple, for messages.
    hints: typical wrong answers, each with the sentence that is printed for it.
    tolerance: how far numbers may be apart, in parts of the largest.

    >>> from autograd.course import check
    >>> x = autograd.tensor([[1., 2.], [3., 4.], [5., 6.]], requires_grad=True)
    >>> (x ** 2).mean().backward()
    >>> check(..., x.grad)
    Not answered yet: put your answer in place of the ...
    >>> check(2 * x / 6, x.grad)
    Right
    >>> check(2 * x, x.grad)
    Wrong: every number is 6 times too large: a mean over 6 examples?
    >>> check(lambda x: 2 / x, lambda x: -2 / x**2, (1.5,), (3.0,), hints=[(lambda x: 2 / x, "that is the function")])
    Wrong: that is the function
    """
    if callable(expected) != bool(examples):
        raise TypeError("check: a function is called on examples, such as (x1, y1), (x2, y2); anything else has none")
    for hint in (hints := list(hints)):
        if not (isinstance(hint, tuple) and len(hint) == 2 and isinstance(hint[1], str)):
            raise TypeError(f"check: a hint is a pair of a wrong answer and a sentence, not {hint!r}")
    wanted = _results(expected, examples)
    # What was expected fits to itself, or it's no answer that could be given.
    _complaint(wanted, wanted, names, tolerance)
    if answer is ...:
        print(UNANSWERED)
        return
    if callable(answer) != callable(expected):
        print(f"Wrong: {'a function' if examples else 'a value'} is asked for, {instead_of(answer)}")
        return
    try:
        with np.errstate(all="ignore"):
            given = _results(answer, examples)
    except Exception as error:
        line = f"{type(error).__name__}: {error}".splitlines()[0]
        # An operand that is still ``...`` is named so by Python, by NumPy and by Tensors.
        print(UNANSWERED if "ellipsis" in line.lower() else f"Wrong: {line}")
        return
    if any(map(unanswered, given)):
        print(UNANSWERED)
    elif examples and any(result is None for result in given):
        print("Not answered yet: the function returns None; put your answer in place of the ... and return it")
    else:
        print(_verdict(given, wanted, [(_results(hint, examples), text) for hint, text in hints], names, tolerance))


def _verdict(
    given: list[Any], wanted: list[Any], hints: list[tuple[list[Any], str]], names: Sequence[str], tolerance: float
) -> str:
    """The line that says whether the answer is right."""
    found = _complaint(given, wanted, names, tolerance)
    if not found:
        return "Right"
    alike = (text for results, text in hints if not _complaint(given, results, names, tolerance))
    return f"Wrong: {next(alike, found)}"


def _results(function: Any, examples: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """What a function gives on a copy of each example; what is no function, alone."""
    return [function(*copied(example)) for example in examples] if examples else [function]


def _complaint(given: list[Any], wanted: list[Any], names: Sequence[str], tolerance: float) -> str:
    """What is wrong with the first part that is, or ""."""
    for number, (answer, expected) in enumerate(zip(given, wanted, strict=True), 1):
        try:
            parts = list(parts_of(answer, expected, names))
        except PartsError as error:
            return str(error)
        for name, array, right in parts:
            found = difference(array, right, tolerance)
            if found:
                where = [name] if name else []
                where += [f"example {number}"] if len(wanted) > 1 else []
                return f"{', '.join(where)}: {found}" if where else found
    return ""
