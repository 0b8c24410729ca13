"""The module that a loaded file is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import nn

from ..creation.data import as_tensor
from ..engine.tensor import Tensor
from .from_onnx import TABLE
from .from_onnx.registry import How


@dataclass(frozen=True)
class Step:
    """A node: what it is called, what it does, the names of what it takes (empty for what is left out) and gives."""

    name: str
    how: How
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Part(nn.Module):
    """Parameters whose names begin alike, so that the state dict has the names in the file."""


class OnnxModule(nn.Module):
    """The graph of an ONNX file: its initializers are the parameters, its nodes are computed by ops.

    Called with the inputs of the file in order, or by their names; returns its output, or a tuple of them.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        outputs: Sequence[str],
        steps: Sequence[Step],
        state: Mapping[str, Tensor],
    ) -> None:
        super().__init__()
        self._inputs, self._outputs = tuple(inputs), tuple(outputs)
        self._steps = tuple(steps)
        # The names in the file, and where the Tensors are.
        self._places: dict[str, tuple[Any, str]] = {}
        for name, one in state.items():
            self._places[name] = self._keep(name, one)

    def _keep(self, name: str, one: Tensor) -> tuple[Part | OnnxModule, str]:
        """Register a parameter or buffer under ``name``; under a similar one, if it can't be an attribute's."""
        *path, last = name.split(".")
        place: Any = self
        for part in path:
            known = vars(place).get(part)
            if not part or (known is None and hasattr(place, part)) or not isinstance(known, (Part, type(None))):
                place, last = self, name.replace(".", "_")
                break
            if known is None:
                place.add_module(part, Part())
            place = vars(place)[part]
        last = last or "unnamed"
        while hasattr(place, last):
            last += "_"
        if isinstance(one, nn.Parameter):
            place.register_parameter(last, one)
        else:
            place.register_buffer(last, one)
        return place, last

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        values: dict[str, Any] = {name: getattr(*place) for name, place in self._places.items()}
        values.update(self._given(args, kwargs))
        values[""] = None
        last_use = {name: i for i, step in enumerate(self._steps) for name in step.inputs}
        for i, step in enumerate(self._steps):
            try:
                made = TABLE[step.how.kind](
                    replace(step.how, training=self.training), *[values[n] for n in step.inputs]
                )
            except Exception as error:
                error.add_note(f"in the ONNX node {step.name!r} ({step.how.kind})")
                raise
            values.update(zip(step.outputs, made if isinstance(made, tuple) else (made,)))
            for name in step.inputs:
                if last_use[name] == i and name and name not in self._outputs:
                    values.pop(name, None)
        results = [values[name] for name in self._outputs]
        return results[0] if len(results) == 1 else tuple(results)

    def _given(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Tensor]:
        """The inputs by name; TypeError unless each is given once."""
        given = dict(zip(self._inputs, args))
        twice = set(given) & set(kwargs)
        given.update(kwargs)
        if len(args) > len(self._inputs) or twice or set(given) != set(self._inputs):
            raise TypeError(
                f"the model takes {', '.join(self._inputs)}; it was given {len(args)} by position"
                + (f" and {', '.join(kwargs)} by name" if kwargs else "")
            )
        return {name: as_tensor(one) if isinstance(one, np.ndarray) else one for name, one in given.items()}

    def extra_repr(self) -> str:
        return f"{', '.join(self._inputs)} -> {', '.join(self._outputs)}, {len(self._steps)} nodes"
