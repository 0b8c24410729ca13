"""Attention by blocks of queries: the weights of a block are computed, used and forgotten (Dao et al., 2022).

What is kept of a query's weights is the logarithm of the sum of exponentials that they were divided by: from it the way
back computes them anew. Where there are few, the exponentials are kept, and the sums.

Arrays (batch, heads, rows, columns) are read and written where they lie. To the kernels they are flat, with steps: how
far apart the first elements of batches, of heads and of rows are. A mask has one more, for the elements of a row; where
it is the same for all of something, that step is 0.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .compiling.blas import gemm
from .compiling.jit import helper, kernel
from .compiling.require import require, require_range
from .compiling.threads import divided
from .softmax import exponentials, largest, total_of

# How many queries are a block. Where none sees the keys after it, smaller blocks compute fewer weights in vain.
QUERIES, FEWEST = 128, 32
# The most weights that are computed at once, if that leaves a few queries a block.
MOST, FEW = 1 << 20, 8
# Up to so many exponentials are kept in all.
KEPT = 1 << 20
# The way back goes through as many keys at a time, so that what it computes of them stays in the cache.
KEYS = 256


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
def rows_of(x, steps, batch, head, first, rows, columns):
    """Some rows of a head as a matrix."""
    at = batch * steps[0] + head * steps[1] + first * steps[2]
    require(min(steps) >= 0 and min(batch, head, first, rows, columns) >= 0 and steps[2] >= columns)
    require(0 <= at <= x.size and at + max(rows - 1, 0) * steps[2] + columns <= x.size)
    return np.lib.stride_tricks.as_strided(x[at:], (rows, columns), (steps[2] * x.itemsize, x.itemsize))


@helper
def row_of(x, steps, batch, head, row, columns):
    """A row of a head."""
    at = batch * steps[0] + head * steps[1] + row * steps[2]
    require(at >= 0 and at + columns <= x.size)
    return x[at : at + columns]


@helper
def score(scaled, k, mask, steps, sizes, batch, head, first, begin, causal, scores):
    """``scores = scaled @ kᵀ + mask`` of a block of queries from ``first`` on for keys from ``begin`` on.

    Those that are not to be seen are ``-inf``.
    """
    rows, count = scores.shape
    k_steps, mask_steps = steps[1], steps[3]
    gemm(
        scaled,
        rows_of(k, k_steps[:3], batch, head // sizes.group, begin, count, sizes.features),
        scores,
        0.0,
        False,
        True,
    )
    if mask.size:
        for i in range(rows):
            line, at = scores[i], batch * mask_steps[0] + head * mask_steps[1] + (first + i) * mask_steps[2]
            if mask_steps[3]:
                added = mask[at + begin : at + begin + count]
                for j in range(count):
                    line[j] += added[j]
            else:
                for j in range(count):
                    line[j] += mask[at]
    if causal:
        for i in range(rows):
            scores[i, min(max(first + i + 1 - begin, 0), count) :] = -np.inf


@helper
def multiply(x, factor, made):
    """``made = factor·x`` of matrices."""
    for i in range(made.shape[0]):
        some, row = x[i], made[i]
        for c in range(row.size):
            row[c] = some[c] * factor


@helper
def require_heads(sums, powers, mask, mask_steps, sizes, start, stop):
    """Raise `Misfit` unless there are as many heads, and powers and a mask, if there are any, for all of them."""
    require(sizes.heads > 0 and sizes.group > 0 and sizes.heads % sizes.group == 0 and sizes.queries > 0)
    require(sizes.keys > 0 and min(sizes.length, sizes.seen, sizes.features, sizes.values) > 0)
    require(sums.shape[0] % sizes.heads == 0 and sums.shape[1] == sizes.length)
    require(powers.size == 0 or powers.size == sums.size * sizes.seen)
    require_range(start, stop, sums.shape[0] // sizes.group)
    last = (sums.shape[0] // sizes.heads - 1) * mask_steps[0] + (sizes.heads - 1) * mask_steps[1]
    last += (sizes.length - 1) * mask_steps[2] + (sizes.seen - 1) * mask_steps[3]
    require(min(mask_steps) >= 0 and mask_steps[3] <= 1 and (mask.size == 0 or sums.size == 0 or last < mask.size))


@helper
def block_of(powers, sizes, row, first):
    """Where the exponentials of a block of queries are kept, and what comes after them."""
    return powers[(row * sizes.length + first) * sizes.seen :]


def blocks(sizes: Sizes, start: int, stop: int, causal: bool) -> Iterator[tuple[int, int, int, slice, slice]]:
    """For each block of queries its batch, head, head of keys, the queries, and the keys that they may see."""
    for unit in range(start, stop):
        batch, shared = divmod(unit, sizes.heads // sizes.group)
        for head in range(shared * sizes.group, (shared + 1) * sizes.group):
            for first in range(0, sizes.length, sizes.queries):
                last = min(first + sizes.queries, sizes.length)
                yield batch, head, shared, slice(first, last), slice(min(sizes.seen, last) if causal else sizes.seen)


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
            block_of(powers, sizes, row, some.start)[: p.size] = p.ravel()
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
    number = q.dtype.type
    shared_heads = sizes.heads // sizes.group
    all_scores = np.empty(sizes.queries * sizes.seen, q.dtype)
    all_powers = np.empty(0 if powers.size else all_scores.size, q.dtype)
    all_scaled = np.empty(sizes.queries * sizes.features, q.dtype)
    q_steps, v_steps, out_steps = steps[0][:3], steps[2][:3], steps[4][:3]
    for task in range((stop - start) * sizes.group):
        unit = start + task // sizes.group
        batch, shared = unit // shared_heads, unit % shared_heads
        head = shared * sizes.group + task % sizes.group
        for first in range(0, sizes.length, sizes.queries):
            rows, row = min(sizes.queries, sizes.length - first), batch * sizes.heads + head
            count = min(sizes.seen, first + rows) if causal else sizes.seen
            flat_scores = all_scores[: rows * count]
            flat_powers = (block_of(powers, sizes, row, first) if powers.size else all_powers)[: rows * count]
            scores, p = flat_scores.reshape((rows, count)), flat_powers.reshape((rows, count))
            scaled = all_scaled[: rows * sizes.features].reshape((rows, sizes.features))
            multiply(rows_of(q, q_steps, batch, head, first, rows, sizes.features), scale, scaled)
            score(scaled, k, mask, steps, sizes, batch, head, first, 0, causal, scores)
            some_sums = sums[row, first : first + rows]
            for i in range(rows):
                line = scores[i]
                top = largest(line)
                if top == -np.inf:
                    top = number(0)
                some_sums[i] = top
                for j in range(count):
                    line[j] -= top
            exponentials(flat_scores, flat_powers)
            gemm(p, rows_of(v, v_steps, batch, shared, 0, count, sizes.values),
                 rows_of(out, out_steps, batch, head, first, rows, sizes.values))  # fmt: skip
            for i in range(rows):
                total = total_of(p[i])
                made = row_of(out, out_steps, batch, head, first + i, sizes.values)
                part = number(1 / total) if total != 0 else number(0)
                for c in range(sizes.values):
                    made[c] *= part
                if powers.size:
                    some_sums[i] = total
                else:
                    some_sums[i] = some_sums[i] + number(np.log(total)) if total != 0 else number(np.inf)


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
            p = block_of(powers, sizes, row, some.start)[: len(total) * keys.stop].reshape(len(total), keys.stop)
            p = p / np.where(total == 0, 1, total)
        else:
            added = None if mask is None else mask[batch, head, some, keys]
            p = np.exp(score_numpy(q[batch, head, some], k[batch, shared, keys], added, some, scale, causal) - total)
        up, made = g[batch, head, some], out[batch, head, some]
        slope = p * (up @ v[batch, shared, keys].T - (up * made).sum(axis=1, keepdims=True))
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

    Those of keys, values and mask are added to what is there. steps: of q, k, v, mask, out, g, dq, dk and dv.
    """
    require_heads(sums, powers, mask, steps[3], sizes, start, stop)
    require(dmask.size == 0 or dmask.size == mask.size)
    number = q.dtype.type
    shared_heads, keys = sizes.heads // sizes.group, min(sizes.keys, sizes.seen)
    all_scores, shares = np.empty(sizes.queries * keys, q.dtype), np.empty(sizes.queries, q.dtype)
    all_scaled = np.empty(sizes.queries * sizes.features, q.dtype)
    all_up = np.empty(sizes.queries * sizes.values, q.dtype)
    all_p = powers if powers.size else np.empty(all_scores.size, q.dtype)
    q_steps, k_steps, v_steps, mask_steps, out_steps, g_steps = (
        steps[0][:3], steps[1][:3], steps[2][:3], steps[3], steps[4][:3], steps[5][:3],
    )  # fmt: skip
    dq_steps, dk_steps, dv_steps = steps[6][:3], steps[7][:3], steps[8][:3]
    for task in range((stop - start) * sizes.group):
        unit = start + task // sizes.group
        batch, shared = unit // shared_heads, unit % shared_heads
        head = shared * sizes.group + task % sizes.group
        for first in range(0, sizes.length, sizes.queries):
            rows, row = min(sizes.queries, sizes.length - first), batch * sizes.heads + head
            seen = min(sizes.seen, first + rows) if causal else sizes.seen
            scaled = all_scaled[: rows * sizes.features].reshape((rows, sizes.features))
            multiply(rows_of(q, q_steps, batch, head, first, rows, sizes.features), scale, scaled)
            up = rows_of(g, g_steps, batch, head, first, rows, sizes.values)
            some_sums = sums[row, first : first + rows]
            for i in range(rows):
                made = row_of(out, out_steps, batch, head, first + i, sizes.values)
                some, share = row_of(g, g_steps, batch, head, first + i, sizes.values), number(0)
                for c in range(sizes.values):
                    share += made[c] * some[c]
                if powers.size:
                    # What comes back is divided by the sums, in place of the exponentials.
                    part = number(1 / some_sums[i]) if some_sums[i] != 0 else number(0)
                    less = all_up[i * sizes.values : (i + 1) * sizes.values]
                    for c in range(sizes.values):
                        less[c] = some[c] * part
                    share *= part
                shares[i] = share
            if powers.size:
                up = rows_of(all_up, (0, 0, sizes.values), 0, 0, 0, rows, sizes.values)
            for begin in range(0, seen, keys):
                count = min(keys, seen - begin)
                flat_scores = all_scores[: rows * count]
                scores = flat_scores.reshape((rows, count))
                at, step = 0, count
                if powers.size:
                    at, step = (row * sizes.length + first) * sizes.seen + begin, seen
                else:
                    score(scaled, k, mask, steps, sizes, batch, head, first, begin, causal, scores)
                    for i in range(rows):
                        line, log = scores[i], some_sums[i]
                        for j in range(count):
                            line[j] -= log
                    exponentials(flat_scores, all_p[: rows * count])
                if dv.size:
                    p = rows_of(all_p[at:], (0, 0, step), 0, 0, 0, rows, count)
                    gemm(p, up, rows_of(dv, dv_steps, batch, shared, begin, count, sizes.values), 1.0, True)
                gemm(up, rows_of(v, v_steps, batch, shared, begin, count, sizes.values), scores, 0.0, False, True)
                for i in range(rows):
                    line, powers_of_row, share = scores[i], all_p[at + i * step : at + i * step + count], shares[i]
                    for j in range(count):
                        line[j] = powers_of_row[j] * (line[j] - share)
                if dk.size:
                    gemm(scores, scaled, rows_of(dk, dk_steps, batch, shared, begin, count, sizes.features), 1.0, True)
                if dq.size:
                    gemm(scores, rows_of(k, k_steps, batch, shared, begin, count, sizes.features),
                         rows_of(dq, dq_steps, batch, head, first, rows, sizes.features),
                         1.0 if begin else 0.0)  # fmt: skip
                if dmask.size:
                    for i in range(rows):
                        at = batch * mask_steps[0] + head * mask_steps[1] + (first + i) * mask_steps[2]
                        line, total = scores[i], number(0)
                        if mask_steps[3]:
                            added = dmask[at + begin : at + begin + count]
                            for j in range(count):
                                added[j] += line[j]
                        else:
                            for j in range(count):
                                total += line[j]
                            dmask[at] += total
            if dq.size:
                for i in range(rows):
                    made = row_of(dq, dq_steps, batch, head, first + i, sizes.features)
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
    kept = sums, np.empty(sums.size * sizes.seen if few else 0, q.dtype)
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
    for one in made:
        one[...] = 0
    mask, mask_steps = laid_mask(mask, q.dtype)
    if not out.size or not sizes.seen:
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
    size = x.itemsize
    a, b, c, d = x.strides
    return a // size, b // size, c // size, d // size
