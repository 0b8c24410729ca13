"""Convolution with one channel and one filter in each group, with groups in the lanes of vectors: the sums of `direct`.

Small images don't fill vectors with places, and at a stride the pixels of neighbouring places don't lie side by side.
The same pixel of many images does once they are transposed, wherever their rows end, and so do the weights of a tap.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.require import require
from .microkernels.copies import copy_rows, transpose
from .microkernels.depthwise import SINGLE_TAPS
from .microkernels.groups_in_lanes import PLACES, accumulate_groups, correlate_groups
from .packing import inside
from .plan import require_images, require_weights, seen_along
from .twins import correlated_numpy, shifted_numpy


@helper
def require_groups(plan):
    """Raise `Misfit` unless the plan is for images whose groups lie in the lanes, whole in the buffer."""
    rows, columns = plan.rows, plan.columns
    require(plan.channels == plan.filters == plan.depth == plan.slices.size == 1 and plan.band >= rows.places)
    require(rows.step == columns.step == 1)


@helper
def buffer_of(plan, like):
    """The buffer for one image of as many groups as there are lanes, filled with zeros."""
    return np.zeros((plan.plane + plan.across + plan.columns.margin) * (VECTOR // like.itemsize), like.dtype)


@helper
def copy_to_lanes(source, channel, some, plan, pixels, buffer):
    """Copy the part of ``some`` channels that is looked at to the buffer, by way of ``pixels``: theirs transposed."""
    rows, columns, across, lanes = plan.rows, plan.columns, plan.across, VECTOR // source.itemsize
    size = rows.size * columns.size
    above, left = max(0, rows.lead), max(0, columns.lead)
    below = min(seen_along(rows, rows.places), rows.size + rows.lead)
    wide = min(across, columns.size + columns.lead) - left
    transpose(source, channel * size, size, some, size, pixels, 0, lanes)
    copy_rows(
        pixels, ((above - rows.lead) * columns.size + left - columns.lead) * lanes, columns.size * lanes, 1,
        buffer, (above * across + left) * lanes, across * lanes, below - above, wide * lanes,
    )  # fmt: skip


@kernel(twin=shifted_numpy)
def shifted_groups(source, weights, bias, out, plan, start, stop):
    """What `shifted` computes."""
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    require_groups(plan)
    rows, columns, across, groups = plan.rows, plan.columns, plan.across, plan.groups
    lanes = VECTOR // source.itemsize
    size, made = rows.size * columns.size, rows.made * columns.made
    lines = np.zeros(len(plan.taps) * lanes, source.dtype)
    constant = np.zeros(lanes, source.dtype)
    pixels, sums = np.zeros(size * lanes, source.dtype), np.zeros(made * lanes, source.dtype)
    buffer = buffer_of(plan, source)
    # Which rows of the image are seen.
    above, below = max(0, rows.lead), min(seen_along(rows, rows.places), rows.size + rows.lead)
    for group in range(0, groups, lanes):
        some = min(lanes, groups - group)
        # To assign a slice, Numba would compile the text of an error too, which takes it seconds.
        for lane in range(some):
            constant[lane] = bias[group + lane]
        for _, _, first, taps in plan.phases:
            transpose(weights, groups * first + group * taps, taps, some, taps, lines, first * lanes, lanes)
        for image in range(start, stop):
            channel = image * groups + group
            copy_to_lanes(source, channel, some, plan, pixels, buffer)
            for row_phase, column_phase, first, taps in plan.phases:
                upper, lower = inside(rows, row_phase, 0, rows.places)
                start_of_row, end_of_row = inside(columns, column_phase, 0, columns.places)
                runs = (end_of_row - start_of_row + PLACES - 1) // PLACES
                for i in range(upper, lower):
                    y = (i * rows.spacing + row_phase - rows.trim) * columns.made + column_phase - columns.trim
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
                            lines, tap * lanes, buffer, (i * rows.pace * across + begin * columns.pace) * lanes,
                            plan.offsets, tap, rest, columns.pace, constant, sums,
                            (y + begin * columns.spacing) * lanes, columns.spacing, end - begin,
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
    places = rows.places * columns.places
    pixels = np.zeros(rows.size * columns.size * lanes, source.dtype)
    upstream, sums = np.zeros(places * lanes, source.dtype), np.empty(taps * lanes, source.dtype)
    buffer = buffer_of(plan, source)
    for group in range(0, groups, lanes):
        some = min(lanes, groups - group)
        sums[:] = 0
        for image in range(start, stop):
            channel = image * groups + group
            copy_to_lanes(source, channel, some, plan, pixels, buffer)
            transpose(g, channel * places, places, some, places, upstream, 0, lanes)
            for first in range(0, taps, SINGLE_TAPS):
                correlate_groups(
                    upstream, 0, rows.places, columns.places, buffer, 0, rows.pace * plan.across, columns.pace,
                    plan.offsets, first, min(SINGLE_TAPS, taps - first), sums, first * lanes,
                )  # fmt: skip
        for tap in range(taps):
            for lane in range(some):
                total[(group + lane) * taps + tap] += sums[tap * lanes + lane]
