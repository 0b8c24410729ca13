"""Convolution with filters in the lanes of vectors, where there are enough filters to fill them: the sums of `direct`.

A vector holds one weight of each filter of a block, and is multiplied by one pixel, the same in all lanes. So pixels
are read one by one where they lie: a stride is only a distance between them, and rows may end anywhere. In the sums the
filters of a place lie side by side, so they are transposed when they are written to the result. The gradient in the
weight is the same sum, but over places instead of taps, of upstream gradients with filters in the lanes.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.memory import LINE
from ..compiling.prefetch import prefetch, prefetch_to_write
from ..compiling.require import require
from .microkernels.copies import transpose
from .microkernels.filters_in_lanes import accumulate_in_lanes, rows_of, width_of
from .packing import copy_to_buffer, inside
from .plan import block_of, length_of, plan_in, require_images, require_weights
from .twins import correlated_numpy, shifted_numpy

# How many terms of a sum are added before the next block of places has its turn: their weights, or upstream gradients,
# then stay in the first level of the cache.
TERMS = 96
# After how many terms a sum over places joins a total of float64: what runs on grows until nothing more can be added.
RUN = 4096


@helper
def zeros(size, like):
    """``size`` zeros, the first at the beginning of a line of the cache."""
    memory = np.zeros(size + LINE // like.itemsize, like.dtype)
    return memory[-memory.ctypes.data % LINE // like.itemsize :]


@kernel(twin=shifted_numpy)
def shifted_in_lanes(source, weights, bias, out, table, start, stop):
    """What `shifted` computes."""
    plan = plan_in(table)
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    rows, columns, across, vectors = plan.rows, plan.columns, plan.across, plan.vectors
    lanes = VECTOR // source.itemsize
    size = block_of(plan, source.itemsize)
    blocks = (plan.filters + size - 1) // size
    buffer = source
    if not plan.bare:
        buffer = np.zeros(plan.channels * length_of(plan) + across + columns.margin, source.dtype)
    sums = zeros(plan.band * rows.spacing * columns.made * size, source)
    together, width = rows_of(vectors), width_of(vectors)
    apart = len(plan.slices) * rows.made * columns.made
    calls = 0
    for _, _, _, taps in plan.phases:
        calls += (max(1, plan.channels * taps) + TERMS - 1) // TERMS
    calls *= len(plan.slices) * plan.groups * blocks * ((rows.places + together - 1) // together)
    calls = max(1, calls * ((columns.places + width - 1) // width))
    # Memory that is asked for in the course of each image: where the next is read and this is written.
    image_read = plan.groups * plan.channels * plan.depth * rows.size * columns.size
    image_made = plan.groups * plan.filters * apart
    read, made = (image_read + calls - 1) // calls, (image_made + calls - 1) // calls
    to_read = to_write = 0
    for item in range(start * len(plan.slices), stop * len(plan.slices)):
        image, depth = divmod(item, len(plan.slices))
        if depth == 0:
            to_read, to_write = (image + 1) * image_read, image * image_made
        for first in range(0, rows.places, plan.band):
            wanted = min(plan.band, rows.places - first)
            top = max(0, first * rows.spacing - rows.trim)
            bottom = min(rows.made, (first + wanted) * rows.spacing - rows.trim)
            for group in range(plan.groups):
                channel = (image * plan.groups + group) * plan.channels
                corner = channel * plan.plane + first * rows.pace * across
                if not plan.bare:
                    corner = 0
                    copy_to_buffer(source, channel, plan.slices[depth], first, wanted, buffer, corner, plan)
                for block in range(blocks):
                    filter = group * plan.filters + block * size
                    for row_phase, column_phase, first_tap, taps in plan.phases:
                        count, tap = plan.channels * taps, plan.channels * first_tap
                        weight = size * (blocks * (plan.groups * tap + group * count) + block * count)
                        upper, lower = inside(rows, row_phase, first, first + wanted)
                        left, right = inside(columns, column_phase, 0, columns.places)
                        runs = (right - left + width - 1) // width
                        for term in range(0, max(1, count), TERMS):
                            for i in range(upper, lower, together):
                                y = (i * rows.spacing + row_phase - rows.trim - top) * columns.made
                                for run in range(runs):
                                    begin = left + (right - left) * run // runs
                                    end = left + (right - left) * (run + 1) // runs
                                    place = y + begin * columns.spacing + column_phase - columns.trim
                                    prefetch(source, to_read, read)
                                    prefetch_to_write(out, to_write, made)
                                    to_read, to_write = to_read + read, to_write + made
                                    accumulate_in_lanes(
                                        weights, weight + term * size, buffer,
                                        corner + (i - first) * rows.pace * across + begin * columns.pace, plan.offsets,
                                        tap + term, min(TERMS, count - term), columns.pace, rows.pace * across,
                                        term == 0, bias, filter, sums, place * size, columns.spacing * size,
                                        rows.spacing * columns.made * size, end - begin, vectors,
                                        min(together, lower - i),
                                    )  # fmt: skip
                    for v in range(0, min(size, plan.filters - block * size), lanes):
                        plane = (image * plan.groups * plan.filters + filter + v) * len(plan.slices) + depth
                        transpose(
                            sums, v, size, (bottom - top) * columns.made, min(lanes, plan.filters - block * size - v),
                            out, (plane * rows.made + top) * columns.made, apart,
                        )  # fmt: skip


@kernel(twin=correlated_numpy)
def correlated_in_lanes(source, g, total, table, start, stop):
    """What `correlated` computes, in a ``total`` of zeros."""
    plan = plan_in(table)
    require_images(plan, source, g, start, stop)
    require(total.size == plan.groups * plan.filters * plan.channels * len(plan.taps))
    rows, columns, across, vectors = plan.rows, plan.columns, plan.across, plan.vectors
    lanes = VECTOR // source.itemsize
    size = block_of(plan, source.itemsize)
    blocks = (plan.filters + size - 1) // size
    taps, apart = len(plan.taps), length_of(plan)
    length = plan.channels * apart
    bands = (rows.places + plan.band - 1) // plan.band
    items = (stop - start) * len(plan.slices) * bands
    # Several images at a time, so that sums are long.
    at_once = max(1, min(items, TERMS // max(1, plan.band * columns.places)))
    buffer = source
    if not plan.bare:
        buffer = np.zeros(at_once * length + across + columns.margin, source.dtype)
    most = at_once * plan.band * columns.places
    upstream, offsets = zeros(blocks * most * size, source), np.zeros(most, np.int64)
    nothing = np.zeros(size, source.dtype)
    together, width = rows_of(vectors), width_of(vectors)
    count = plan.channels * taps
    across_kernel = 1
    while across_kernel < taps and plan.taps[across_kernel, 5] > plan.taps[across_kernel - 1, 5]:
        across_kernel += 1
    # Side by side in a block are the channels of a tap, or where those are few the taps of a row of the kernel.
    if plan.channels >= across_kernel:
        side_by_side, step, spacing, lines, between = plan.channels, apart, taps * size, taps, 1
    else:
        side_by_side, step, spacing = across_kernel, plan.taps[1, 5] - plan.taps[0, 5], size
        lines, between = count // across_kernel, across_kernel
    runs = (side_by_side + width - 1) // width
    size_made = len(plan.slices) * rows.places * columns.places
    runs_on = (stop - start) * size_made > RUN
    # Memory that is asked for in the course of some images: where the next are read.
    parts = len(plan.slices) * bands
    calls = max(1, (most + TERMS - 1) // TERMS * blocks * runs * ((lines + together - 1) // together))
    image_read, image_pulled = plan.channels * plan.depth * rows.size * columns.size, plan.filters * size_made
    read, pulled = at_once * image_read // (parts * calls) + 1, at_once * image_pulled // (parts * calls) + 1
    for group in range(plan.groups):
        sums = zeros(blocks * count * size, source)
        exact, running = np.zeros(sums.size if runs_on else 0), 0
        for begin in range(0, items, at_once):
            image, part = divmod(start * parts + begin + at_once, parts)
            to_read = (image * plan.groups + group) * image_read + image_read * part // parts
            to_pull = (image * plan.groups + group) * image_pulled + image_pulled * part // parts
            places = 0
            for k in range(min(at_once, items - begin)):
                item, band = divmod(begin + k, bands)
                image, depth = divmod(start * len(plan.slices) + item, len(plan.slices))
                first = band * plan.band
                wanted = min(plan.band, rows.places - first)
                channel = (image * plan.groups + group) * plan.channels
                corner = channel * plan.plane + first * rows.pace * across
                if not plan.bare:
                    corner = k * length
                    copy_to_buffer(source, channel, plan.slices[depth], first, wanted, buffer, corner, plan)
                for filter in range(0, plan.filters, lanes):
                    channel = ((image * plan.groups + group) * plan.filters + filter) * len(plan.slices) + depth
                    transpose(
                        g, (channel * rows.places + first) * columns.places, size_made,
                        min(lanes, plan.filters - filter), wanted * columns.places, upstream,
                        (filter // size * most + places) * size + filter % size, size,
                    )  # fmt: skip
                for i in range(wanted):
                    for j in range(columns.places):
                        offsets[places] = corner + i * rows.pace * across + j * columns.pace
                        places += 1
            for place in range(0, places, TERMS):
                for block in range(blocks):
                    for run in range(runs):
                        n = side_by_side * run // runs
                        some = side_by_side * (run + 1) // runs - n
                        for i in range(0, lines, together):
                            rest = min(together, lines - i)
                            tap = i * between
                            prefetch(source, to_read, read)
                            prefetch(g, to_pull, pulled)
                            to_read, to_pull = to_read + read, to_pull + pulled
                            down = plan.offsets[tap + (rest - 1) * between] - plan.offsets[tap]
                            accumulate_in_lanes(
                                upstream, (block * most + place) * size, buffer, n * step + plan.offsets[tap],
                                offsets, place, min(TERMS, places - place), step, down, False, nothing, 0, sums,
                                (block * count + tap) * size + n * spacing, spacing, between * size,
                                some, vectors, rest,
                            )  # fmt: skip
                running += TERMS
                if runs_on and running >= RUN:
                    for i in range(sums.size):
                        exact[i] += sums[i]
                        sums[i] = 0
                    running = 0
        for i in range(exact.size):
            sums[i] += exact[i]
        for filter in range(0, plan.filters, lanes):
            transpose(
                sums, filter // size * count * size + filter % size, size, count, min(lanes, plan.filters - filter),
                total, (group * plan.filters + filter) * count, count,
            )  # fmt: skip
