"""Sizes of dynamic axes: what a number that the model computed with has to do with them.

The model runs several times, each time with other sizes. A number that differs from run to run is looked for among
``factor·(the product of some axes) + offset``: three runs whose sizes grow at different rates leave one that fits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any


@dataclass(frozen=True)
class Size:
    """``factor·Π axes + offset``, the axes by name; example: what it was in the first run.

    Without axes it is not known how it follows from them.
    """

    example: float
    factor: Fraction
    axes: tuple[str, ...]
    offset: Fraction

    def __str__(self) -> str:
        text = "*".join(self.axes)
        text = text if self.factor == 1 else f"{self.factor}*{text}"
        return text if not self.offset else f"{text} + {self.offset}" if self.offset > 0 else f"{text} - {-self.offset}"


def size_of(values: Sequence[Any], axes: Mapping[str, Sequence[int]]) -> Size:
    """What a number that had these ``values`` in the runs is, in terms of the axes.

    axes: the sizes of each dynamic axis in the runs.

    >>> print(size_of([10, 15, 20], {"batch": [2, 3, 4], "length": [5, 6, 8]}))
    5*batch
    >>> print(size_of([4, 5, 7], {"batch": [2, 3, 4], "length": [5, 6, 8]}))
    length - 1
    """
    if not all(map(math.isfinite, values)):
        return Size(values[0], Fraction(0), (), Fraction(0))
    exact = [Fraction(value) for value in values]
    for count in range(1, len(axes) + 1):
        for names in combinations(axes, count):
            products = [math.prod(sizes) for sizes in zip(*[axes[name] for name in names])]
            if products[0] == products[1]:
                continue
            factor = (exact[1] - exact[0]) / (products[1] - products[0])
            offset = exact[0] - factor * products[0]
            if all(factor * product + offset == value for product, value in zip(products, exact)):
                return Size(values[0], factor, names, offset)
    return Size(values[0], Fraction(0), (), Fraction(0))
