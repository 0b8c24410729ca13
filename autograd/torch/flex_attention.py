"""``torch.nn.attention.flex_attention``: attention that is compiled for its mask, which there is none of."""

from __future__ import annotations

from typing import Any

from .names_only import Nothing


class BlockMask(Nothing):
    """Which blocks of a mask hold anything."""


def flex_attention(*args: Any, **options: Any) -> Any:
    """RuntimeError: `nn.functional.scaled_dot_product_attention` takes any mask."""
    raise RuntimeError("flex_attention is out of scope here; scaled_dot_product_attention takes any mask as a Tensor")


create_block_mask = create_mask = create_nested_block_mask = flex_attention
_DEFAULT_SPARSE_BLOCK_SIZE = 128
_mask_mod_signature = _score_mod_signature = Any
