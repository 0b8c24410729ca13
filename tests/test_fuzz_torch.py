"""A part of the fuzz run of fuzzing.py that is the same at every run: a few odd calls of every public op and function.

Nothing crashes or hangs, and what differs from PyTorch is explained there. An hour of it: ``python tests/fuzzing.py
--seconds 3600``.
"""

from __future__ import annotations

from fuzz.cases import PUBLIC
from fuzz.processes import findings
from fuzz.reasons import unexplained

CALLS = 3


def test_what_differs_is_explained() -> None:
    cases = [(name, number) for number in range(CALLS) for name in PUBLIC]
    # One child for all of them: to start one takes longer than some hundred calls.
    found = unexplained(findings(cases, calls=len(cases)))
    assert not list(map(str, found))
