"""Convolution as shifted sums: one mechanism for all numbers of dimensions, strides, dilations and for the gradients.

The image is copied once, with zeros around it, into rows of one width, one after another. Then the pixels that a tap of
the kernel meets, as the kernel slides, are the same run of memory shifted by an offset, and

    out[o, p] = Σₖ weight[o, k]·buffer[offset[k] + p]        k: channel and tap; p: place, row after row

with no copy for each tap. A stride of s makes s² images of every s-th pixel, so that neighbours stay neighbours.
The gradient in the image is the same sum with the roles swapped: the upstream gradient is the image, and every s-th
pixel of the result has its own taps. That in the weight sums over places instead: Σ_p g[o, p]·buffer[offset[k] + p].
Slices in depth are copied once for each tap that needs them. Here neighbouring places are the lanes of vectors;
`filters_in_lanes` has the same sums with filters there, and `depthwise` for one filter a group.
"""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.machine import VECTOR
from ..compiling.prefetch import prefetch
from ..compiling.require import require
from .microkernels.accumulate import FEW_FILTERS, FILTERS, PLACES, accumulate, accumulate_few
from .microkernels.copies import copy_run
from .microkernels.correlate import BLOCK, CHANNELS, TAPS, correlate
from .packing import copy_to_buffer, inside
from .plan import SCRATCH, length_of, plan_in, require_images, require_weights
from .twins import correlated_numpy, shifted_numpy

# How many terms of a sum are added before the next block of filters has its turn, and how many places the gradient of
# the weight sums over: what the blocks share then stays in the first level of the cache.
TERMS, CHUNK = 288, 1024
# The same for sums of pixels each of another channel, where none is seen by several taps.
FAR_TERMS = 96
# How many blocks of filters such sums go by before more pixels are asked for.
ASKED = 4


@helper
def accumulate_filters(
    weights, w, between, filters, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width
):  # fmt: skip
    """`accumulate` for all blocks that so many filters have a part in, of the last only as much as they need."""
    blocks = (filters + FILTERS - 1 - FEW_FILTERS) // FILTERS
    accumulate(
        weights, w, between, blocks, source, x, offsets, first, count, fresh, bias, b, out, y, stride, width
    )  # fmt: skip
    if blocks * FILTERS < filters:
        accumulate_few(
            weights, w + blocks * between, source, x, offsets, first, count, fresh,
            bias, b + blocks * FILTERS, out, y + blocks * FILTERS * stride, stride, width,
        )  # fmt: skip


