"""The table from ONNX nodes to functions of Tensors: a row is a function that computes what one kind of node does.

    @node("Relu")
    def relu(how, x):
        return x.relu()

It gets the attributes and the inputs, None for those left out, and returns the result or a tuple of results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...engine.tensor import Tensor

TABLE: dict[str, Callable[..., Any]] = {}


@dataclass
class How:
    """The attributes of a node, the version of the op set it is from, and whether the model is in training.

    graphs: what the graphs among the attributes compute of their inputs, each with a tuple of results.
    """

    kind: str
    attributes: Mapping[str, Any]
    opset: int
    outputs: int = 1
    training: bool = False
    graphs: Mapping[str, Callable[..., tuple[Any, ...]]] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute; text as str."""
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value


def node(*kinds: str) -> Callable[..., Any]:
    """Make a function the row of these kinds of nodes."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        TABLE.update(dict.fromkeys(kinds, function))
        return function

    return enter


def ints(value: Tensor | None) -> list[int]:
    """The numbers in a vector, such as a shape; none for None."""
    return [] if value is None else [int(one) for one in value.reshape(-1).tolist()]


def axes_of(how: How, given: Tensor | None) -> list[int] | None:
    """The axes of a node, which are an attribute in older files and an input in newer ones."""
    found = how.get("axes")
    if found is None and given is not None:
        found = ints(given)
    return None if found is None else list(found)
