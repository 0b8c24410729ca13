"""Attention of several heads, each of which sees projections of its own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.joining import cat
from ..ops.matmul import linear
from ..ops.shape import constant_pad
from ..ops.softmax import softmax
from ..types import dtypes
from .attention import scaled_dot_product_attention
from .dropout import dropout
from .registry import function


def added_mask(
    mask: Tensor | None, name: str, dtype: dtypes.dtype, other: Tensor | None = None, other_name: str = ""
) -> Tensor | None:
    """A mask as numbers to add: -inf where a mask of bools is True. AssertionError unless it is of bools or floats.

    Warns if an ``other`` mask, with which it will be joined, has another dtype.
    """
    if mask is None:
        return None
    if mask.dtype is not dtypes.bool and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported, not {mask.dtype}")
    if other is not None and mask.dtype is not other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    return where(mask, -math.inf, 0.0).to(dtype) if mask.dtype is dtypes.bool else mask


def check_dimensions(
    query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None, attn_mask: Tensor | None, heads: int
) -> bool:
    """Whether there is a batch; AssertionError for other dimensions than those of all with a batch, or without."""
    if query.ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
        )
    batched = query.ndim == 3
    expected = f"For {'batched (3-D)' if batched else 'unbatched (2-D)'} `query`, expected"
    if not key.ndim == value.ndim == query.ndim:
        raise AssertionError(
            f"{expected} `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors"
        )
    if key_padding_mask is not None and key_padding_mask.ndim != query.ndim - 1:
        raise AssertionError(
            f"{expected} `key_padding_mask` to be `None` or {query.ndim - 1}-D but found {key_padding_mask.ndim}-D "
            "tensor instead"
        )
    if attn_mask is None:
        return batched
    if attn_mask.ndim not in (2, 3):
        raise AssertionError(
            f"{expected} `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor instead"
        )
    shape = (heads, query.shape[0], key.shape[0])
    if not batched and attn_mask.ndim == 3 and tuple(attn_mask.shape) != shape:
        raise AssertionError(f"Expected `attn_mask` shape to be {shape} but got {tuple(attn_mask.shape)}")
    return batched


def check_sizes(query: Tensor, key: Tensor, value: Tensor, embed_dim: int, heads: int, separate: bool) -> None:
    """AssertionError unless features, heads and the lengths of keys and values agree."""
    if query.shape[-1] != embed_dim:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim}, but got {query.shape[-1]}")
    if embed_dim % heads:
        raise AssertionError(f"embed_dim {embed_dim} not divisible by num_heads {heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {tuple(key.shape[:2])} do not match value's {tuple(value.shape[:2])}"
        )
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {tuple(key.shape)} does not match value shape {tuple(value.shape)}")


def three_parts(packed: Tensor | None) -> Sequence[Tensor | None]:
    """Those of queries, keys and values, which lie one after the other."""
    return (None, None, None) if packed is None else packed.chunk(3)


def projected(x: Tensor, weight: Any, bias: Tensor | None) -> Tensor:
    """`linear` of (L, N, E), in the order in which it lies in memory: what came as (N, L, E) isn't copied."""
    turned = x.transpose(0, 1)
    return linear(turned, weight, bias).transpose(0, 1) if turned.is_contiguous() else linear(x, weight, bias)


def check_mask_shape(mask: Tensor, length: int, seen: int, count: int) -> None:
    """RuntimeError unless the mask is for all heads of the batch, ``count`` of them, or for each."""
    wanted = (length, seen) if mask.ndim == 2 else (count, length, seen)
    if tuple(mask.shape) != wanted:
        raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {tuple(mask.shape)}, but should be {wanted}.")


def given_heads(name: str, x: Tensor, count: int, size: int) -> Tensor:
    """Heads (count, S, size) as they are; AssertionError if they are not."""
    if x.shape[0] != count:
        raise AssertionError(f"expecting {name}.size(0) of {count}, but got {x.shape[0]}")
    if x.shape[2] != size:
        raise AssertionError(f"expecting {name}.size(2) of {size}, but got {x.shape[2]}")
    return x


