"""Which digit was taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np

from .digits import CLASSES


def matrix(labels: np.ndarray[Any, Any], predicted: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How often each digit (a row) was taken for each (a column)."""
    counts = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def table(counts: np.ndarray[Any, Any]) -> str:
    """The matrix as text, with a dot for none and the share of each digit that was seen right."""
    lines = [" " * 30 + "seen as", "digit   " + "".join(f"{digit:5}" for digit in range(CLASSES)) + "     right"]
    for digit, row in enumerate(counts):
        cells = "".join(f"{count or '.':>5}" for count in row)
        lines.append(f"{digit:3}     {cells}    {row[digit] / row.sum():6.1%}")
    return "\n".join(lines)
