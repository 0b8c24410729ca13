"""Convolution as shifted sums: one mechanism for all numbers of dimensions, strides, dilations and for the gradients.

The image is copied once, with zeros around it, into rows of one width, one after another. Then the pixels that a tap of
the kernel meets, as the kernel slides, are the same run of memory shifted by an offset, and

    out[o, p] = Σₖ weight[o, k]·buffer[offset[k] + p]        k: channel and tap; p: place, row after row

with no copy for each tap. A stride of s makes s² images of every s-th pixel, so that neighbours stay neighbours.
The gradient in the image is the same sum with the roles swapped: the upstream gradient is the image, and every s-th
pixel of the result has its own taps. That in the weight sums over places instead: Σ_p g[o, p]·buffer[offset[k] + p].
Slices in depth are copied once for each tap that needs them. Here places lie side by side in vectors; with the same
plan, `abreast` has the same sums for filters side by side, and `alone` for one filter a group.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.memory import scratch
from .microkernels import (
    BLOCK,
    CHANNELS,
    FILTERS,
    PLACES,
    SINGLE_TAPS,
    TAPS,
    accumulate,
    copy_rows,
    copy_run,
    correlate,
)

# What the copies of a piece of the work may take in memory: less than the second level of the cache.
SCRATCH = 1 << 19
# The same for one channel that one filter looks at: it then stays in the first level.
NEAR = 1 << 15
# How many terms of a sum are added before the next block of filters has its turn, and how many places the gradient of
# the weight sums over: what the blocks share then stays in the first level of the cache.
TERMS, CHUNK = 288, 1024


class Along(NamedTuple):
    """What happens along the height or the width.

    Pixel i of the buffer of phase f is pixel ``i·step + f - lead`` of the source, or 0 outside of it. The result is
    computed at ``places`` places, which are ``pace`` pixels of the buffer apart and reach ``margin`` further; place i
    of phase f is pixel ``i·spacing + f - trim``.
    """

    size: int
    step: int
    lead: int
    places: int
    pace: int
    margin: int
    made: int
    spacing: int
    trim: int


class Plan(NamedTuple):
    """All that depends on the geometry, not on the numbers.

    groups, channels, filters: the latter two of a group. vectors: how many of filters in a block of those that lie side
    by side in lanes, or 0 where places do. depth: of the source. slices[d, t]: which slice in depth tap t meets at
    depth d, -1 for none. across: the width of a row in the buffer. band: how many rows are worked on at once. plane:
    what a phase of their pixels takes in the buffer. bare: whether the source itself is the buffer.
    row_phases, column_phases: which phases of the source are looked at. phases: of the result, each with its first tap
    and how many it has. taps: of each, its place in the weight, in depth, the phases it looks at, and how far it looks.
    offsets: where it looks in the buffer, for each channel; padded for blocks.
    """

    groups: int
    channels: int
    filters: int
    vectors: int
    depth: int
    slices: Any
    rows: Along
    columns: Along
    across: int
    band: int
    plane: int
    bare: bool
    row_phases: Any
    column_phases: Any
    phases: Any
    taps: Any
    offsets: Any


def forward_along(size, made, k, stride, padding, dilation, dense):
    """One dimension of a convolution: what happens along it, and for each tap (phase of result, phase, shift).

    dense: whether what neighbouring places meet must lie side by side.
    """
    step, pace = (stride, 1) if dense else (1, stride)
    taps = [(0, *divmod(i * dilation, step)[::-1]) for i in range(k)]
    margin = max(shift for _, _, shift in taps)
    return Along(size, step, padding, made, pace, margin, made, 1, 0), taps


def adjoint_along(size, made, k, stride, padding, dilation, dense):
    """The same of the gradient in the image: ``size`` is that of the upstream gradient, ``made`` the image's."""
    margin = (k - 1) * dilation // stride
    taps = [(i * dilation % stride, 0, margin - i * dilation // stride) for i in range(k)]
    first = padding // stride
    count = (made - 1 + padding) // stride + 1 - first
    return Along(size, 1, margin - first, count, 1, margin, made, stride, padding % stride), taps


def slices_of(size, made, k, stride, padding, dilation, adjoint):
    """Which slice each tap meets at each place, -1 for none."""
    place, tap = np.arange(made)[:, None], np.arange(k)[None] * dilation
    if adjoint:
        found = place + padding - tap
        met, inside = found // stride, found % stride == 0
    else:
        met, inside = place * stride + tap - padding, True
    return np.where(inside & (met >= 0) & (met < size), met, -1).astype(np.int64)


@helper
def quotient(a, b):
    """``a // b``, soon where b is 1, as it is for most strides."""
    return a if b == 1 else a // b


@helper
def seen_along(along, places):
    """How many pixels of the buffer so many places meet."""
    return (places - 1) * along.pace + 1 + along.margin


def row_width(columns, phases):
    """The least width of a row in the buffer such that no tap that leaves it on the right meets anything but zeros.

    The zeros on the left of the next row serve as those on the right of this one.
    """
    reach = seen_along(columns, columns.places)
    leading = [max(0, -((f - columns.lead) // columns.step)) for f in phases]
    filled = [min(reach, -((f - columns.lead - columns.size) // columns.step)) for f in phases]
    return max(columns.places, max(filled), reach - min(leading))


def vectors_of(filters, itemsize):
    """How many vectors of filters a block has, or 0 where places had better be in the lanes.

    Measured: filters are faster even where a quarter of the lanes have none, by up to a half at strides and short rows,
    and in the gradient of the weight always. Two vectors share the pixels that they are multiplied by, unless half of
    a block were empty.
    """
    lanes = 64 // itemsize
    vectors = -(-filters // lanes)
    if 4 * filters < 3 * vectors * lanes:
        return 0
    return 2 - vectors % 2


def is_bare(rows, columns, channels, itemsize):
    """Whether what the places meet is in the image, side by side, and may stay there.

    Not where an image takes much of the cache, or channels share lines of it: then a copy is quicker to look at.
    """
    along = (
        each.step == 1 and each.lead == 0 and seen_along(each, each.places) <= each.size for each in (rows, columns)
    )
    size = rows.size * columns.size * itemsize
    return all(along) and channels * size <= SCRATCH and size % 512 > 0


@functools.lru_cache(maxsize=1024)
def plan_of(sizes, made, kernel_sizes, stride, padding, dilation, groups, channels, filters, itemsize, adjoint):
    """The `Plan` that makes ``made`` (depth, height, width) of ``sizes``."""
    along = adjoint_along if adjoint else forward_along
    geometry = list(zip(sizes, made, kernel_sizes, stride, padding, dilation))
    slices = slices_of(*geometry[0], adjoint)
    vectors = vectors_of(filters, itemsize)
    (rows, row_taps), (columns, column_taps) = (along(*each, not vectors or each[2] == 1) for each in geometry[1:])
    row_phases, column_phases = (sorted({f for _, f, _ in taps}) for taps in (row_taps, column_taps))
    images = kernel_sizes[0] * len(row_phases) * len(column_phases)
    across = row_width(columns, column_phases)
    if vectors:
        line, least = vectors * 64 // itemsize * rows.spacing * columns.made, 1
    else:
        line = across * (filters if filters == 1 else -(-filters // FILTERS) * FILTERS)
        least = -(-PLACES * 64 // itemsize // across)
    budget = (NEAR if filters == channels == 1 else SCRATCH) // itemsize - channels * images * seen_along(
        rows, 0
    ) * across
    most = max(budget // (channels * images * rows.pace * across + line), least, 1)
    band = -(-rows.places // -(-rows.places // most)) if rows.places else 1
    bare = vectors > 0 and sizes[0] == slices.size == 1 and is_bare(rows, columns, channels, itemsize)
    if bare:
        across = columns.size
    # Rows are copied in whole vectors, so the last one may reach a vector further.
    plane = rows.size * columns.size if bare else seen_along(rows, band) * across + 64 // itemsize
    taps, phases = [], []
    down_then = list(enumerate(row_taps))
    if filters == 1:
        # Of the gradient in the image too, the taps of a column look ever further.
        down_then.sort(key=lambda tap: tap[1][2])
    for row_phase in range(rows.spacing):
        for column_phase in range(columns.spacing):
            first = len(taps)
            for t in range(kernel_sizes[0]):
                for i, (r, row_f, down) in down_then:
                    for j, (q, column_f, right) in enumerate(column_taps):
                        if (r, q) == (row_phase, column_phase):
                            place = (t * kernel_sizes[1] + i) * kernel_sizes[2] + j
                            taps.append((place, t, row_f, column_f, down, right))
            phases.append((row_phase, column_phase, first, len(taps) - first))
    offsets = []
    for _, _, first, count in phases:
        for channel in range(channels):
            for _, t, row_f, column_f, down, right in taps[first : first + count]:
                image = (t * len(row_phases) + row_phases.index(row_f)) * len(column_phases)
                image += column_phases.index(column_f)
                offsets.append((channel * images + image) * plane + down * across + right)
    offsets += offsets[-1:] * (max(TAPS, SINGLE_TAPS) - 1)
    table = lambda lines: np.array(lines, np.int64)
    return Plan(
        groups, channels, filters, vectors, sizes[0], slices, rows, columns, across, band, plane, bare,
        table(row_phases), table(column_phases), table(phases), table(taps), table(offsets),
    )  # fmt: skip


@helper
def block_of(plan, itemsize):
    """How many filters are worked on at once."""
    if plan.vectors:
        return plan.vectors * (64 // itemsize)
    return 1 if plan.filters == 1 else FILTERS


def packed(weight, plan):
    """``weight`` (groups, filters, channels, taps) as `shifted` and `shifted_abreast` read it.

    A phase after another, in each the groups, blocks of filters, channels and taps, and the filters of the block. In
    memory that the next call of this thread overwrites.
    """
    groups, filters, channels, count = weight.shape
    size = block_of(plan, weight.itemsize)
    blocks = -(-filters // size)
    if blocks * size > filters:
        grown = np.zeros((groups, blocks * size, channels, count), weight.dtype)
        grown[:, :filters] = weight
        weight = grown
    out = scratch("packed", weight.dtype, weight.size)
    for _, _, first, taps in plan.phases:
        part = weight if taps == count and plan.filters > 1 else weight[..., plan.taps[first : first + taps, 0]]
        lines = part.reshape(groups, blocks, size, channels, taps).transpose(0, 1, 3, 4, 2)
        start = first * weight.size // count
        out[start : start + lines.size].reshape(lines.shape)[...] = lines
    return out


def columns_of(images, plan, first, count):
    """What ``count`` taps from ``first`` on meet: (N, groups, channels, taps, depth, rows, columns)."""
    rows, columns = plan.rows, plan.columns
    n = len(images)
    shape = (n, plan.groups, plan.channels, count, len(plan.slices), rows.places, columns.places)
    found = np.empty(shape, images.dtype)
    images = images.reshape(n, plan.groups, plan.channels, *images.shape[2:])
    for tap in range(count):
        _, t, row_f, column_f, down, right = plan.taps[first + tap]
        down = (np.arange(rows.places) * rows.pace + down) * rows.step + row_f - rows.lead
        right = (np.arange(columns.places) * columns.pace + right) * columns.step + column_f - columns.lead
        seen = taken(taken(taken(images, 3, plan.slices[:, t]), 4, down), 5, right)
        found[:, :, :, tap] = seen
    return found


def taken(x, axis, places):
    """``x`` at these places of an axis, 0 where there is none."""
    inside = (places >= 0) & (places < x.shape[axis])
    found = np.zeros((*x.shape[:axis], len(places), *x.shape[axis + 1 :]), x.dtype)
    before = (slice(None),) * axis
    found[(*before, inside)] = x[(*before, places[inside])]
    return found


def shifted_numpy(source, weights, bias, out, plan, start, stop):
    rows, columns, made = plan.rows, plan.columns, len(plan.slices)
    images = source.reshape(-1, plan.groups * plan.channels, plan.depth, rows.size, columns.size)[start:stop]
    result = out.reshape(-1, plan.groups, plan.filters, made, rows.made, columns.made)[start:stop]
    for row_phase, column_phase, first, taps in plan.phases:
        seen = columns_of(images, plan, first, taps)
        size = block_of(plan, source.itemsize)
        blocks, count = -(-plan.filters // size), plan.channels * taps
        begin = first * plan.groups * blocks * size * plan.channels
        lines = weights[begin : begin + plan.groups * blocks * count * size].reshape(plan.groups, blocks, count, size)
        lines = lines.mT.reshape(plan.groups, blocks * size, count)[:, : plan.filters]
        sums = np.matmul(lines, seen.reshape(len(seen), plan.groups, count, math.prod(seen.shape[4:])))
        sums = sums.reshape(*sums.shape[:3], *seen.shape[4:]) + bias[: plan.groups * plan.filters].reshape(
            plan.groups, plan.filters, 1, 1, 1
        )
        down = np.arange(rows.places) * rows.spacing + row_phase - rows.trim
        right = np.arange(columns.places) * columns.spacing + column_phase - columns.trim
        down_inside, right_inside = (down >= 0) & (down < rows.made), (right >= 0) & (right < columns.made)
        target = result[..., down[down_inside], :]
        target[..., right[right_inside]] = sums[..., down_inside, :][..., right_inside]
        result[..., down[down_inside], :] = target


@helper
def length_of(plan):
    """What a channel takes in the buffer."""
    return len(plan.row_phases) * len(plan.column_phases) * plan.slices.shape[1] * plan.plane


@helper
def spread(source, image, slices, first, rows_wanted, buffer, begin, plan):
    """Copy the channels from ``image`` on to the buffer, with the slices in depth and the rows that a band looks at."""
    rows, columns, across = plan.rows, plan.columns, plan.across
    size, apart = rows.size * columns.size, length_of(plan)
    looked_at = seen_along(rows, rows_wanted)
    for t in range(len(slices)):
        for row_phase in plan.row_phases:
            row = first * rows.pace * rows.step + row_phase - rows.lead
            above = min(looked_at, max(0, -quotient(row, rows.step)))
            below = max(above, min(looked_at, -quotient(row - rows.size, rows.step)))
            if slices[t] < 0:
                above = below = 0
            for phase in plan.column_phases:
                left = max(0, -quotient(phase - columns.lead, columns.step))
                right = min(across, -quotient(phase - columns.lead - columns.size, columns.step))
                count, width = below - above, right - left
                # Rows with no zeros between them are one.
                if width == across and width == columns.size and rows.step == 1:
                    count, width = min(count, 1), count * width
                corner = (row + above * rows.step) * columns.size + left * columns.step + phase - columns.lead
                for channel in range(plan.channels):
                    line = begin + channel * apart
                    buffer[line : line + above * across] = 0
                    copy_rows(
                        source, ((image + channel) * plan.depth + slices[t]) * size + corner,
                        rows.step * columns.size, columns.step,
                        buffer, line + above * across + left, across, count, width,
                    )  # fmt: skip
                    buffer[line + below * across : line + looked_at * across] = 0
                begin += plan.plane


@helper
def inside(along, phase, first, end):
    """Which of the places from ``first`` to ``end`` are pixels of the result: from where to where."""
    start = max(first, -quotient(phase - along.trim, along.spacing))
    stop = min(end, -quotient(phase - along.trim - along.made, along.spacing))
    return start, stop


@kernel(twin=shifted_numpy)
def shifted(source, weights, bias, out, plan, start, stop):
    """The sums above for the images from ``start`` to ``stop``, of `packed` weights; all arrays flat.

    Of the bias there is more at the end: a block of filters reads it as a whole.
    """
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = 64 // source.itemsize
    size, unit = FILTERS, PLACES * lanes
    blocks = (plan.filters + size - 1) // size
    length = plan.channels * length_of(plan)
    buffer = np.zeros(length + across + columns.margin + unit, source.dtype)
    stride = (plan.band * across + unit - 1) // unit * unit
    sums = np.empty(blocks * size * stride, source.dtype)
    for item in range(start * len(plan.slices), stop * len(plan.slices)):
        image, depth = divmod(item, len(plan.slices))
        for first in range(0, rows.places, plan.band):
            wanted = min(plan.band, rows.places - first)
            places = (wanted - 1) * across + columns.places
            for group in range(plan.groups):
                spread(
                    source, (image * plan.groups + group) * plan.channels, plan.slices[depth], first, wanted,
                    buffer, 0, plan,
                )  # fmt: skip
                for row_phase, column_phase, first_tap, taps in plan.phases:
                    count = plan.channels * taps
                    tap = plan.channels * first_tap
                    weight = size * blocks * (plan.groups * tap + group * count)
                    for p in range(0, places, unit):
                        for term in range(0, max(1, count), TERMS):
                            for block in range(blocks):
                                accumulate(
                                    weights, weight + (block * count + term) * size, buffer, p, plan.offsets,
                                    tap + term, min(TERMS, count - term), term == 0, bias,
                                    group * plan.filters + block * size, sums, block * size * stride + p, stride,
                                    min(unit, places - p),
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


def correlated_numpy(source, g, total, plan, start, stop):
    rows, columns = plan.rows, plan.columns
    images = source.reshape(-1, plan.groups * plan.channels, plan.depth, rows.size, columns.size)[start:stop]
    seen = columns_of(images, plan, 0, len(plan.taps))
    places = math.prod(seen.shape[4:])
    seen = seen.reshape(len(seen), plan.groups, plan.channels * len(plan.taps), places)
    upstream = g.reshape(-1, plan.groups, plan.filters, places)[start:stop]
    total += np.matmul(upstream, seen.mT).sum(axis=0).ravel()


@kernel(twin=correlated_numpy)
def correlated(source, g, total, plan, start, stop):
    """Add the gradient in the weight, from the images from ``start`` to ``stop``, to ``total``; all arrays flat."""
    rows, columns, across = plan.rows, plan.columns, plan.across
    lanes = 64 // source.itemsize
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
                spread(
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
