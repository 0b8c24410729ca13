"""``torch.types``: what libraries annotate with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ..creation.layout import layout as _layout
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..types.device import device as _device
from ..types.dtypes import dtype as _dtype

T = TypeVar("T")
Number = int | float | bool
Device = _device | str | int | None
FileLike = str | Any
_size = Size | list[int] | tuple[int, ...]
_int, _float, _bool, _complex = int, float, bool, complex
_TensorOrTensors = Tensor | Sequence[Tensor]
_TensorOrTensorsOrGradEdge = _TensorOrTensors
Storage = Any
_scalar_or_tuple_any_t = Any
(_size_1_t, _size_2_t, _size_3_t, _size_4_t, _size_5_t, _size_6_t) = (Any,) * 6
_size_any_t = _ratio_2_t = _ratio_3_t = _ratio_any_t = _tensor_list_t = _maybe_indices_t = Any
_dispatchkey = str
_qscheme = Any
__all__ = ["Device", "FileLike", "Number", "Storage", "_device", "_dtype", "_layout", "_size"]
