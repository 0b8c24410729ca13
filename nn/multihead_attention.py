"""Attention of several heads."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from . import functional as F
from . import init
from .linear import Linear
from .module import Module
from .parameter import Parameter


class MultiheadAttention(Module):
    """``concat(head₁, ..., headₙ)·W_out``, each head the attention of projections of its own (Vaswani et al., 2017).

    embed_dim: features of queries and of the result, a multiple of num_heads. dropout: the share of the weights that is
    dropped in training. bias: whether projections add one. add_bias_kv: whether a key and a value are learned that all
    sequences have in addition; add_zero_attn: the same of zeros. kdim, vdim: features of keys and values, embed_dim if
    not given. batch_first: (N, L, E) in place of (L, N, E).

    Called with query (L, N, E), key (S, N, kdim) and value (S, N, vdim), or all without N; returns (L, N, E) and the
    weights, see `nn.functional.multi_head_attention_forward`, or None without ``need_weights``, which is faster.
    Parameters ``in_proj_weight`` (3E, E), or ``q_proj_weight``, ``k_proj_weight`` and ``v_proj_weight`` where sizes
    differ, start uniform as in `init.xavier_uniform_`; biases start at 0.

    ValueError, AssertionError for settings that make no attention; AssertionError, RuntimeError for inputs and masks
    that don't fit.

    >>> x = autograd.ones(5, 2, 8)
    >>> out, weights = nn.MultiheadAttention(8, 4)(x, x, x)
    >>> out.shape, weights.shape
    (autograd.Size([5, 2, 8]), autograd.Size([2, 5, 5]))
    """

    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(f"embed_dim must be divisible by num_heads, but {embed_dim} is not by {num_heads}")

        def parameter(name: str, wanted: bool, *shape: int) -> None:
            made = Parameter(autograd.empty(*shape, dtype=dtype, device=device)) if wanted else None
            self.register_parameter(name, made)

        same = self._qkv_same_embed_dim
        parameter("q_proj_weight", not same, embed_dim, embed_dim)
        parameter("k_proj_weight", not same, embed_dim, self.kdim)
        parameter("v_proj_weight", not same, embed_dim, self.vdim)
        parameter("in_proj_weight", same, 3 * embed_dim, embed_dim)
        parameter("in_proj_bias", bias, 3 * embed_dim)
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        parameter("bias_k", add_bias_kv, 1, 1, embed_dim)
        parameter("bias_v", add_bias_kv, 1, 1, embed_dim)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for more in (self.bias_k, self.bias_v):
            if more is not None:
                init.xavier_normal_(more)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        turned = self.batch_first and query.dim() == 3
        if turned:
            # What is one stays one, and is projected as such.
            same_key, same_value = query is key, key is value
            query = query.transpose(0, 1)
            key = query if same_key else key.transpose(0, 1)
            value = key if same_value else value.transpose(0, 1)
        settings: dict[str, Any] = {}
        if not self._qkv_same_embed_dim:
            settings = {
                "use_separate_proj_weight": True,
                "q_proj_weight": self.q_proj_weight,
                "k_proj_weight": self.k_proj_weight,
                "v_proj_weight": self.v_proj_weight,
            }
        out, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, average_attn_weights=average_attn_weights, is_causal=is_causal,
            **settings,
        )  # fmt: skip
        return out.transpose(0, 1) if turned else out, weights
