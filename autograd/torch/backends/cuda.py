"""``torch.backends.cuda``: how a GPU would multiply, and compute attention."""

from __future__ import annotations

import contextlib
from typing import Any

from ..attention import SDPBackend

__all__ = ["SDPBackend", "is_built", "matmul", "sdp_kernel"]


class Matmul:
    """Settings of products, which are kept and change nothing."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True
    fp32_precision = "none"


matmul = Matmul()


def is_built() -> bool:
    """False."""
    return False


flash_sdp_enabled = mem_efficient_sdp_enabled = cudnn_sdp_enabled = is_flash_attention_available = is_built


def math_sdp_enabled() -> bool:
    """True."""
    return True


def nothing(*args: Any, **options: Any) -> None:
    """Nothing to do."""


enable_flash_sdp = enable_mem_efficient_sdp = enable_math_sdp = enable_cudnn_sdp = preferred_linalg_library = nothing


def sdp_kernel(*args: Any, **options: Any) -> contextlib.AbstractContextManager[None]:
    """A block like any other."""
    return contextlib.nullcontext()
