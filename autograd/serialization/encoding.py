"""What can be saved, as JSON in which every Tensor is a number: the first step of writing a file."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine.size import Size
from ..engine.tensor import Tensor
from ..types.device import device
from ..types.dtypes import canonical, dtype

# Containers by the tag they have in the file. Lists have none.
CONTAINERS: dict[str, Any] = {"tuple": tuple, "set": set, "size": Size}
MAPPINGS: dict[str, Any] = {"dict": dict, "ordered": OrderedDict}


class Unencodable(TypeError):
    """What holds more than Tensors, numbers, strings and containers."""


class Encoder:
    """Turns an object into JSON and gathers its Tensors.

    >>> encoder = Encoder()
    >>> encoder.encoded({"step": (3, autograd.ones(2))}, "obj")
    {'dict': [['step'], [{'tuple': [3, {'tensor': 0}]}]]}
    >>> encoder.tensors
    [tensor([1., 1.])]
    """

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.known: dict[int, int] = {}
        self.around: set[int] = set()

    def encoded(self, value: Any, place: str) -> Any:
        """``value`` as JSON; ``place`` is where it stands, for errors."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, Tensor):
            return {"tensor": self.tensor(value)}
        if isinstance(value, (np.ndarray, np.generic)):
            kind = "array" if isinstance(value, np.ndarray) else "scalar"
            return {kind: self.tensor(Tensor._wrap(canonical(np.asarray(value)), None))}
        if isinstance(value, dtype):
            return {"dtype": value.name}
        if isinstance(value, device):
            return {"device": str(value)}
        if id(value) in self.around:
            raise Unencodable(f"save: {place} contains itself")
        self.around.add(id(value))
        made = self.container(value, place)
        self.around.remove(id(value))
        return made

    def container(self, value: Any, place: str) -> Any:
        kind = type(value)
        if kind is list:
            return self.items(value, place)
        for tag, container in CONTAINERS.items():
            if kind is container:
                return {tag: self.items(value, place)}
        for tag, mapping in MAPPINGS.items():
            if kind is mapping:
                keys = self.items(value, f"a key of {place}")
                return {tag: [keys, [self.encoded(item, f"{place}[{key!r}]") for key, item in value.items()]]}
        advice = "of a module, save its state_dict()" if hasattr(value, "state_dict") else "save its parts"
        raise Unencodable(
            f"save: {place} is a {kind.__name__}; what can be saved are Tensors, numbers, strings, None, and lists, "
            f"tuples, sets and dicts of them: {advice}"
        )

    def items(self, values: Iterable[Any], place: str) -> list[Any]:
        return [self.encoded(value, f"{place}[{position}]") for position, value in enumerate(values)]

    def tensor(self, x: Tensor) -> int:
        """The position of ``x`` among the Tensors of the file: one that is met again is there already."""
        if id(x) not in self.known:
            self.known[id(x)] = len(self.tensors)
            self.tensors.append(x)
        return self.known[id(x)]