@helper
def add_rows(weights, buffer, begin, bias, out, sums, plan, image, group, depth, first, wanted):
    """The sums of a band of rows, straight to where they belong in the result, in which places lie side by side.

    Whole vectors are stored, and what they have beyond the end of a row is overwritten by the next one. Where that
    would be in another plane, and for filters that don't fill a block, it is stored to ``sums`` first. Where the image
    serves as the buffer, which begins at ``begin``, nothing may be read beyond its end: so the last vectors begin
    before the end of those before them.
    """
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = VECTOR // buffer.itemsize
    size, unit = FILTERS, PLACES * lanes
    blocks, count = (plan.filters + size - 1) // size, plan.channels * len(plan.taps)
    deep, area = len(plan.slices), rows.made * columns.made
    lines, width = wanted, columns.places
    if across == width:
        # Rows with nothing between them are one.
        lines, width = 1, wanted * width
    vectors = (width + lanes - 1) // lanes
    runs, terms = (vectors + PLACES - 1) // PLACES, FAR_TERMS if plan.bare else TERMS
    parts = (blocks + ASKED - 1) // ASKED if plan.bare else 1
    for i in range(lines):
        for run in range(runs):
            p, end = vectors * run // runs * lanes, vectors * (run + 1) // runs * lanes
            if plan.bare:
                p, end = p - max(0, end - width), min(end, width)
            place = (first + i) * columns.made + p
            kept = plan.filters // size if place + end - p <= area else 0
            end = min(end, width)
            for term in range(0, max(1, count), terms):
                some = min(terms, count - term)
                for part in range(parts):
                    # First the blocks that go to the result, some at a time, then the one that goes elsewhere.
                    block, end_block = kept * part // parts, kept * (part + 1) // parts
                    if plan.bare:
                        # The pixels of the next run, which lie too far apart for the machine to ask for them itself.
                        for k in range(term + some * part // parts, term + some * (part + 1) // parts):
                            prefetch(buffer, begin + p + unit + k * plan.plane, unit)
                    filter = group * plan.filters + block * size
                    plane = (image * plan.groups * plan.filters + filter) * deep + depth
                    accumulate(
                        weights, ((group * blocks + block) * count + term) * size, count * size, end_block - block,
                        buffer, begin + i * across + p, plan.offsets, term, some, term == 0, bias, filter,
                        out, plane * area + place, deep * area, end - p,
                    )  # fmt: skip
                accumulate_filters(
                    weights, ((group * blocks + kept) * count + term) * size, count * size, plan.filters - kept * size,
                    buffer, begin + i * across + p, plan.offsets, term, some, term == 0,
                    bias, group * plan.filters + kept * size, sums, kept * size * unit, unit, end - p,
                )  # fmt: skip
            for filter in range(kept * size, plan.filters):
                plane = ((image * plan.groups + group) * plan.filters + filter) * deep + depth
                copy_run(sums, filter * unit, 1, out, plane * area + place, 1, end - p)


@kernel(twin=shifted_numpy)
def shifted(source, weights, bias, out, table, start, stop):
    """The sums above for the images from ``start`` to ``stop``, of `packed` weights; all arrays flat.

    Of the bias there is more at the end: a block of filters reads it as a whole.
    """
    plan = plan_in(table)
    require_images(plan, source, out, start, stop)
    require_weights(plan, weights, bias)
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = VECTOR // source.itemsize
    size, unit = FILTERS, PLACES * lanes
    blocks = (plan.filters + size - 1) // size
    length = plan.channels * length_of(plan)
    buffer = source
    if not plan.bare:
        buffer = np.zeros(length + across + columns.margin + unit, source.dtype)
    # Where places of the result lie side by side, only a block of them waits for those before.
    dense = rows.spacing * columns.spacing == 1
    stride = unit if dense else (plan.band * across + unit - 1) // unit * unit
    sums = np.empty(blocks * size * stride, source.dtype)
    for item in range(start * len(plan.slices), stop * len(plan.slices)):
        image, depth = divmod(item, len(plan.slices))
        for first in range(0, rows.places, plan.band):
            wanted = min(plan.band, rows.places - first)
            places = (wanted - 1) * across + columns.places
            for group in range(plan.groups):
                channel = (image * plan.groups + group) * plan.channels
                begin = channel * plan.plane if plan.bare else 0
                if not plan.bare:
                    copy_to_buffer(source, channel, plan.slices[depth], first, wanted, buffer, 0, plan)
                if dense:
                    add_rows(weights, buffer, begin, bias, out, sums, plan, image, group, depth, first, wanted)
                    continue
                for row_phase, column_phase, first_tap, taps in plan.phases:
                    count = plan.channels * taps
                    tap = plan.channels * first_tap
                    weight = size * blocks * (plan.groups * tap + group * count)
                    for p in range(0, places, unit):
                        for term in range(0, max(1, count), TERMS):
                            accumulate_filters(
                                weights, weight + term * size, count * size, plan.filters, buffer, p, plan.offsets,
                                tap + term, min(TERMS, count - term), term == 0, bias, group * plan.filters,
                                sums, p, stride, min(unit, places - p),
                            )  # fmt: skip
                    left, right = inside(columns, column_phase, 0, columns.places)
                    origin = left * columns.spacing + column_phase - columns.trim
                    for filter in range(plan.filters):
                        plane = ((image * plan.groups + group) * plan.filters + filter) * len(plan.slices) + depth
                        for i in range(wanted):
                            row = (first + i) * rows.spacing + row_phase - rows.trim
                            if row < 0 or row >= rows.made:
                                continue
                            x = filter * stride + i * across + left
                            y = (plane * rows.made + row) * columns.made + origin
                            copy_run(sums, x, 1, out, y, columns.spacing, right - left)


@kernel(twin=correlated_numpy)
def correlated(source, g, total, table, start, stop):
    """Add the gradient in the weight, from the images from ``start`` to ``stop``, to ``total``; all arrays flat."""
    plan = plan_in(table)
    require_images(plan, source, g, start, stop)
    require(total.size == plan.groups * plan.filters * plan.channels * len(plan.taps))
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = VECTOR // source.itemsize
    lines = (plan.filters + CHANNELS - 1) // CHANNELS * CHANNELS
    count = plan.channels * len(plan.taps)
    length = plan.channels * length_of(plan)
    stride = (plan.band * across + lanes - 1) // lanes * lanes
    # Several images at a time, so that sums are long.
    bands = (rows.places + plan.band - 1) // plan.band
    items = (stop - start) * len(plan.slices) * bands
    # What few blocks share must stay in the first level of the cache, and about all of it in the second.
    at_once = min(
        16, items, 2 * CHUNK // min(CHUNK, stride), 4 * SCRATCH // source.itemsize // (length + lines * stride)
    )
    at_once = max(1, at_once)
    buffer = np.zeros(at_once * length + across + columns.margin + lanes, source.dtype)
    upstream = np.zeros(at_once * lines * stride, source.dtype)
    block = np.empty(BLOCK, source.dtype)
    for group in range(plan.groups):
        for begin in range(0, items, at_once):
            together = min(at_once, items - begin)
            for k in range(together):
                item, band = divmod(begin + k, bands)
                image, depth = divmod(start * len(plan.slices) + item, len(plan.slices))
                first = band * plan.band
                wanted = min(plan.band, rows.places - first)
                copy_to_buffer(
                    source, (image * plan.groups + group) * plan.channels, plan.slices[depth], first, wanted,
                    buffer, k * length, plan,
                )  # fmt: skip
                for filter in range(plan.filters):
                    plane = ((image * plan.groups + group) * plan.filters + filter) * len(plan.slices) + depth
                    y = (k * lines + filter) * stride
                    for i in range(wanted):
                        x = (plane * rows.places + first + i) * columns.places
                        copy_run(g, x, 1, upstream, y + i * across, 1, columns.places)
                    upstream[y + wanted * across : y + stride] = 0
            for p in range(0, stride, CHUNK):
                vectors = min(CHUNK, stride - p) // lanes
                for filter in range(0, plan.filters, CHANNELS):
                    for tap in range(0, count, TAPS):
                        correlate(
                            upstream, filter * stride + p, stride, lines * stride, buffer, p, length,
                            plan.offsets, tap, together, vectors, block,
                        )  # fmt: skip
                        for r in range(min(CHANNELS, plan.filters - filter)):
                            y = (group * plan.filters + filter + r) * count + tap
                            for k in range(min(TAPS, count - tap)):
                                total[y + k] += block[r * TAPS + k]