@function("nn.functional.multi_head_attention_forward")
def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """The attention of several heads, side by side and projected (Vaswani et al., 2017), and its weights or None.

    query (L, N, E), key (S, N, ...), value (S, N, ...), or all without N, give (L, N, E). in_proj_weight (3E, E): that
    of queries over that of keys and that of values; or the three apart, if ``use_separate_proj_weight``. in_proj_bias
    (3E). bias_k, bias_v (1, 1, E): a key and a value more. add_zero_attn: another, of zeros. static_k, static_v
    (N·heads, S, E/heads): in place of projected ones. key_padding_mask (N, S), attn_mask (L, S) or (N·heads, L, S):
    True for what is not to be seen, or numbers to add. is_causal: a hint that attn_mask is causal. The weights are
    (N, L, S), means over the heads, or (N, heads, L, S) unless ``average_attn_weights``. Without ``need_weights`` none
    are kept.

    AssertionError, RuntimeError for what doesn't fit together. See `nn.MultiheadAttention`.

    >>> x, weight = autograd.ones(2, 1, 4), autograd.ones(12, 4)
    >>> out, weights = nn.functional.multi_head_attention_forward(
    ...     x, x, x, 4, 2, weight, None, None, None, False, 0.0, autograd.eye(4), None)
    >>> out.shape, weights
    (autograd.Size([2, 1, 4]), tensor([[[0.5000, 0.5000],
             [0.5000, 0.5000]]]))
    """
    batched = check_dimensions(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        same_key, same_value = query is key, key is value
        query = query.unsqueeze(1)
        key = query if same_key else key.unsqueeze(1)
        value = key if same_value else value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    key_padding_mask = added_mask(key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    # Only where nothing else is hidden, and no weights are wanted, is the hint enough.
    is_causal = is_causal and key_padding_mask is None and not need_weights
    mask = None if is_causal else added_mask(attn_mask, "attn_mask", query.dtype)
    check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    length, batch, _ = query.shape
    size, count = embed_dim_to_check // num_heads, batch * num_heads

    if use_separate_proj_weight:
        weights: Sequence[Tensor | None] = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        weights = three_parts(in_proj_weight)
    if any(weight is None for weight in weights):
        missing = "a q_proj_weight, k_proj_weight or v_proj_weight" if use_separate_proj_weight else "in_proj_weight"
        raise AssertionError(f"use_separate_proj_weight is {use_separate_proj_weight} but {missing} is None")
    q, k, v = (projected(x, w, b) for x, w, b in zip((query, key, value), weights, three_parts(in_proj_bias)))

    if mask is not None:
        check_mask_shape(mask, length, key.shape[0], count)
    more = 0
    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v are both set, or neither")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value")
        k, v = cat([k, bias_k.expand(1, batch, -1)]), cat([v, bias_v.expand(1, batch, -1)])
        more += 1
    q, k, v = (x.reshape(x.shape[0], batch, num_heads, size).permute(1, 2, 0, 3) for x in (q, k, v))
    if static_k is not None:
        k = given_heads("static_k", static_k, count, size).reshape(batch, num_heads, -1, size)
    if static_v is not None:
        v = given_heads("static_v", static_v, count, size).reshape(batch, num_heads, -1, size)
    if add_zero_attn:
        k, v = constant_pad(k, (0, 0, 0, 1)), constant_pad(v, (0, 0, 0, 1))
        more += 1
    seen = k.shape[2]

    if mask is not None:
        mask = constant_pad(mask, (0, more)) if more else mask
        mask = mask.reshape(batch, num_heads, length, -1) if mask.ndim == 3 else mask[None, None]
    if key_padding_mask is not None:
        padding = constant_pad(key_padding_mask, (0, more)) if more else key_padding_mask
        if tuple(padding.shape) != (batch, seen):
            raise AssertionError(
                f"Expected key_padding_mask of shape {(batch, seen - more)}, but got {tuple(key_padding_mask.shape)}"
            )
        padding = padding.reshape(batch, 1, 1, seen)
        mask = padding if mask is None else mask + padding

    p = dropout_p if training else 0.0
    if need_weights:
        scores = (q * math.sqrt(1 / size)) @ k.mT
        attention = dropout(softmax(scores if mask is None else scores + mask, -1), p)
        made = attention @ v
        attention = attention.mean(1) if average_attn_weights else attention
    else:
        made = scaled_dot_product_attention(q, k, v, mask, p, is_causal)
        attention = None
    made = made.permute(2, 0, 1, 3).reshape(length, batch, embed_dim_to_check)
    out = projected(made, out_proj_weight, out_proj_bias)
    if batched:
        return out, attention
    return out.squeeze(1), None if attention is None else attention.squeeze(0)
