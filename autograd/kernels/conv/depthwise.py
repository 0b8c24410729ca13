"""Convolution with one filter in each group, as in depthwise convolution: the sums of `direct`, with fewer copies.

So little is computed with each number that copying it costs about as much. So sums go from the registers straight to
the rows of the result, and the gradient in the weight reads the upstream gradient where it lies.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import MACHINE, VECTOR
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require
from .microkernels.depthwise import SINGLE_TAPS, TALL, VECTORS, accumulate_rows, correlate_rows
from .packing import copy_to_buffer, inside
from .plan import length_of, plan_in, require_images, require_weights
from .twins import correlated_numpy, shifted_numpy

# How much longer blocks of one vector take than those of the same size that are wider, where registers are few.
NARROW = 1.0 if MACHINE.registers >= 32 else 1.25
# How many rows of the gradient in the weight are summed before memory is asked for again.
ROWS = 8


@helper
def vectors_in(plan, lanes):
    """How many vectors wide a block is, so that the fewest blocks cover the places: of equals the tallest.

    Its rows share what they look at.
    """
    best, least = 1, 0.0
    for vectors in (1, 2, 4, 8):
        tall, wide = VECTORS // vectors, vectors * lanes
        blocks = ((plan.band + tall - 1) // tall) * ((plan.columns.places + wide - 1) // wide)
        time = blocks * (NARROW if vectors == 1 else 1.0)
        if vectors == 1 or time < least:
            best, least = vectors, time
    return best


@helper
def matrix_of(plan, first, taps, vectors):
    """How many rows and columns the matrices have that `accumulate_rows` may see in the taps of a phase."""
    beside = 1
    while beside < taps and plan.taps[first + beside, 4] == plan.taps[first, 4]:
        beside += 1
    tall = taps // beside
    if vectors <= 2 and tall in TALL and tall * beside == taps:
        tap = plan.channels * first
        apart = plan.offsets[tap + beside : tap + taps] - plan.offsets[tap : tap + taps - beside]
        if (apart == plan.across).all():
            return tall, beside
    return 1, max(1, taps)


@helper
def buffer_of(plan, vectors, like):
    """The buffer for the channels of a group, with zeros after it, as whole blocks look beyond its end."""
    beyond = (VECTORS // vectors - 1) * plan.across + plan.columns.margin + vectors * (VECTOR // like.itemsize)
    return np.zeros(plan.channels * length_of(plan) + beyond, like.dtype)


@kernel(twin=shifted_numpy)
def shifted_depthwise(source, weights, bias, out, table, start, stop):
    """What `shifted` computes."""
    plan = plan_in(table)
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = VECTOR // source.itemsize
    vectors = vectors_in(plan, lanes)
    together = VECTORS // vectors
    buffer = buffer_of(plan, vectors, source)
    phases = [(r, c, first, taps, matrix_of(plan, first, taps, vectors)) for r, c, first, taps in plan.phases]
    runs = max(1, (columns.places + vectors * lanes - 1) // (vectors * lanes))
    # Memory that is asked for in the course of each group: where the next is read, and of each filter where the next is
    # written.
    calls = max(1, len(plan.slices) * len(plan.phases) * runs * ((rows.places + together - 1) // together))
    group_read, plane_made = plan.channels * plan.depth * rows.size * columns.size, rows.made * columns.made
    read, made = group_read // (calls * plan.filters) + 1, plane_made * len(plan.slices) // calls + 1
    for item in range(start * len(plan.slices), stop * len(plan.slices)):
        image, depth = divmod(item, len(plan.slices))
        for group in range(plan.groups):
            to_read = (image * plan.groups + group + 1) * group_read
            for first in range(0, rows.places, plan.band):
                wanted = min(plan.band, rows.places - first)
                channel = (image * plan.groups + group) * plan.channels
                copy_to_buffer(source, channel, plan.slices[depth], first, wanted, buffer, 0, plan)
                for filter in range(group * plan.filters, (group + 1) * plan.filters):
                    plane = (image * plan.groups * plan.filters + filter) * len(plan.slices) + depth
                    to_write = (plane + 1) * plane_made + first * rows.spacing * columns.made
                    for row_phase, column_phase, first_tap, taps, (tall, beside) in phases:
                        count, tap = plan.channels * taps, plan.channels * first_tap
                        weight = plan.groups * plan.filters * tap + filter * count
                        upper, lower = inside(rows, row_phase, first, first + wanted)
                        left, right = inside(columns, column_phase, 0, columns.places)
                        for begin in range(left, right, vectors * lanes):
                            y = (plane * rows.made + row_phase - rows.trim) * columns.made
                            y += begin * columns.spacing + column_phase - columns.trim
                            for i in range(upper, lower, together):
                                prefetch(source, to_read, read)
                                prefetch_to_write(out, to_write, made)
                                to_read, to_write = to_read + read, to_write + made
                                accumulate_rows(
                                    weights, weight, buffer, (i - first) * across + begin, across, plan.offsets, tap,
                                    count, tall, beside, bias, filter, out, y + i * rows.spacing * columns.made,
                                    rows.spacing * columns.made, columns.spacing, min(together, lower - i),
                                    min(vectors * lanes, right - begin), vectors,
                                )  # fmt: skip


@kernel(twin=correlated_numpy)
def correlated_depthwise(source, g, total, table, start, stop):
    """What `correlated` computes."""
    plan = plan_in(table)
    require_images(plan, source, g, start, stop)
    require(total.size == plan.groups * plan.filters * plan.channels * len(plan.taps))
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = VECTOR // source.itemsize
    buffer = buffer_of(plan, 1, source)
    count = plan.channels * len(plan.taps)
    sums = np.empty((count + SINGLE_TAPS - 1) // SINGLE_TAPS * SINGLE_TAPS * lanes, source.dtype)
    square = matrix_of(plan, 0, len(plan.taps), 1) == (3, 3)
    # Memory that is asked for in the course of each image: where the next is read.
    bands = (rows.places + plan.band - 1) // plan.band
    calls = max(1, len(plan.slices) * bands * ((plan.band + ROWS - 1) // ROWS))
    image_read = plan.channels * plan.depth * rows.size * columns.size
    image_pulled = len(plan.slices) * rows.places * columns.places
    read, pulled = image_read // calls + 1, image_pulled // calls + 1
    for group in range(plan.groups):
        sums[:] = 0
        to_read = to_pull = 0
        for item in range(start * len(plan.slices), stop * len(plan.slices)):
            image, depth = divmod(item, len(plan.slices))
            plane = image * plan.groups + group
            if depth == 0:
                to_read, to_pull = (plane + plan.groups) * image_read, (plane + plan.groups) * image_pulled
            for first in range(0, rows.places, plan.band):
                wanted = min(plan.band, rows.places - first)
                copy_to_buffer(source, plane * plan.channels, plan.slices[depth], first, wanted, buffer, 0, plan)
                for row in range(0, wanted, ROWS):
                    prefetch(source, to_read, read)
                    prefetch(g, to_pull, pulled)
                    to_read, to_pull = to_read + read, to_pull + pulled
                    place = ((plane * len(plan.slices) + depth) * rows.places + first + row) * columns.places
                    for tap in range(0, count, SINGLE_TAPS):
                        correlate_rows(
                            g, place, columns.places, buffer, row * across, across, plan.offsets, tap, square,
                            min(ROWS, wanted - row), sums, tap * lanes,
                        )  # fmt: skip
        for tap in range(count):
            value = sums[tap * lanes]
            for lane in range(1, lanes):
                value += sums[tap * lanes + lane]
            total[group * count + tap] += value
