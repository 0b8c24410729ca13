"""The listing of what a replay does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .repeats import runs
from .tape import Call

# How wide the column of what is called is, and its marks: of what is called in one go, and of what is within a block.
WIDTH, TOGETHER, WITHIN = 30, "│ ", "  "


class Row:
    """A call, whether it is made in one go with its neighbours, and how many seconds it takes."""

    def __init__(self, call: Call, together: bool, seconds: float) -> None:
        self.call, self.seconds = call, seconds
        self.mark = TOGETHER if together else ""

    def line(self, seconds: float, count: int = 1, within: str = "") -> str:
        several = f" ×{count}" if count > 1 else ""
        called = f"{self.mark}{within}{self.call.label}{several}"
        first, _, others = self.call.gives.partition("), ")
        gives = f"{first}) and {len(self.call.gave) - 1} more" if others else first
        return f"{seconds * 1e6:8.1f}  {called:<{WIDTH}}{gives}".rstrip()


def rows_of(calls: Sequence[tuple[Call, bool]], times: Sequence[float]) -> list[Row]:
    """A row for each call: it may come to several loops, one after the other."""
    rows: list[Row] = []
    for (call, together), seconds in zip(calls, times):
        if rows and rows[-1].call is call:
            rows[-1].seconds += seconds
        else:
            rows.append(Row(call, together, seconds))
    return rows


def listed(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each row; blocks that come several times in a row stand there once, with the times of all of them."""
    codes: dict[object, int] = {}
    keys = [(row.call.label, row.call.gives) for row in rows]
    sequence = np.array([codes.setdefault(key, len(codes)) for key in keys], np.int64)
    blocks = {start: (period, count) for start, period, count in runs(sequence, np.zeros(len(rows)), 2)}
    called = f"call ({TOGETHER.strip()} in one go)" if any(row.mark for row in rows) else "call"
    yield f"{'µs':>8}  {called:<{WIDTH}}gives"
    place = 0
    while place < len(rows):
        period, count = blocks.get(place, (1, 1))
        several = rows[place : place + period * count]
        within = WITHIN if period > 1 else ""
        if within:
            mark = TOGETHER if all(row.mark for row in several) else ""
            yield f"{'':8}  {mark}{count} times:"
        # The last time round it is as it mostly is: the first may lack neighbours.
        for i, row in enumerate(several[-period:]):
            seconds = sum(one.seconds for one in several[i::period])
            yield row.line(seconds, count if period == 1 else 1, within)
        place += period * count
