"""The module that a loaded file is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
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

    @property
    def graphs(self) -> dict[str, Graph]:
        """The graphs among the attributes, which other nodes of their own compute."""
        return {name: one for name, one in self.how.attributes.items() if isinstance(one, Graph)}

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """The values that it needs: its inputs, and what the graphs in it take from around them."""
        return self.inputs + tuple(name for graph in self.graphs.values() for name in graph.reads)


@dataclass(frozen=True)
class Graph:
    """Nodes in the order in which they are computed, what the first of them take and what is returned, by name."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    steps: tuple[Step, ...]

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """The names that are made outside."""
        inside = {*self.inputs, *(name for step in self.steps for name in step.outputs)}
        needed = [*(name for step in self.steps for name in step.reads), *self.outputs]
        return tuple(name for name in dict.fromkeys(needed) if name not in inside)

    @functools.cached_property
    def last_uses(self) -> dict[str, int]:
        """Of each name the last step that needs it."""
        return {name: i for i, step in enumerate(self.steps) for name in step.reads}

    def results(self, values: dict[str, Any], training: bool) -> tuple[Any, ...]:
        """The outputs, computed of ``values``, which are forgotten as soon as no node needs them."""

        def inner(graph: Graph) -> Callable[..., tuple[Any, ...]]:
            return lambda *given: graph.results({**values, **dict(zip(graph.inputs, given))}, training)

        for i, step in enumerate(self.steps):
            how = replace(step.how, training=training, graphs={name: inner(one) for name, one in step.graphs.items()})
            try:
                made = TABLE[how.kind](how, *[values[name] for name in step.inputs])
            except Exception as error:
                error.add_note(f"in the ONNX node {step.name!r} ({how.kind})")
                raise
            values.update(zip(step.outputs, made if isinstance(made, tuple) else (made,)))
            for name in step.reads:
                if self.last_uses[name] == i and name and name not in self.outputs:
                    values.pop(name, None)
        return tuple(values[name] for name in self.outputs)


class Part(nn.Module):
    """Parameters whose names begin alike, so that the state dict has the names in the file."""


class OnnxModule(nn.Module):
    """The graph of an ONNX file: its initializers are the parameters, its nodes are computed by ops.

    Called with the inputs of the file in order, or by their names; returns its output, or a tuple of them.
    """

    def __init__(
        self,
        graph: Graph,
        state: Mapping[str, Tensor],
    ) -> None:
        super().__init__()
        self._graph = graph
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
        results = self._graph.results(values, self.training)
        return results[0] if len(results) == 1 else results

    def _given(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Tensor]:
        """The inputs by name; TypeError unless each is given once."""
        names = self._graph.inputs
        given = dict(zip(names, args))
        twice = set(given) & set(kwargs)
        given.update(kwargs)
        if len(args) > len(names) or twice or set(given) != set(names):
            raise TypeError(
                f"the model takes {', '.join(names)}; it was given {len(args)} by position"
                + (f" and {', '.join(kwargs)} by name" if kwargs else "")
            )
        return {name: as_tensor(one) if isinstance(one, np.ndarray) else one for name, one in given.items()}

    def extra_repr(self) -> str:
        graph = self._graph
        return f"{', '.join(graph.inputs)} -> {', '.join(graph.outputs)}, {len(graph.steps)} nodes"
