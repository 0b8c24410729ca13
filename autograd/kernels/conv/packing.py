"""How the direct algorithms of convolution lay out weights and images for their sums, and where the results belong."""

from __future__ import annotations

import numpy as np

from ..compiling.jit import helper, kernel
from ..compiling.memory import flat, scratch
from ..compiling.require import require
from .microkernels.copies import copy_rows, transpose
from .plan import block_of, length_of, seen_along


def packed(weight, plan):
    """``weight`` (groups, filters, channels, taps) in the order in which the kernels read it, for any plan.

    That is, for each phase of the result: [group, block of filters, channel, tap, filter of the block]. It is in memory
    that the next call of this thread overwrites, or that of the weight.
    """
    groups, filters, channels, count = weight.shape
    size = block_of(plan, weight.itemsize)
    if size == 1 and plan.ordered:
        return flat(weight)
    blocks = -(-filters // size)
    out = scratch("packed", weight.dtype, groups * blocks * size * channels * count)
    if plan.ordered and weight.size and weight.flags.c_contiguous and weight.dtype.char in "fd":
        pack(flat(weight), out, filters, channels * count, size)
        return out
    if blocks * size > filters:
        grown = np.zeros((groups, blocks * size, channels, count), weight.dtype)
        grown[:, :filters] = weight
        weight = grown
    for _, _, first, taps in plan.phases:
        part = weight if plan.ordered else weight[..., plan.taps[first : first + taps, 0]]
        lines = part.reshape(groups, blocks, size, channels, taps).transpose(0, 1, 3, 4, 2)
        start = first * weight.size // count
        out[start : start + lines.size].reshape(lines.shape)[...] = lines
    return out


def pack_numpy(weight, out, filters, count, size):
    blocks = -(-filters // size)
    lines = weight.reshape(-1, filters, count)
    grown = np.zeros((len(lines), blocks * size, count), weight.dtype)
    grown[:, :filters] = lines
    made = grown.reshape(len(lines), blocks, size, count).swapaxes(2, 3).ravel()
    out[: made.size] = made


@kernel(twin=pack_numpy)
def pack(weight, out, filters, count, size):
    """``weight`` [group, filter, number] as [group, block, number, filter of the block], in blocks of ``size``."""
    require(min(filters, count, size) > 0 and weight.size % (filters * count) == 0)
    blocks = (filters + size - 1) // size
    groups = weight.size // (filters * count)
    require(out.size >= groups * blocks * size * count)
    for row in range(groups * blocks):
        group, block = divmod(row, blocks)
        kept = min(size, filters - block * size)
        y = row * count * size
        if kept < size:
            out[y : y + count * size] = 0
        transpose(weight, (group * filters + block * size) * count, count, kept, count, out, y, size)


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
