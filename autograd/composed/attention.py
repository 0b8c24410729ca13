"""Attention: values averaged by how well their keys fit a query."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.attention import attention, shared, weights_of
from ..types import dtypes
from .dropout import dropout
from .registry import function

NAME = "scaled_dot_product_attention"


@function("nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(q @ kᵀ · scale + mask) @ v``: q (..., L, E), k (..., S, E), v (..., S, V); gives (..., L, V).

    attn_mask, broadcast to (..., L, S): True where attention is allowed, or numbers that are added. is_causal: position
    i sees none after the i-th, whatever the mask allows. dropout_p: the share of the weights that is dropped. scale:
    1/√E if not given. enable_gqa: each head of k and v (dimension -3) serves several of q. A row that may see nothing
    gives 0. Without dropout the weights of all N·H·L·S pairs are kept for the gradient only if these are at most 2²⁰;
    where there are more, it computes them anew from a number for each query (Dao et al., 2022).

    RuntimeError where shapes or dtypes don't fit.

    >>> x = autograd.tensor([[1., 0.], [0., 1.]])
    >>> nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    if attn_mask is not None and attn_mask.dtype is dtypes.bool:
        attn_mask = where(attn_mask, 0.0, -math.inf)
    _check(query, key, value, attn_mask, dropout_p, enable_gqa)
    groups = 3 if enable_gqa else 2
    if enable_gqa and key.shape[-3] != value.shape[-3]:
        key, value = (_repeated_heads(x, query.shape[-3] // x.shape[-3]) for x in (key, value))
    ahead = [tuple(x.shape[:-groups]) for x in (query, key, value)]
    if ahead[0] != ahead[1] or ahead[1] != ahead[2]:
        shape = _broadcast(*ahead)
        query, key, value = (x.expand(shape + tuple(x.shape[-groups:])) for x in (query, key, value))
    *lead, length, _ = query.shape
    q, k, v = (_in_four(x) for x in (query, key, value))
    mask = None if attn_mask is None else _mask_in_four(attn_mask, lead, (length, key.shape[-2])).to(query.dtype)
    factor = 1 / math.sqrt(max(q.shape[-1], 1)) if scale is None else scale
    if dropout_p:
        out = dropout(weights_of(q, k, mask, is_causal, factor), dropout_p) @ shared(v, q.shape[1])
    else:
        out = attention(q, k, v, mask, is_causal, factor)
    return out if len(lead) == 2 else out.reshape(*lead, length, out.shape[-1])


def _check(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None, dropout_p: float, gqa: bool) -> None:
    """RuntimeError for what makes no attention."""
    shapes = f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            f"{NAME}: Expected query, key, and value to all be at least 2 dimensional, but got shapes {shapes}"
        )
    if not query.dtype == key.dtype == value.dtype:
        raise RuntimeError(
            f"{NAME}: Expected query, key, and value to have the same dtype, but got {query.dtype}, {key.dtype} and "
            f"{value.dtype}"
        )
    if not query.is_floating_point():
        raise RuntimeError(f"{NAME}: expected query, key and value of floats, not {query.dtype}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(f"{NAME}: expected (..., L, E), (..., S, E) and (..., S, V), but got {shapes}")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"{NAME}: dropout probability has to be between 0 and 1, but got {dropout_p}")
    if attn_mask is not None and attn_mask.dtype not in (dtypes.float32, query.dtype):
        raise RuntimeError(
            f"{NAME}: Expected attn_mask dtype to be bool or float or to match query dtype, but got {attn_mask.dtype} "
            f"for a query of {query.dtype}"
        )
    if not gqa:
        return
    if min(query.ndim, key.ndim, value.ndim) < 3:
        raise IndexError(f"{NAME}: Dimension out of range: with enable_gqa all have heads, dimension -3; got {shapes}")
    if any(not x.shape[-3] or query.shape[-3] % x.shape[-3] for x in (key, value)):
        raise RuntimeError(
            f"{NAME}: Number of heads in key and value must divide the number of heads in query: {shapes}"
        )


def _broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(f"{NAME}: the batches of query, key and value, {shapes}, must match or be 1") from None


def _in_four(x: Tensor) -> Tensor:
    """``x`` with one batch dimension, heads, rows and columns."""
    if x.ndim == 4:
        return x
    return x.flatten(0, -4) if x.ndim > 4 else x[(None,) * (4 - x.ndim)]


def _mask_in_four(mask: Tensor, lead: Sequence[int], sizes: tuple[int, int]) -> Tensor:
    """The mask in the dimensions of `_in_four`; RuntimeError unless it broadcasts to ``(*lead, *sizes)``."""
    wanted = (*lead, *sizes)
    given = (1,) * (len(wanted) - mask.ndim) + tuple(mask.shape)
    if len(given) > len(wanted) or any(n not in (1, size) for n, size in zip(given, wanted)):
        raise RuntimeError(
            f"{NAME}: The size of attn_mask {tuple(mask.shape)} must match the scores' {wanted}, or be 1"
        )
    mask = mask.reshape(given)
    return _in_four(mask.expand(wanted) if len(wanted) > 4 else mask)


def _repeated_heads(x: Tensor, times: int) -> Tensor:
    """Each head of ``x``, which are at dimension -3, so many ``times`` in a row."""
    *batch, heads, length, size = x.shape
    return x.unsqueeze(-3).expand(*batch, heads, times, length, size).reshape(*batch, heads * times, length, size)
