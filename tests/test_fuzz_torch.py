"""A part of the fuzz run of fuzzing.py that is the same at every run: a few odd calls of every public op and function.

Nothing crashes or hangs, and what differs from PyTorch is explained there. An hour of it: ``python tests/fuzzing.py
--seconds 3600``.
"""

from __future__ import annotations

import fuzzing
import pytest

CALLS = 5
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_what_differs_is_explained(part: int) -> None:
    cases = [(name, number) for number in range(CALLS) for name in fuzzing.PUBLIC[part::PARTS]]
    assert not list(map(str, fuzzing.unexplained(fuzzing.findings(cases))))
