"""Blocks of a sequence of calls that come several times in a row."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

# A repeated block has at most this many calls.
LONGEST = 400


def runs(sequence: Any, crossings: Any, least: int) -> Iterator[tuple[int, int, int]]:
    """Blocks that come several times in a row, as ``(start, period, count)``: those that save most come first, and what
    they leave of the others after them.

    sequence: a number for each call, the same for what counts as the same. crossings: how many results cross before
    each call; a block begins where the fewest do. least: how often a block comes that is found.

    >>> sequence = np.array([0, 1, 2, 3, 1, 2, 3, 4])
    >>> list(runs(sequence, np.zeros(8), 2))
    [(1, 3, 2)]
    """
    waiting = [ranked for stretch in _stretches(sequence) for ranked in _ranked(*stretch, least)]
    heapq.heapify(waiting)
    taken = bytearray(len(sequence))
    while waiting:
        _, period, length, start = heapq.heappop(waiting)
        length = -length
        left = list(_gaps(taken, start, start + length))
        if left != [(start, start + length)]:
            for first, end in left:
                for ranked in _ranked(period, first, end - first, least):
                    heapq.heappush(waiting, ranked)
            continue
        count, rest = divmod(length, period)
        last = start + rest
        # Of several places that are as good, the last.
        start = last - int(crossings[start : last + 1][::-1].argmin())
        taken[start : start + period * count] = bytes([1]) * (period * count)
        yield start, period, count


def _stretches(sequence: Any) -> Iterator[tuple[int, int, int]]:
    """Where the sequence repeats itself, as ``(period, start, length)``, each as long as it goes on."""
    for period in range(1, min(len(sequence) // 2, LONGEST) + 1):
        same = np.concatenate([[False], sequence[period:] == sequence[:-period], [False]])
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, lengths = edges[::2], edges[1::2] - edges[::2] + period
        long = lengths >= 2 * period
        yield from zip(itertools.repeat(period), starts[long].tolist(), lengths[long].tolist())


def _ranked(period: int, start: int, length: int, least: int) -> Iterator[tuple[int, int, int, int]]:
    """A stretch that is worth folding as ``(-saved, period, -length, start)``, of which the smallest is the best."""
    count = length // period
    if count >= (least if period > 2 else 3):
        yield -(count - 1) * period, period, -length, start


def _gaps(taken: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of ``start`` to ``end`` that aren't taken."""
    while (first := taken.find(0, start, end)) >= 0:
        stop = taken.find(1, first, end)
        start = end if stop < 0 else stop
        yield first, start
