"""What all the direct algorithms of convolution compute, in NumPy."""

from __future__ import annotations

import math

import numpy as np

from .plan import block_of, plan_in


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


def shifted_numpy(source, weights, bias, out, table, start, stop):
    plan = plan_in(table)
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


def correlated_numpy(source, g, total, table, start, stop):
    plan = plan_in(table)
    rows, columns = plan.rows, plan.columns
    images = source.reshape(-1, plan.groups * plan.channels, plan.depth, rows.size, columns.size)[start:stop]
    seen = columns_of(images, plan, 0, len(plan.taps))
    places = math.prod(seen.shape[4:])
    seen = seen.reshape(len(seen), plan.groups, plan.channels * len(plan.taps), places)
    upstream = g.reshape(-1, plan.groups, plan.filters, places)[start:stop]
    total += np.matmul(upstream, seen.mT).sum(axis=0).ravel()
