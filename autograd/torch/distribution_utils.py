"""``torch.distributions.utils``: helpers that libraries take from there beside those of `autograd.distributions`."""

from __future__ import annotations

from typing import Any

from ..creation.filled import empty
from ..distributions.multivariate_normal import precision_to_scale_tril
from ..distributions.transforms.base import InverseTransform
from ..distributions.utils import standard_normal, sum_rightmost
from ..engine.tensor import Tensor

_InverseTransform = InverseTransform
_sum_rightmost, _precision_to_scale_tril = sum_rightmost, precision_to_scale_tril


def _standard_normal(shape: tuple[int, ...], dtype: Any, device: Any) -> Tensor:
    return standard_normal(shape, empty(0, dtype=dtype, device=device))
