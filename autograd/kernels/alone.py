"""The sums of `direct` where a group has one filter, as in depthwise convolution.

There a number is copied for a few that are computed, so as little as can be lies between the image and the result: sums
go from the registers to the rows of the result, and the upstream gradient of the weight's is read where it is.
"""

from __future__ import annotations

import numpy as np

from .direct import correlated_numpy, inside, length_of, shifted_numpy, spread
from .fetching import expect, expect_written
from .jit import helper, kernel
from .vectors import ALONE, SINGLE_TAPS, accumulate_rows, correlate_rows

# How many rows of the gradient in the weight are summed before memory is asked for again.
ROWS = 8


@helper
def buffer_of(plan, like):
    """What a group of channels is spread to, and zeros that blocks may read beyond it."""
    return np.zeros(plan.channels * length_of(plan) + plan.columns.margin + 64 // like.itemsize, like.dtype)


@kernel(twin=shifted_numpy)
def shifted_alone(source, weights, bias, out, plan, start, stop):
    """What `shifted` computes."""
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = 64 // source.itemsize
    buffer = buffer_of(plan, source)
    runs = max(1, (columns.places + ALONE * lanes - 1) // (ALONE * lanes))
    # Memory that is asked for in the course of each group: where the next is read and written.
    most = max(1, ALONE * lanes * runs // (columns.places + lanes))
    calls = max(1, len(plan.slices) * len(plan.phases) * runs * ((rows.places + most - 1) // most))
    group_read, group_made = plan.channels * plan.depth * rows.size * columns.size, rows.made * columns.made
    read, made = group_read // calls + 1, group_made * len(plan.slices) // calls + 1
    for item in range(start * len(plan.slices), stop * len(plan.slices)):
        image, depth = divmod(item, len(plan.slices))
        for first in range(0, rows.places, plan.band):
            wanted = min(plan.band, rows.places - first)
            for group in range(image * plan.groups, (image + 1) * plan.groups):
                spread(source, group * plan.channels, plan.slices[depth], first, wanted, buffer, 0, plan)
                plane = group * len(plan.slices) + depth
                to_read, to_write = (group + 1) * group_read, (plane + 1) * group_made
                for row_phase, column_phase, first_tap, taps in plan.phases:
                    count, tap = plan.channels * taps, plan.channels * first_tap
                    weight = plan.groups * tap + (group - image * plan.groups) * count
                    upper, lower = inside(rows, row_phase, first, first + wanted)
                    left, right = inside(columns, column_phase, 0, columns.places)
                    corner = plane * rows.made + row_phase - rows.trim
                    for run in range(runs):
                        begin = left + (right - left) * run // runs
                        end = left + (right - left) * (run + 1) // runs
                        together = ALONE // max(1, (end - begin + lanes - 1) // lanes)
                        for i in range(upper, lower, together):
                            expect(source, to_read, read)
                            expect_written(out, to_write, made)
                            to_read, to_write = to_read + read, to_write + made
                            accumulate_rows(
                                weights, weight, buffer, (i - first) * across + begin, across, plan.offsets, tap, count,
                                bias, group - image * plan.groups, out,
                                (corner + i * rows.spacing) * columns.made
                                + begin * columns.spacing + column_phase - columns.trim,
                                rows.spacing * columns.made, columns.spacing, min(together, lower - i), end - begin,
                            )  # fmt: skip


@kernel(twin=correlated_numpy)
def correlated_alone(source, g, total, plan, start, stop):
    """What `correlated` computes."""
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = 64 // source.itemsize
    buffer = buffer_of(plan, source)
    count = plan.channels * len(plan.taps)
    sums = np.empty((count + SINGLE_TAPS - 1) // SINGLE_TAPS * SINGLE_TAPS * lanes, source.dtype)
    parts = (rows.places + ROWS - 1) // ROWS
    image_read = plan.channels * plan.depth * rows.size * columns.size
    for group in range(plan.groups):
        sums[:] = 0
        for item in range(start * len(plan.slices), stop * len(plan.slices)):
            image, depth = divmod(item, len(plan.slices))
            channel = (image * plan.groups + group) * plan.channels
            plane = (image * plan.groups + group) * len(plan.slices) + depth
            for first in range(0, rows.places, plan.band):
                wanted = min(plan.band, rows.places - first)
                spread(source, channel, plan.slices[depth], first, wanted, buffer, 0, plan)
                for row in range(0, wanted, ROWS):
                    for tap in range(0, count, SINGLE_TAPS):
                        correlate_rows(
                            g, (plane * rows.places + first + row) * columns.places, columns.places, buffer,
                            row * across, across, plan.offsets, tap, min(ROWS, wanted - row), sums, tap * lanes,
                        )  # fmt: skip
        for tap in range(count):
            value = sums[tap * lanes]
            for lane in range(1, lanes):
                value += sums[tap * lanes + lane]
            total[group * count + tap] += value
