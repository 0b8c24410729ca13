"""What ops are called with, as JSON that ``unpacking.js`` reads: arrays whole, and objects by their attributes."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.op import Op
from ...types.dtypes import dtype
from .translating import Translation
from .writing import Untranslatable

# Plain numbers lie in memory as JavaScript's typed arrays have them; int64 goes as float64.
TYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


class Packing:
    """Packs values, and has the classes of the objects among them translated."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation

    def call(self, op: Op, given: Sequence[Any]) -> list[Any]:
        """All arguments of a call of ``op``. A list in a key is of indices there, which NumPy tells from a tuple."""
        return [self.argument(name, one) for name, one in zip(op.parameters, given)]

    def argument(self, name: str, value: Any) -> Any:
        """One argument of a call."""
        return self.packed(_as_key(value) if name == "key" else value)

    def packed(self, value: Any) -> Any:
        """``value`` as what JSON has a place for; TypeError for what the page can do nothing with."""
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"$": "float", "value": str(value)}
        if isinstance(value, (np.ndarray, np.generic)):
            return packed_array(np.asarray(value))
        if isinstance(value, (np.dtype, dtype)) or (isinstance(value, type) and issubclass(value, np.generic)):
            return {"$": "dtype", "name": np.dtype(value).name}
        if isinstance(value, slice):
            return {"$": "slice", "bounds": [self.packed(bound) for bound in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"$": "ellipsis"}
        if isinstance(value, dict):
            # What an object has computed so far.
            return {"$": "nothing"}
        if isinstance(value, (list, tuple)):
            return [self.packed(one) for one in value]
        if type(value).__module__.startswith("autograd.kernels."):
            name = self.translation.class_of(type(value))
            fields = {key: self.packed(one) for key, one in vars(value).items() if not hasattr(type(value), key)}
            return {"$": "object", "class": name, "fields": fields}
        raise Untranslatable(f"an argument of class {type(value).__name__}")


def _as_key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(map(_as_key, key))
    return np.array(key, np.int64 if not key else None) if isinstance(key, list) else key


def packed_array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """An array whole, its bytes in base64."""
    kind = array.dtype.name
    if kind not in TYPES:
        raise Untranslatable(f"an array of {kind}")
    stored = array.astype(np.float64) if kind == "int64" else array
    data = np.ascontiguousarray(stored).tobytes()
    return {"$": "array", "dtype": kind, "shape": list(array.shape), "data": base64.b64encode(data).decode()}
