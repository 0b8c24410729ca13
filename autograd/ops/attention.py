"""Attention: values averaged by how well their keys fit a query."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernels import attention as kernels
from .arithmetic import where
from .broadcasting import expand
from .op import op
from .pointwise import of_kind
from .reduction import all
from .shape import reshape, unsqueeze
from .softmax import softmax


def weights_of(q: Any, k: Any, mask: Any, causal: bool, scale: float) -> Any:
    """How much each query takes of each value, in terms of other ops."""
    scores = (q * scale) @ shared(k, q.shape[1]).mT
    if causal:
        length, seen = scores.shape[2:]
        scores = where(np.arange(length)[:, None] < np.arange(seen), -math.inf, scores)
    if mask is None:
        return softmax(scores, 3)
    scores = scores + mask
    blind = all(scores == -math.inf, 3, True)
    return where(blind, 0.0, softmax(where(blind, 0.0, scores), 3))


def attention_of_softmax(q, k, v, mask, causal, scale):
    """Attention in terms of other ops."""
    weights = weights_of(q, k, mask, causal, scale)
    return weights @ shared(v, q.shape[1])


def shared(x: Any, heads: int) -> Any:
    """``x`` with as many ``heads``, each of its own serving several."""
    batch, own, *rest = x.shape
    if own == heads:
        return x
    return reshape(expand(unsqueeze(x, 2), (batch, own, heads // own, *rest)), (batch, heads, *rest))


@op(
    symbol="attention",
    derivative=(
        "∂L/∂q = dS @ k·scale, dS = P·(∂L/∂out @ vᵀ - Σ ∂L/∂out·out)",
        "∂L/∂k = dSᵀ @ q·scale",
        "∂L/∂v = Pᵀ @ ∂L/∂out",
        "∂L/∂mask = dS",
    ),
    level="internal",
    residual=True,
    reference=attention_of_softmax,
)
def attention(q, k, v, mask, causal, scale):
    """``P @ v`` for ``P = softmax(scale·q @ kᵀ + mask)`` (Vaswani et al., 2017), of which many are not kept.

    q (N, H, L, E), k (N, G, S, E), v (N, G, S, V), each of the G heads for H/G of q; mask (N, H, L, S), any of which
    may be 1, or None. With ``causal`` query i sees no key after the i-th. One that sees nothing gets 0.
    """
    for x in (q, k, v):
        of_kind("f", x)
    given = ", ".join(str(x.shape) for x in (q, k, v) if x is not None)
    if not q.ndim == k.ndim == v.ndim == 4 or q.shape[3] != k.shape[3] or k.shape[:3] != v.shape[:3]:
        raise RuntimeError(f"expected (N, H, L, E), (N, G, S, E) and (N, G, S, V), but got {given}")
    if len(q) != len(k) or (q.shape[1] != k.shape[1] and (not k.shape[1] or q.shape[1] % k.shape[1])):
        raise RuntimeError(f"the heads of key and value must divide those of query, but got {given}")
    wanted = (*q.shape[:3], k.shape[2])
    if mask is not None and (mask.ndim != 4 or any(n not in (1, size) for n, size in zip(mask.shape, wanted))):
        raise RuntimeError(f"expected a mask that broadcasts to {wanted}, but got {mask.shape}")
    return kernels.attention(q, k, v, mask, causal, scale)


def attention_slope(g, out, q, k, v, mask, causal, scale, residual, needs):
    """The gradients of queries, keys, values and mask."""
    return kernels.attention_backward(g, q, k, v, mask, out, residual, causal, scale, needs)


attention.fused(attention_slope, arity=4, selective=True)
