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
from .microkernels.groups_in_lanes import PLACES, STRIDED, accumulate_groups, correlate_groups
from .packing import inside
from .plan import plan_in, require_images, require_weights, seen_along
from .twins import correlated_numpy, shifted_numpy

# About how many places the gradient in the weight sums over before memory is asked for again: what their taps see stays
# in the first level of the cache.
CHUNK = 32


@helper
def require_groups(plan):
    """Raise `Misfit` unless the plan is for images whose groups lie in the lanes, whole in the buffer."""
    rows, columns = plan.rows, plan.columns
    require(plan.channels == plan.filters == 1 and plan.band >= rows.places)
    require(rows.step == columns.step == 1)


@helper
def slice_of(plan):
    """How many vectors a slice takes in the buffer: with one at the end that is never looked at."""
    return plan.plane + plan.across + plan.columns.margin + 1


@helper
def places_of(plan, lanes):
    """Where in its slice of the buffer each pixel belongs: at the end, if it isn't looked at."""
    rows, columns, across = plan.rows, plan.columns, plan.across
    places = np.full(rows.size * columns.size, (slice_of(plan) - 1) * lanes)
    reach = min(seen_along(rows, rows.places), rows.size + rows.lead)
    for i in range(max(0, rows.lead), reach):
        for j in range(max(0, columns.lead), min(across, columns.size + columns.lead)):
            places[(i - rows.lead) * columns.size + j - columns.lead] = (i * across + j) * lanes
    return places


@helper
def offsets_of(plan):
    """Where each tap looks in the buffer, for each depth of the result; more at the end, as whole blocks are read."""
    taps = len(plan.taps)
    offsets = np.zeros(len(plan.slices) * taps + SINGLE_TAPS, np.int64)
    for depth in range(len(plan.slices)):
        for tap in range(taps):
            t = plan.taps[tap, 1]
            offsets[depth * taps + tap] = plan.offsets[tap] - t * plan.plane + plan.slices[depth, t] * slice_of(plan)
    return offsets


@helper
def seen_slices(plan, depth):
    """The first of the tap's slices that meet one of the image, and how many do, one after another."""
    first, count = 0, 0
    for t in range(plan.slices.shape[1]):
        if plan.slices[depth, t] >= 0:
            first, count = (t if count == 0 else first), count + 1
    return first, count


@helper
def read_groups(source, channel, some, places, buffer, plan):
    """Copy ``some`` groups of an image, the first of which is plane number ``channel``, to the lanes of the buffer."""
    size, lanes = plan.rows.size * plan.columns.size, VECTOR // source.itemsize
    for k in range(plan.depth):
        transpose_to(
            source, (channel * plan.depth + k) * size, plan.depth * size, some, places, size,
            buffer, k * slice_of(plan) * lanes,
        )  # fmt: skip


