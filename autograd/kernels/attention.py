"""Attention by blocks of queries: the weights of a block are computed, used and forgotten (Dao et al., 2022).

What is kept of a query's weights is the logarithm of the sum of exponentials that they were divided by: from it the way
back computes them anew. Where there are few, the exponentials are kept, and the sums.

Keys and values of a head are laid out once for all of its queries, whose products with them add up in registers.

Arrays (batch, heads, rows, columns) are read and written where they lie. To the kernels they are flat, with steps: how
far apart the first elements of batches, of heads and of rows are. A mask has one more, for the elements of a row; where
it is the same for all of something, that step is 0.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .compiling.jit import helper, kernel
from .compiling.machine import VECTOR
from .compiling.require import require, require_range
from .compiling.threads import divided
from .products.laid_out import lay_out_part, multiply_part, room_at_line, room_for
from .whole_vectors import find_largest, raise_differences

# How many queries are a block. Where none sees the keys after it, smaller blocks compute fewer weights in vain.
QUERIES, FEWEST = 96, 24
# The most weights that are computed at once, if that leaves a few queries a block.
MOST, FEW = 1 << 17, 12
# Up to so many exponentials are kept in all.
KEPT = 1 << 20
# The way back goes through as many keys at a time, so that what it computes of them stays in the cache. A whole number
# of vectors, as keys are laid out.
KEYS = 256
# Of so few queries a head of keys those are read where they lie: to lay them out would take longer.
READ = 2
# How many numbers of the smallest dtype are a vector.
LANES = VECTOR // 4


class Sizes(NamedTuple):
    """How much of everything there is.

    heads: those of the queries, of which each ``group`` shares keys and values. queries: how many are a block, of
    ``length`` in all; so ``keys`` of ``seen``. features: those of queries and keys; values: those of values.
    """

    heads: int
    group: int
    length: int
    seen: int
    features: int
    values: int
    queries: int
    keys: int


@helper
def pitch_of(keys):
    """How far apart rows of so many scores begin: a number of whole vectors."""
    return -(-keys // LANES) * LANES


@helper
def place_of(x, steps, batch, head, first, rows, columns):
    """Where some rows of a head begin."""
    at = batch * steps[0] + head * steps[1] + first * steps[2]
    require(min(steps) >= 0 and min(batch, head, first, rows, columns) >= 0 and steps[2] >= columns)
    require(at >= 0 and at + max(rows - 1, 0) * steps[2] + columns <= x.size)
    return at


@helper
def visible_of(query, begin, count, causal):
    """How many of ``count`` keys from ``begin`` on a query sees."""
    return min(max(query + 1 - begin, 0), count) if causal else count


@helper
def read_keys(scaled, rows, k, at, step, features, count, scores, to, pitch):
    """``scores = scaled @ kᵀ`` of a few queries for ``count`` keys from ``at`` on."""
    for i in range(rows):
        query = scaled[i * features : (i + 1) * features]
        for j in range(count):
            key, total = k[at + j * step : at + j * step + features], scores.dtype.type(0)
            for c in range(features):
                total += query[c] * key[c]
            scores[to + i * pitch + j] = total


@helper
def read_values(p, at, pitch, rows, count, v, of_v, v_step, out, to, step, values):
    """``out = p @ v`` of a few rows of ``p`` for ``count`` values from ``of_v`` on."""
    for i in range(rows):
        made = out[to + i * step : to + i * step + values]
        made[:] = 0
        for j in range(count):
            part, value = p[at + i * pitch + j], v[of_v + j * v_step : of_v + j * v_step + values]
            for c in range(values):
                made[c] += part * value[c]


@helper
def score(scaled, across, sizes, rows, begin, count, scores, at, pitch):
    """``scores = scaled @ kᵀ`` of some queries for ``count`` keys from ``begin`` on, which lie ``across`` as columns.

    Rows of scores are ``pitch`` apart and begin with ``at``.
    """
    lanes, features = VECTOR // scores.itemsize, sizes.features
    multiply_part(
        scaled, 0, features, 1, across, begin * features, lanes * features, features, scores, at, pitch, True, rows,
        -(-count // lanes) * lanes,
    )  # fmt: skip


@helper
def add_mask(mask, steps, batch, head, first, rows, begin, count, causal, scores, at, pitch):
    """Add a mask, if there is one, to what `score` computes, for the keys that queries from ``first`` on see."""
    if mask.size == 0:
        return
    for i in range(rows):
        to = at + i * pitch
        line = scores[to : to + visible_of(first + i, begin, count, causal)]
        place = batch * steps[0] + head * steps[1] + (first + i) * steps[2]
        if steps[3]:
            added = mask[place + begin : place + begin + line.size]
            for j in range(line.size):
                line[j] += added[j]
        else:
            for j in range(line.size):
                line[j] += mask[place]


@helper
def multiply(x, at, step, factor, made, columns):
    """Rows of ``x`` from ``at`` on, ``step`` apart, times ``factor``, for as many of ``columns`` as fill ``made``."""
    for i in range(made.size // columns):
        some, row = x[at + i * step : at + i * step + columns], made[i * columns : (i + 1) * columns]
        for c in range(columns):
            row[c] = some[c] * factor


@helper
def require_heads(sums, powers, mask, mask_steps, sizes, start, stop):
    """Raise `Misfit` unless there are as many heads, and powers and a mask, if there are any, for all of them."""
    require(sizes.heads > 0 and sizes.group > 0 and sizes.heads % sizes.group == 0 and sizes.queries > 0)
    require(sizes.keys > 0 and min(sizes.length, sizes.seen, sizes.features, sizes.values) > 0)
    require(sums.shape[0] % sizes.heads == 0 and sums.shape[1] == sizes.length)
    require(powers.size == 0 or powers.size == sums.size * pitch_of(sizes.seen))
    require(sizes.keys % (VECTOR // powers.itemsize) == 0)
    require_range(start, stop, sums.shape[0] // sizes.group)
    last = (sums.shape[0] // sizes.heads - 1) * mask_steps[0] + (sizes.heads - 1) * mask_steps[1]
    last += (sizes.length - 1) * mask_steps[2] + (sizes.seen - 1) * mask_steps[3]
    require(min(mask_steps) >= 0 and mask_steps[3] <= 1 and (mask.size == 0 or sums.size == 0 or last < mask.size))


@helper
def kept_at(powers, sizes, row, first):
    """Where the exponentials of a block of queries begin that are kept."""
    return (row * sizes.length + first) * pitch_of(sizes.seen)


def blocks(sizes: Sizes, start: int, stop: int, causal: bool) -> Iterator[tuple[int, int, int, slice, slice]]:
    """For each block of queries its batch, head, head of keys, the queries, and the keys that they may see."""
    for unit in range(start, stop):
        batch, shared = divmod(unit, sizes.heads // sizes.group)
        for head in range(shared * sizes.group, (shared + 1) * sizes.group):
            for first in range(0, sizes.length, sizes.queries):
                last = min(first + sizes.queries, sizes.length)
                yield batch, head, shared, slice(first, last), slice(min(sizes.seen, last) if causal else sizes.seen)


def kept_of(powers, sizes, row, queries, keys):
    """The exponentials that are kept of some queries and keys, as a matrix."""
    return powers.reshape(-1, sizes.length, pitch_of(sizes.seen))[row, queries, keys]


def viewed(x, steps, batches, heads, rows, columns):
    """The array (batches, heads, rows, columns) that a flat one was."""
    steps = (*steps[:3], 1) if len(steps) == 3 else steps
    return np.lib.stride_tricks.as_strided(x, (batches, heads, rows, columns), [step * x.itemsize for step in steps])


def views(q, k, v, mask, steps, sizes, batches):
    """Queries, keys, values and mask as arrays of four dimensions; None where there is no mask."""
    fewer = sizes.heads // sizes.group
    return (
        viewed(q, steps[0][:3], batches, sizes.heads, sizes.length, sizes.features),
        viewed(k, steps[1][:3], batches, fewer, sizes.seen, sizes.features),
        viewed(v, steps[2][:3], batches, fewer, sizes.seen, sizes.values),
        viewed(mask, steps[3], batches, sizes.heads, sizes.length, sizes.seen) if mask.size else None,
    )


def score_numpy(q, k, mask, queries, scale, causal):
    scores = (q * scale) @ k.T
    if mask is not None:
        scores += mask
    if causal:
        scores[np.arange(queries.start, queries.stop)[:, None] < np.arange(len(k))] = -np.inf
    return scores


def attend_numpy(q, k, v, mask, out, sums, powers, steps, sizes, scale, causal, start, stop):
    batches = len(sums) // sizes.heads
    q, k, v, mask = views(q, k, v, mask, steps, sizes, batches)
    made = viewed(out, steps[4][:3], batches, sizes.heads, sizes.length, sizes.values)
    for batch, head, shared, some, keys in blocks(sizes, start, stop, causal):
        added = None if mask is None else mask[batch, head, some, keys]
        scores = score_numpy(q[batch, head, some], k[batch, shared, keys], added, some, scale, causal)
        top = scores.max(axis=1, keepdims=True)
        p = np.exp(scores - np.where(top == -np.inf, 0, top))
        total = p.sum(axis=1, keepdims=True)
        made[batch, head, some] = p @ v[batch, shared, keys] / np.where(total == 0, 1, total)
        row = batch * sizes.heads + head
        if powers.size:
            sums[row, some] = total[:, 0]
            kept_of(powers, sizes, row, some, keys)[...] = p
        else:
            with np.errstate(divide="ignore"):
                sums[row, some] = np.where(total == 0, np.inf, top + np.log(total))[:, 0]


@kernel(twin=attend_numpy)
def attend(q, k, v, mask, out, sums, powers, steps, sizes, scale, causal, start, stop):
    """``out = softmax(scale·q @ kᵀ + mask) @ v`` for some heads of keys; a query that sees nothing gets 0.

    steps: of q, k, v, mask and out. causal: query i sees no key after the i-th. powers: room for the exponentials of
    all scores, each minus the largest of its query; or no room. sums: of them for each head and query; where they
    aren't kept, the logarithms of the sums of ``e^score``, infinite where nothing is seen.
    """
    require_heads(sums, powers, mask, steps[3], sizes, start, stop)
    number, lanes = q.dtype.type, VECTOR // q.itemsize
    shared_heads, pitch = sizes.heads // sizes.group, pitch_of(sizes.seen)
    few = sizes.length * sizes.group <= READ
    k_across = room_at_line(0 if few else room_for(sizes.features, sizes.seen, q.itemsize), q)
    v_down = room_at_line(0 if few else room_for(sizes.seen, sizes.values, q.itemsize), q)
    all_p = powers if powers.size else room_at_line(sizes.queries * pitch, q)
    scaled = room_at_line(sizes.queries * sizes.features, q)
    top, totals = np.empty(1, q.dtype), np.empty(1, np.float64)
    q_steps, k_steps, v_steps, mask_steps, out_steps = steps[0][:3], steps[1][:3], steps[2][:3], steps[3], steps[4][:3]
    for task in range((stop - start) * sizes.group):
        unit = start + task // sizes.group
        batch, shared = unit // shared_heads, unit % shared_heads
        head = shared * sizes.group + task % sizes.group
        row = batch * sizes.heads + head
        of_k = place_of(k, k_steps, batch, shared, 0, sizes.seen, sizes.features)
        of_v = place_of(v, v_steps, batch, shared, 0, sizes.seen, sizes.values)
        if task % sizes.group == 0 and not few:
            lay_out_part(k, of_k, 1, k_steps[2], sizes.features, sizes.seen, k_across)
            lay_out_part(v, of_v, v_steps[2], 1, sizes.seen, sizes.values, v_down)
        for first in range(0, sizes.length, sizes.queries):
            rows = min(sizes.queries, sizes.length - first)
            count = min(sizes.seen, first + rows) if causal else sizes.seen
            wide = -(-count // lanes) * lanes
            at = kept_at(powers, sizes, row, first) if powers.size else 0
            of_q = place_of(q, q_steps, batch, head, first, rows, sizes.features)
            multiply(q, of_q, q_steps[2], scale, scaled[: rows * sizes.features], sizes.features)
            if few:
                read_keys(scaled, rows, k, of_k, k_steps[2], sizes.features, count, all_p, at, pitch)
            else:
                score(scaled, k_across, sizes, rows, 0, count, all_p, at, pitch)
            add_mask(mask, mask_steps, batch, head, first, rows, 0, count, causal, all_p, at, pitch)
            of_out = place_of(out, out_steps, batch, head, first, rows, sizes.values)
            some_sums, parts = sums[row, first : first + rows], scaled[:rows]
            for i in range(rows):
                line, visible = at + i * pitch, visible_of(first + i, 0, count, causal)
                find_largest(all_p, line, visible, top)
                if top[0] == -np.inf:
                    top[0] = 0
                raise_differences(all_p, line, visible, top, all_p, line, totals, 0, 0)
                all_p[line + visible : line + wide] = 0
                total = totals[0]
                parts[i] = number(1 / total) if total != 0 else number(0)
                if powers.size:
                    some_sums[i] = total
                else:
                    some_sums[i] = top[0] + number(np.log(total)) if total != 0 else number(np.inf)
            if few:
                read_values(all_p, at, pitch, rows, count, v, of_v, v_steps[2], out, of_out, out_steps[2], sizes.values)
            else:
                multiply_part(
                    all_p, at, pitch, 1, v_down, 0, sizes.seen * lanes, count, out, of_out, out_steps[2], True, rows,
                    sizes.values,
                )  # fmt: skip
            for i in range(rows):
                made, part = out[of_out + i * out_steps[2] : of_out + i * out_steps[2] + sizes.values], parts[i]
                for c in range(sizes.values):
                    made[c] *= part


def attend_backward_numpy(
    g, q, k, v, mask, out, sums, powers, dq, dk, dv, dmask, steps, sizes, scale, causal, start, stop
):  # fmt: skip
    batches = len(sums) // sizes.heads
    q, k, v, mask = views(q, k, v, mask, steps, sizes, batches)
    shape = (batches, sizes.heads, sizes.length, sizes.values)
    out, g = (viewed(x, by[:3], *shape) for x, by in ((out, steps[4]), (g, steps[5])))
    made = steps[6], steps[7], steps[8], steps[3]
    dq, dk, dv, dmask = (
        one if x.size else None for x, one in zip((dq, dk, dv, dmask), views(dq, dk, dv, dmask, made, sizes, batches))
    )
    for batch, head, shared, some, keys in blocks(sizes, start, stop, causal):
        row = batch * sizes.heads + head
        total = sums[row, some, None]
        if powers.size:
            p = kept_of(powers, sizes, row, some, keys) / np.where(total == 0, 1, total)
        else:
            added = None if mask is None else mask[batch, head, some, keys]
            p = np.exp(score_numpy(q[batch, head, some], k[batch, shared, keys], added, some, scale, causal) - total)
        up = g[batch, head, some]
        share = (up * out[batch, head, some]).sum(axis=1, keepdims=True)
        slope = p * (up @ v[batch, shared, keys].T - share)
        if some.start == 0 and head % sizes.group == 0:
            for made in (dk, dv):
                if made is not None:
                    made[batch, shared] = 0
        if dv is not None:
            dv[batch, shared, keys] += p.T @ up
        if dk is not None:
            dk[batch, shared, keys] += slope.T @ q[batch, head, some] * scale
        if dq is not None:
            dq[batch, head, some] = slope @ k[batch, shared, keys] * scale
        if dmask is not None:
            np.add.at(dmask[batch, head], (some, keys), slope)


@kernel(twin=attend_backward_numpy)
def attend_backward(
    g, q, k, v, mask, out, sums, powers, dq, dk, dv, dmask, steps, sizes, scale, causal, start, stop
):  # fmt: skip
    """The gradients of queries, keys, values and mask for some heads of keys; none where there is no array for it.

    That of the mask is added to what is there. steps: of q, k, v, mask, out, g, dq, dk and dv.
    """
    require_heads(sums, powers, mask, steps[3], sizes, start, stop)
    require(dmask.size == 0 or dmask.size == mask.size)
    number, lanes = q.dtype.type, VECTOR // q.itemsize
    shared_heads, keys = sizes.heads // sizes.group, min(sizes.keys, sizes.seen)
    pitch = pitch_of(keys)
    v_across = room_at_line(room_for(sizes.values, sizes.seen, q.itemsize), q)
    k_across = room_at_line(0 if powers.size else room_for(sizes.features, sizes.seen, q.itemsize), q)
    k_down = room_at_line(room_for(sizes.seen, sizes.features, q.itemsize) if dq.size else 0, q)
    q_down = room_at_line(room_for(sizes.queries, sizes.features, q.itemsize) if dk.size else 0, q)
    up_down = room_at_line(room_for(sizes.queries, sizes.values, q.itemsize) if dv.size else 0, q)
    slopes = room_at_line(sizes.queries * pitch, q)
    all_p = powers if powers.size else room_at_line(sizes.queries * pitch, q)
    scaled = room_at_line(sizes.queries * sizes.features, q)
    up = room_at_line(sizes.queries * sizes.values, q)
    shares, log, totals = np.empty(sizes.queries, q.dtype), np.empty(1, q.dtype), np.empty(1, np.float64)
    q_steps, k_steps, v_steps, mask_steps, out_steps, g_steps = (
        steps[0][:3], steps[1][:3], steps[2][:3], steps[3], steps[4][:3], steps[5][:3],
    )  # fmt: skip
    dq_steps, dk_steps, dv_steps = steps[6][:3], steps[7][:3], steps[8][:3]
    of_dq, of_dk, of_dv = 0, 0, 0
    for task in range((stop - start) * sizes.group):
        unit = start + task // sizes.group
        batch, shared = unit // shared_heads, unit % shared_heads
        head = shared * sizes.group + task % sizes.group
        row = batch * sizes.heads + head
        if task % sizes.group == 0:
            of_v = place_of(v, v_steps, batch, shared, 0, sizes.seen, sizes.values)
            lay_out_part(v, of_v, 1, v_steps[2], sizes.values, sizes.seen, v_across)
            of_k = place_of(k, k_steps, batch, shared, 0, sizes.seen, sizes.features)
            if not powers.size:
                lay_out_part(k, of_k, 1, k_steps[2], sizes.features, sizes.seen, k_across)
            if dq.size:
                lay_out_part(k, of_k, k_steps[2], 1, sizes.seen, sizes.features, k_down)
            if dk.size:
                of_dk = place_of(dk, dk_steps, batch, shared, 0, sizes.seen, sizes.features)
                for j in range(sizes.seen):
                    dk[of_dk + j * dk_steps[2] : of_dk + j * dk_steps[2] + sizes.features] = 0
            if dv.size:
                of_dv = place_of(dv, dv_steps, batch, shared, 0, sizes.seen, sizes.values)
                for j in range(sizes.seen):
                    dv[of_dv + j * dv_steps[2] : of_dv + j * dv_steps[2] + sizes.values] = 0
        for first in range(0, sizes.length, sizes.queries):
            rows = min(sizes.queries, sizes.length - first)
            seen = min(sizes.seen, first + rows) if causal else sizes.seen
            of_q = place_of(q, q_steps, batch, head, first, rows, sizes.features)
            multiply(q, of_q, q_steps[2], scale, scaled[: rows * sizes.features], sizes.features)
            of_out = place_of(out, out_steps, batch, head, first, rows, sizes.values)
            of_g = place_of(g, g_steps, batch, head, first, rows, sizes.values)
            some_sums = sums[row, first : first + rows]
            for i in range(rows):
                made = out[of_out + i * out_steps[2] : of_out + i * out_steps[2] + sizes.values]
                some, less = g[of_g + i * g_steps[2] :][: sizes.values], up[i * sizes.values : (i + 1) * sizes.values]
                part, share = number(1), number(0)
                if powers.size:
                    # What comes back is divided by the sums, in place of the exponentials.
                    part = number(1 / some_sums[i]) if some_sums[i] != 0 else number(0)
                for c in range(sizes.values):
                    less[c] = some[c] * part
                    share += made[c] * less[c]
                shares[i] = share
            if dk.size:
                lay_out_part(scaled, 0, sizes.features, 1, rows, sizes.features, q_down)
            if dv.size:
                lay_out_part(up, 0, sizes.values, 1, rows, sizes.values, up_down)
            if dq.size:
                of_dq = place_of(dq, dq_steps, batch, head, first, rows, sizes.features)
            for begin in range(0, seen, keys):
                count = min(keys, seen - begin)
                at, step = 0, pitch
                if powers.size:
                    at, step = kept_at(powers, sizes, row, first) + begin, pitch_of(sizes.seen)
                else:
                    score(scaled, k_across, sizes, rows, begin, count, all_p, 0, pitch)
                    add_mask(mask, mask_steps, batch, head, first, rows, begin, count, causal, all_p, 0, pitch)
                    for i in range(rows):
                        line, visible = i * pitch, visible_of(first + i, begin, count, causal)
                        log[0] = some_sums[i]
                        raise_differences(all_p, line, visible, log, all_p, line, totals, 0, 0)
                        all_p[line + visible : line + count] = 0
                if dv.size:
                    multiply_part(
                        all_p, at, 1, step, up_down, 0, rows * lanes, rows, dv, of_dv + begin * dv_steps[2],
                        dv_steps[2], False, count, sizes.values,
                    )  # fmt: skip
                multiply_part(
                    up, 0, sizes.values, 1, v_across, begin * sizes.values, sizes.values * lanes, sizes.values,
                    slopes, 0, pitch, True, rows, -(-count // lanes) * lanes,
                )  # fmt: skip
                for i in range(rows):
                    line, p, share = slopes[i * pitch :][:count], all_p[at + i * step :][:count], shares[i]
                    for j in range(count):
                        line[j] = p[j] * (line[j] - share)
                if dk.size:
                    multiply_part(
                        slopes, 0, 1, pitch, q_down, 0, rows * lanes, rows, dk, of_dk + begin * dk_steps[2],
                        dk_steps[2], False, count, sizes.features,
                    )  # fmt: skip
                if dq.size:
                    multiply_part(
                        slopes, 0, pitch, 1, k_down, begin * lanes, sizes.seen * lanes, count, dq, of_dq, dq_steps[2],
                        begin == 0, rows, sizes.features,
                    )  # fmt: skip
                if dmask.size:
                    for i in range(rows):
                        to = batch * mask_steps[0] + head * mask_steps[1] + (first + i) * mask_steps[2]
                        line, total = slopes[i * pitch :][:count], number(0)
                        if mask_steps[3]:
                            added = dmask[to + begin : to + begin + count]
                            for j in range(count):
                                added[j] += line[j]
                        else:
                            for j in range(count):
                                total += line[j]
                            dmask[to] += total
            if dq.size:
                for i in range(rows):
                    made = dq[of_dq + i * dq_steps[2] :][: sizes.features]
                    for c in range(sizes.features):
                        made[c] *= scale


def attention(q, k, v, mask, causal, scale):
    """The result of attention, and what `attention_backward` wants of it: sums, and exponentials if they are few.

    q (N, H, L, E), k (N, G, S, E), v (N, G, S, V), G a divisor of H; mask (N, H, L, S), any of which may be 1, or None.
    float16 is computed in float32.
    """
    if q.dtype.char == "e":
        out, kept = attention(*in_single(q, k, v, mask), causal, scale)
        return out.astype(np.float16), kept
    q, k, v = map(laid_out, (q, k, v))
    sizes = sizes_of(q, k, v, causal)
    out = like(q, (*q.shape[:3], sizes.values))
    sums = np.empty((len(q) * sizes.heads, sizes.length), q.dtype)
    few = sums.size * sizes.seen <= KEPT
    kept = sums, np.empty(sums.size * pitch_of(sizes.seen) if few else 0, q.dtype)
    if not out.size or not sizes.seen:
        out[...] = 0
        return out, kept
    mask, mask_steps = laid_mask(mask, q.dtype)
    steps = *map(steps_of, (q, k, v)), mask_steps, steps_of(out)
    arrays = *map(flat, (q, k, v)), mask, flat(out)
    loop = attend if sizes.features else attend.twin
    work = functools.partial(loop, *arrays, *kept, steps, sizes, q.dtype.type(scale), causal)
    divided(len(q) * k.shape[1], work, nanoseconds=2 * cost(sums, sizes))
    return out, kept


def attention_backward(g, q, k, v, mask, out, kept, causal, scale, needs):
    """The gradients of q, k, v and mask; anything for one that ``needs`` says isn't asked for."""
    if q.dtype.char == "e":
        made = attention_backward(*in_single(g, q, k, v, mask, out), kept, causal, scale, needs)
        return [None if one is None else one.astype(np.float16) for one in made]
    given = mask
    g, q, k, v, out = map(laid_out, (g, q, k, v, out))
    sizes = sizes_of(q, k, v, causal)
    made = [like(x, x.shape) if needed else np.empty((0, 0, 0, 0), x.dtype) for x, needed in zip((q, k, v), needs)]
    mask, mask_steps = laid_mask(mask, q.dtype)
    if not out.size or not sizes.seen:
        for one in made:
            one[...] = 0
        return *made, None if given is None else np.zeros_like(given)
    steps = *map(steps_of, (q, k, v)), mask_steps, *map(steps_of, (out, g, *made))
    arrays = *map(flat, (g, q, k, v)), mask, flat(out), *kept, *map(flat, made)
    settings = steps, sizes, q.dtype.type(scale), causal
    loop = attend_backward if sizes.features else attend_backward.twin

    def work(start, stop):
        dmask = np.zeros(mask.size if given is not None and needs[3] else 0, q.dtype)
        loop(*arrays, dmask, *settings, start, stop)
        return dmask

    parts = divided(len(q) * k.shape[1], work, nanoseconds=5 * cost(kept[0], sizes))
    dmask = functools.reduce(np.add, parts)
    return *made, dmask.reshape(given.shape) if dmask.size else None


