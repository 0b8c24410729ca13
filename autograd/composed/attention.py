"""Attention: values averaged by how well their keys fit a query."""

from __future__ import annotations

import math

from ..creation.ranges import arange
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.softmax import softmax
from ..types import dtypes
from .dropout import dropout
from .registry import function


@function("nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(q @ kᵀ · scale + mask) @ v``: q (..., L, E), k (..., S, E), v (..., S, V); gives (..., L, V).

    attn_mask, broadcast to (..., L, S): True where attention is allowed, or numbers that are added. is_causal: position
    i sees none after the i-th. dropout_p: the share of the weights that is dropped. scale: 1/√E if not given.
    enable_gqa: each head of k and v (dimension -3) serves several of q. A row that may see nothing gives 0.

    RuntimeError where shapes or dtypes don't fit.

    >>> x = autograd.tensor([[1., 0.], [0., 1.]])
    >>> nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    name = "scaled_dot_product_attention"
    shapes = f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(f"{name}: expected query, key and value to be at least 2 dimensional, but got {shapes}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(f"{name}: expected (..., L, E), (..., S, E) and (..., S, V), but got {shapes}")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {dropout_p}")
    if attn_mask is not None and attn_mask.dtype not in (dtypes.bool, query.dtype):
        raise RuntimeError(f"{name}: expected an attn_mask of bool or {query.dtype}, not {attn_mask.dtype}")
    if enable_gqa:
        heads = query.shape[-3]
        if heads % key.shape[-3] or heads % value.shape[-3]:
            raise RuntimeError(f"{name}: the heads of key and value must divide those of query, but got {shapes}")
        key, value = (_repeated_heads(x, heads // x.shape[-3]) for x in (key, value))
    scores = query @ key.mT * (1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale)
    length, seen = scores.shape[-2:]
    if is_causal:
        after = arange(length).unsqueeze(1) < arange(seen)
        scores = scores.masked_fill(after, -math.inf)
    if attn_mask is None:
        weights = softmax(scores, -1)
    else:
        allowed = attn_mask.dtype is dtypes.bool
        scores = where(attn_mask, scores, -math.inf) if allowed else scores + attn_mask
        blind = (scores == -math.inf).all(-1, True)
        weights = softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)
    return dropout(weights, dropout_p) @ value


def _repeated_heads(x: Tensor, times: int) -> Tensor:
    """Each head of ``x``, which are at dimension -3, so many ``times`` in a row."""
    *batch, heads, length, size = x.shape
    return x.unsqueeze(-3).expand(*batch, heads, times, length, size).reshape(*batch, heads * times, length, size)