@kernel(twin=shifted_numpy)
def shifted_groups(source, weights, bias, out, table, start, stop):
    """What `shifted` computes."""
    plan = plan_in(table)
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    require_groups(plan)
    rows, columns, across, groups = plan.rows, plan.columns, plan.across, plan.groups
    lanes, depths = VECTOR // source.itemsize, len(plan.slices)
    require(bias.size >= groups + lanes)
    size, made, every = rows.size * columns.size, rows.made * columns.made, len(plan.taps)
    lines = np.zeros((groups + lanes - 1) // lanes * every * lanes, source.dtype)
    for group in range(0, groups, lanes):
        for _, _, first, taps in plan.phases:
            transpose(
                weights, groups * first + group * taps, taps, min(lanes, groups - group), taps,
                lines, group * every + first * lanes, lanes,
            )  # fmt: skip
    places, offsets = places_of(plan, lanes), offsets_of(plan)
    buffer = np.zeros(plan.depth * slice_of(plan) * lanes, source.dtype)
    sums = np.zeros(made * lanes, source.dtype)
    most = PLACES if columns.pace == 1 else STRIDED
    # Which rows of the image are seen.
    above, below = max(0, rows.lead), min(seen_along(rows, rows.places), rows.size + rows.lead)
    # Memory that is asked for in the course of each image of some groups: where the next are read, these are written.
    calls = max(1, depths * len(plan.phases) * rows.places)
    read, written = plan.depth * size * lanes // calls + 1, depths * made * lanes // calls + 1
    for image in range(start, stop):
        for group in range(0, groups, lanes):
            some, channel = min(lanes, groups - group), image * groups + group
            read_groups(source, channel, some, places, buffer, plan)
            to_read, to_write = (channel + some) * plan.depth * size, channel * depths * made
            for depth in range(depths):
                first_slice, slices = seen_slices(plan, depth)
                for row_phase, column_phase, first, taps in plan.phases:
                    apart = taps // plan.slices.shape[1]
                    upper, lower = inside(rows, row_phase, 0, rows.places)
                    start_of_row, end_of_row = inside(columns, column_phase, 0, columns.places)
                    runs = (end_of_row - start_of_row + most - 1) // most
                    for i in range(upper, lower):
                        y = (i * rows.spacing + row_phase - rows.trim) * columns.made + column_phase - columns.trim
                        prefetch(source, to_read, read)
                        prefetch_to_write(out, to_write, written)
                        to_read, to_write = to_read + read, to_write + written
                        tap, rest = first + first_slice * apart, slices * apart
                        # Of the taps of one slice, each of which looks no less far down than the one before, those that
                        # see the image.
                        if slices == 1:
                            while rest > 0 and i * rows.pace + plan.taps[tap, 4] < above:
                                tap, rest = tap + 1, rest - 1
                            while rest > 0 and i * rows.pace + plan.taps[tap + rest - 1, 4] >= below:
                                rest -= 1
                        for run in range(runs):
                            begin = start_of_row + (end_of_row - start_of_row) * run // runs
                            end = start_of_row + (end_of_row - start_of_row) * (run + 1) // runs
                            accumulate_groups(
                                lines, group * every + tap * lanes, buffer,
                                (i * rows.pace * across + begin * columns.pace) * lanes, offsets, depth * every + tap,
                                rest, columns.pace, bias, group, sums, (y + begin * columns.spacing) * lanes,
                                columns.spacing, end - begin,
                            )  # fmt: skip
                transpose(sums, 0, lanes, made, some, out, (channel * depths + depth) * made, depths * made)


@kernel(twin=correlated_numpy)
def correlated_groups(source, g, total, table, start, stop):
    """What `correlated` computes."""
    plan = plan_in(table)
    require_images(plan, source, g, start, stop)
    require_groups(plan)
    rows, columns, groups, taps = plan.rows, plan.columns, plan.groups, len(plan.taps)
    require(total.size == groups * taps)
    lanes, depths = VECTOR // source.itemsize, len(plan.slices)
    size, made, apart = rows.size * columns.size, rows.places * columns.places, taps // plan.slices.shape[1]
    upstream = np.zeros(made * lanes, source.dtype)
    sums = np.zeros((groups + lanes - 1) // lanes * taps * lanes, source.dtype)
    places, offsets = places_of(plan, lanes), offsets_of(plan)
    buffer = np.zeros(plan.depth * slice_of(plan) * lanes, source.dtype)
    together = max(1, CHUNK // max(1, columns.places))
    # Memory that is asked for in the course of each image of some groups: where the next are read.
    calls = max(1, depths * ((rows.places + together - 1) // together))
    read, pulled = plan.depth * size * lanes // calls + 1, depths * made * lanes // calls + 1
    for image in range(start, stop):
        for group in range(0, groups, lanes):
            some, channel = min(lanes, groups - group), image * groups + group
            read_groups(source, channel, some, places, buffer, plan)
            to_read, to_pull = (channel + some) * plan.depth * size, (channel + some) * depths * made
            for depth in range(depths):
                first_slice, slices = seen_slices(plan, depth)
                transpose(g, (channel * depths + depth) * made, depths * made, some, made, upstream, 0, lanes)
                for i in range(0, rows.places, together):
                    prefetch(source, to_read, read)
                    prefetch(g, to_pull, pulled)
                    to_read, to_pull = to_read + read, to_pull + pulled
                    end = (first_slice + slices) * apart
                    for first in range(first_slice * apart, end, SINGLE_TAPS):
                        correlate_groups(
                            upstream, i * columns.places * lanes, min(together, rows.places - i), columns.places,
                            buffer, i * rows.pace * plan.across * lanes, rows.pace * plan.across, columns.pace,
                            offsets, depth * taps + first, min(SINGLE_TAPS, end - first),
                            sums, group * taps + first * lanes,
                        )  # fmt: skip
    for group in range(0, groups, lanes):
        for tap in range(taps):
            for lane in range(min(lanes, groups - group)):
                total[(group + lane) * taps + tap] += sums[group * taps + tap * lanes + lane]
