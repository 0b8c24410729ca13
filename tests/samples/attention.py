"""Rows of attention: the op, and PyTorch's function of it."""

import math

import numpy as np

from .arrays import INF, NAN, floats, gapped, real
from .rows import edge, fails, not_in_torch, row, smooth, value


def attention(q, k, v, mask, causal, scale):
    """Query by query."""
    group = q.shape[1] // max(k.shape[1], 1)
    out = np.zeros((*q.shape[:3], v.shape[3]), q.dtype)
    for n, h, i in np.ndindex(*q.shape[:3]):
        scores = scale * k[n, h // group] @ q[n, h, i]
        if mask is not None:
            scores = scores + np.broadcast_to(mask, (*q.shape[:3], len(scores)))[n, h, i]
        if causal:
            scores[i + 1 :] = -INF
        if len(scores) and not (scores == -INF).all():
            p = np.exp(scores - scores.max())
            out[n, h, i] = p / p.sum() @ v[n, h // group]
    return out


def heads(*shape, seed=0):
    """Numbers (batch, heads, rows, columns)."""
    return real(*shape, seed=seed)


def three(length=3, seen=4, heads_of_keys=2):
    """Queries, keys and values of two heads."""
    return real(1, 2, length, 3), real(1, heads_of_keys, seen, 3, seed=1), real(1, heads_of_keys, seen, 2, seed=2)


def between(torch, q, k, v, mask, causal, scale):
    if causal:
        hidden = torch.ones(q.shape[2], k.shape[2]).triu(1) > 0
        mask = torch.zeros((), dtype=q.dtype).masked_fill(hidden, -INF) + (0 if mask is None else mask)
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, scale=scale, enable_gqa=True)


HIDDEN = np.where(floats([1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]) > 0, 0.0, -INF)[None, None]
row(
    "attention", attention,
    smooth(*three(), None, False, 0.6),
    smooth(*three(), None, True, 0.6),
    smooth(*three(5, 2), None, True, -0.6),
    smooth(*three(), real(1, 1, 3, 4, seed=3), False, 0.6),
    smooth(*three(), real(1, 2, 3, 4, seed=3), True, 0.6),
    value(*three(), real(1, 2, 3, 1, seed=3), True, 0.6),  # its gradient is 0, but for rounding
    smooth(*three(), real(1, 1, 1, 4, seed=3), False, 0.6),
    smooth(real(2, 4, 2, 3), real(2, 2, 3, 3, seed=1), real(2, 2, 3, 2, seed=2), None, False, 0.5),
    smooth(real(2, 4, 2, 3), real(2, 1, 3, 3, seed=1), real(2, 1, 3, 2, seed=2), real(2, 1, 1, 3, seed=3), False, 0.5),
    smooth(real(2, 3, 2, 2).T, gapped(real(2, 2, 3, 2)), np.swapaxes(real(2, 3, 2, 2), 1, 2), None, False, 0.5),
    smooth(real(0, 2, 3, 4), real(0, 2, 5, 4), real(0, 2, 5, 3), None, False, 0.5),
    smooth(real(1, 2, 0, 4), real(1, 2, 5, 4), real(1, 2, 5, 3), None, True, 0.5),
    smooth(real(1, 2, 3, 4), real(1, 2, 0, 4), real(1, 2, 0, 3), None, False, 0.5),
    not_in_torch(smooth(real(1, 2, 3, 0), real(1, 2, 4, 0), real(1, 2, 4, 3), None, False, 0.5)),  # it divides by √0
    edge(*three(), HIDDEN, False, 0.6),
    edge(*three(), HIDDEN, True, 0.6),
    edge(real(1, 1, 1, 2), floats([[[NAN, 1.0], [1.0, 1.0]]]), real(1, 1, 2, 2), None, False, 0.5),
    not_in_torch(  # with fewer dimensions there it's an IndexError
        fails(RuntimeError, "expected (N, H, L, E)", real(2, 3), real(2, 3), real(2, 3), None, False, 1.0)
    ),
    fails(RuntimeError, "must divide", *three(heads_of_keys=3), None, False, 1.0),
    fails(RuntimeError, "a mask that broadcasts", *three(), real(1, 1, 3, 3), False, 1.0),
    torch=between,
)  # fmt: skip


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False
):  # fmt: skip
    lead = 3 if enable_gqa else 2
    ahead = np.broadcast_shapes(*(x.shape[:-lead] for x in (query, key, value)))
    query, key, value = (np.broadcast_to(x, ahead + x.shape[-lead:]) for x in (query, key, value))
    if enable_gqa:
        key, value = (np.repeat(x, query.shape[-3] // x.shape[-3], -3) for x in (key, value))
    four = lambda x: x.reshape(math.prod(x.shape[:-2]), 1, *x.shape[-2:])
    mask = attn_mask
    if mask is not None:
        mask = np.where(mask, 0.0, -INF) if mask.dtype == bool else mask
        mask = four(np.broadcast_to(mask, query.shape[:-1] + key.shape[-2:-1]))
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    out = attention(*map(four, (query, key, value)), mask, is_causal, scale)
    return out.reshape(query.shape[:-1] + value.shape[-1:])


BOOLS = floats([1, 0, 1, 0], [0, 1, 1, 0], [1, 1, 1, 1]) > 0
row(
    "nn.functional.scaled_dot_product_attention", scaled_dot_product_attention,
    smooth(real(3, 2), real(4, 2, seed=1), real(4, 3, seed=2)),
    smooth(real(2, 3, 2), real(2, 4, 2, seed=1), real(2, 4, 3, seed=2), is_causal=True),
    smooth(real(2, 2, 3, 2), real(2, 2, 4, 2, seed=1), real(2, 2, 4, 3, seed=2), BOOLS),
    smooth(real(2, 2, 3, 2), real(2, 2, 4, 2, seed=1), real(2, 2, 4, 3, seed=2), real(3, 4, seed=3), scale=0.3),
    smooth(real(2, 2, 3, 2), real(2, 2, 4, 2, seed=1), real(2, 2, 4, 3, seed=2), real(2, 1, 1, 4, seed=3)),
    smooth(real(2, 1, 2, 3, 2), real(2, 2, 1, 4, 2, seed=1), real(2, 1, 4, 3, seed=2), real(2, 2, 1, 3, 4, seed=3)),
    smooth(real(2, 3, 2), real(4, 2, seed=1), real(4, 3, seed=2)),
    smooth(real(1, 4, 3, 2), real(1, 2, 4, 2, seed=1), real(1, 2, 4, 3, seed=2), enable_gqa=True),
    smooth(real(1, 4, 3, 2), real(1, 2, 4, 2, seed=1), real(1, 1, 4, 3, seed=2), enable_gqa=True),
    smooth(real(4, 3, 2), real(2, 4, 2, seed=1), real(2, 4, 3, seed=2), BOOLS, enable_gqa=True),
    fails(RuntimeError, "at least 2 dimensional", real(2), real(2), real(2)),
    fails(RuntimeError, "to have the same dtype", real(2, 3), real(2, 3).astype("float32"), real(2, 3)),
    fails(RuntimeError, "of floats", *[np.ones((2, 3), "int64")] * 3),
    fails(RuntimeError, "(..., L, E), (..., S, E)", real(2, 3), real(2, 4), real(2, 3)),
    fails(RuntimeError, "(..., L, E), (..., S, E)", real(2, 3), real(2, 3), real(3, 3)),
    fails(RuntimeError, "must match or be 1", real(2, 2, 3), real(3, 2, 3), real(2, 2, 3)),
    fails(RuntimeError, "the scores'", real(2, 3), real(2, 3), real(2, 3), real(2, 3)),
    fails(RuntimeError, "the scores'", real(2, 3), real(2, 3), real(2, 3), real(2, 2, 2)),
    fails(RuntimeError, "Expected attn_mask dtype", real(2, 3), real(2, 3), real(2, 3), np.ones((2, 2), "int64")),
    fails(RuntimeError, "between 0 and 1", real(2, 3), real(2, 3), real(2, 3), dropout_p=1.5),
    fails(RuntimeError, "must divide", real(4, 2, 3), real(3, 2, 3), real(3, 2, 3), enable_gqa=True),
    fails(IndexError, "Dimension out of range", real(2, 3), real(2, 3), real(2, 3), enable_gqa=True),
)  # fmt: skip