def in_single(*arrays):
    """These as float32; None stays."""
    return [x if x is None else x.astype(np.float32) for x in arrays]


def cost(sums, sizes):
    """About how many nanoseconds one product of matrices takes for all queries, each of which has one of the sums."""
    return sums.size * sizes.seen * (sizes.features + sizes.values) / 50


def sizes_of(q, k, v, causal):
    """The sizes of an attention, and of its blocks."""
    (_, heads, length, features), (_, fewer, seen, values) = q.shape, v.shape
    queries = min(QUERIES, max(FEWEST, length // 8)) if causal else QUERIES
    queries = max(FEW, min(queries, length, MOST // max(seen, 1)))
    return Sizes(heads, heads // max(fewer, 1), length, seen, features, values, queries, KEYS)


def laid_out(x):
    """``x`` if its rows are each in one piece and don't overlap, or a copy of which that is true."""
    size, ahead, (row, column) = x.itemsize, x.strides[:2], x.strides[2:]
    if x.flags.c_contiguous or (
        column == size and row >= size * x.shape[3] and min(ahead) >= 0 and not any(step % size for step in x.strides)
    ):
        return x if x.flags.writeable else x.copy()
    return np.array(x, order="C")


def laid_mask(mask, dtype):
    """The mask as the kernels take it, and its steps; without elements if it is None."""
    if mask is None:
        return np.empty(0, dtype), (0, 0, 0, 0)
    mask = np.require(mask, requirements="CW")
    return mask.reshape(-1), tuple(0 if n == 1 else step for n, step in zip(mask.shape, steps_of(mask)))


def like(x, shape):
    """An array whose dimensions lie in memory in the order of those of ``x``."""
    made = np.empty_like(x, shape=shape)
    return made if made.strides[3] == made.itemsize else np.empty(shape, x.dtype)


def flat(x):
    """All memory between the first and the last element of ``x`` as one row."""
    if x.flags.c_contiguous:
        return x.reshape(-1)
    span = 1 + sum((n - 1) * step for n, step in zip(x.shape, steps_of(x))) if x.size else 0
    return np.lib.stride_tricks.as_strided(x, (span,), (x.itemsize,))


def steps_of(x):
    """How many elements apart neighbours are, for each dimension."""
    if x.flags.c_contiguous:
        # NumPy gives a dimension of one element any stride.
        _, b, c, d = x.shape
        return b * c * d, c * d, d, 1
    size = x.itemsize
    a, b, c, d = x.strides
    return a // size, b // size, c // size, d // size
