"""How the direct algorithms of convolution lay out weights and images for their sums, and where the results belong."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import compiled_for, helper, kernel
from ..compiling.memory import flat, scratch
from ..compiling.require import require
from .microkernels.copies import copy_rows, transpose
from .plan import block_of, length_of, plan_in, seen_along


def packed(weight, plan, turned=False):
    """The numbers of ``weight`` in the order in which the kernels read them, for any plan.

    That is, for each phase of the result: [group, block of filters, channel, tap, filter of the block]. It is in memory
    that the next call of this thread overwrites, or that of the weight. turned: whether channels come before filters in
    the weight, as they do for the gradient in the image.
    """
    size = block_of(plan, weight.itemsize)
    if size == 1 and plan.ordered and not (turned and plan.filters > 1 and plan.channels > 1):
        return flat(weight)
    blocks = -(-plan.filters // size)
    out = scratch("packed", weight.dtype, plan.groups * blocks * size * plan.channels * len(plan.taps))
    compiled_for(weight.dtype.char, pack)(flat(weight), out, plan.table, turned)
    return out


def pack_numpy(weight, out, table, turned):
    plan = plan_in(table)
    size, count = block_of(plan, weight.itemsize), len(plan.taps)
    blocks = -(-plan.filters // size)
    ends = (plan.channels, plan.filters) if turned else (plan.filters, plan.channels)
    weight = weight.reshape(plan.groups, *ends, count)
    grown = np.zeros((plan.groups, blocks * size, plan.channels, count), weight.dtype)
    grown[:, : plan.filters] = weight.swapaxes(1, 2) if turned else weight
    for _, _, first, taps in plan.phases:
        part = grown[..., plan.taps[first : first + taps, 0]]
        lines = part.reshape(plan.groups, blocks, size, plan.channels, taps).transpose(0, 1, 3, 4, 2)
        start = first * grown.size // count
        out[start : start + lines.size] = lines.ravel()


@kernel(twin=pack_numpy)
def pack(weight, out, table, turned):
    """Fill ``out`` with the `packed` weight."""
    plan = plan_in(table)
    groups, filters, channels, count = plan.groups, plan.filters, plan.channels, len(plan.taps)
    size = block_of(plan, weight.itemsize)
    blocks = (filters + size - 1) // size
    require(weight.size == groups * filters * channels * count)
    require(out.size >= groups * blocks * size * channels * count)
    # How far apart filters are in the weight, and channels.
    across, down = (count, filters * count) if turned else (channels * count, count)
    for row in range(groups * blocks):
        group, block = divmod(row, blocks)
        kept = min(size, filters - block * size)
        x = group * filters * channels * count + block * size * across
        for _, _, first, taps in plan.phases:
            y = size * channels * (groups * blocks * first + row * taps)
            if kept < size:
                out[y : y + channels * taps * size] = 0
            if plan.ordered and not turned:
                transpose(weight, x, across, kept, channels * count, out, y, size)
                continue
            for channel in range(channels):
                for tap in range(first, first + taps):
                    place = x + channel * down + plan.taps[tap, 0]
                    for filter in range(kept):
                        out[y + filter] = weight[place + filter * across]
                    y += size


@helper
def quotient(a, b):
    """``a // b``, without the slow division where b is 1, as most strides are."""
    return a if b == 1 else a // b


@helper
def copy_to_buffer(source, image, slices, first, rows_wanted, buffer, begin, plan):
    """Copy all channels of a group, the first of which is plane number ``image``, to the buffer, zeros around them.

    Of each channel that is the slices in depth, and of each slice the rows, that a band of the result looks at.
    """
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
    """Which of the places from ``first`` to ``end`` lie inside the result: the first, and one beyond the last."""
    start = max(first, -quotient(phase - along.trim, along.spacing))
    stop = min(end, -quotient(phase - along.trim - along.made, along.spacing))
    return start, stop
