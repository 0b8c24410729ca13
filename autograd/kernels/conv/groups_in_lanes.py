"""Convolution with one channel and one filter in each group, with groups in the lanes of vectors: the sums of `direct`.

Small images don't fill vectors with places, and at a stride the pixels of neighbouring places don't lie side by side.
The same pixel of many images does once they are transposed, wherever their rows end, and so do the weights of a tap.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require
from .microkernels.copies import transpose, transpose_to
from .microkernels.depthwise import SINGLE_TAPS
from .microkernels.groups_in_lanes import PLACES, accumulate_groups, correlate_groups
from .packing import inside
from .plan import require_images, require_weights, seen_along
from .twins import correlated_numpy, shifted_numpy

# About how many places the gradient in the weight sums over before memory is asked for again: what their taps see stays
# in the first level of the cache.
CHUNK = 32


@helper
def require_groups(plan):
    """Raise `Misfit` unless the plan is for images whose groups lie in the lanes, whole in the buffer."""
    rows, columns = plan.rows, plan.columns
    require(plan.channels == plan.filters == plan.depth == plan.slices.size == 1 and plan.band >= rows.places)
    require(rows.step == columns.step == 1)


@helper
def buffer_of(plan, like):
    """The buffer for one image of as many groups as there are lanes, filled with zeros, and where its pixels belong.

    What is not looked at belongs to the last vector, which isn't either.
    """
    rows, columns, across, lanes = plan.rows, plan.columns, plan.across, VECTOR // like.itemsize
    size = (plan.plane + across + columns.margin) * lanes
    places = np.full(rows.size * columns.size, size)
    reach = min(seen_along(rows, rows.places), rows.size + rows.lead)
    for i in range(max(0, rows.lead), reach):
        for j in range(max(0, columns.lead), min(across, columns.size + columns.lead)):
            places[(i - rows.lead) * columns.size + j - columns.lead] = (i * across + j) * lanes
    return np.zeros(size + lanes, like.dtype), places


@kernel(twin=shifted_numpy)
def shifted_groups(source, weights, bias, out, plan, start, stop):
    """What `shifted` computes."""
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    require_groups(plan)
    rows, columns, across, groups = plan.rows, plan.columns, plan.across, plan.groups
    lanes = VECTOR // source.itemsize
    require(bias.size >= groups + lanes)
    size, made, every = rows.size * columns.size, rows.made * columns.made, len(plan.taps)
    lines = np.zeros((groups + lanes - 1) // lanes * every * lanes, source.dtype)
    for group in range(0, groups, lanes):
        for _, _, first, taps in plan.phases:
            transpose(
                weights, groups * first + group * taps, taps, min(lanes, groups - group), taps,
                lines, group * every + first * lanes, lanes,
            )  # fmt: skip
    sums = np.zeros(made * lanes, source.dtype)
    buffer, places = buffer_of(plan, source)
    # Which rows of the image are seen.
    above, below = max(0, rows.lead), min(seen_along(rows, rows.places), rows.size + rows.lead)
    # Memory that is asked for in the course of each image of some groups: where the next are read, these are written.
    calls = max(1, len(plan.phases) * rows.places)
    read, written = size * lanes // calls + 1, made * lanes // calls + 1
    for image in range(start, stop):
        for group in range(0, groups, lanes):
            some, channel = min(lanes, groups - group), image * groups + group
            transpose_to(source, channel * size, size, some, places, size, buffer)
            to_read, to_write = (channel + some) * size, channel * made
            for row_phase, column_phase, first, taps in plan.phases:
                upper, lower = inside(rows, row_phase, 0, rows.places)
                start_of_row, end_of_row = inside(columns, column_phase, 0, columns.places)
                runs = (end_of_row - start_of_row + PLACES - 1) // PLACES
                for i in range(upper, lower):
                    y = (i * rows.spacing + row_phase - rows.trim) * columns.made + column_phase - columns.trim
                    prefetch(source, to_read, read)
                    prefetch_to_write(out, to_write, written)
                    to_read, to_write = to_read + read, to_write + written
                    # Of the taps, each of which looks no less far down than the one before, those that see the image.
                    tap, rest = first, taps
                    while rest > 0 and i * rows.pace + plan.taps[tap, 4] < above:
                        tap, rest = tap + 1, rest - 1
                    while rest > 0 and i * rows.pace + plan.taps[tap + rest - 1, 4] >= below:
                        rest -= 1
                    for run in range(runs):
                        begin = start_of_row + (end_of_row - start_of_row) * run // runs
                        end = start_of_row + (end_of_row - start_of_row) * (run + 1) // runs
                        accumulate_groups(
                            lines, group * every + tap * lanes, buffer,
                            (i * rows.pace * across + begin * columns.pace) * lanes, plan.offsets, tap, rest,
                            columns.pace, bias, group, sums, (y + begin * columns.spacing) * lanes, columns.spacing,
                            end - begin,
                        )  # fmt: skip
            transpose(sums, 0, lanes, made, some, out, channel * made, made)


@kernel(twin=correlated_numpy)
def correlated_groups(source, g, total, plan, start, stop):
    """What `correlated` computes."""
    require_images(plan, source, g, start, stop)
    require_groups(plan)
    rows, columns, groups, taps = plan.rows, plan.columns, plan.groups, len(plan.taps)
    require(total.size == groups * taps)
    lanes = VECTOR // source.itemsize
    size, made = rows.size * columns.size, rows.places * columns.places
    upstream = np.zeros(made * lanes, source.dtype)
    sums = np.zeros((groups + lanes - 1) // lanes * taps * lanes, source.dtype)
    buffer, places = buffer_of(plan, source)
    together = max(1, CHUNK // max(1, columns.places))
    # Memory that is asked for in the course of each image of some groups: where the next are read.
    calls = max(1, (rows.places + together - 1) // together)
    read, pulled = size * lanes // calls + 1, made * lanes // calls + 1
    for image in range(start, stop):
        for group in range(0, groups, lanes):
            some, channel = min(lanes, groups - group), image * groups + group
            transpose_to(source, channel * size, size, some, places, size, buffer)
            transpose(g, channel * made, made, some, made, upstream, 0, lanes)
            to_read, to_pull = (channel + some) * size, (channel + some) * made
            for i in range(0, rows.places, together):
                prefetch(source, to_read, read)
                prefetch(g, to_pull, pulled)
                to_read, to_pull = to_read + read, to_pull + pulled
                for first in range(0, taps, SINGLE_TAPS):
                    correlate_groups(
                        upstream, i * columns.places * lanes, min(together, rows.places - i), columns.places,
                        buffer, i * rows.pace * plan.across * lanes, rows.pace * plan.across, columns.pace,
                        plan.offsets, first, min(SINGLE_TAPS, taps - first), sums, group * taps + first * lanes,
                    )  # fmt: skip
    for group in range(0, groups, lanes):
        for tap in range(taps):
            for lane in range(min(lanes, groups - group)):
                total[(group + lane) * taps + tap] += sums[group * taps + tap * lanes + lane]
