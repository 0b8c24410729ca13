"""What a model is exported with: its example inputs by name, and which of their axes are dynamic."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..transforms.tree import leaves, mapped

Axes = dict[str, dict[int, str]]


class Arguments:
    """The arguments of one call, the Tensors among them apart: these are the inputs of what is exported.

    names: of the inputs, by default as ``forward`` calls them. axes: for each input the names of its dynamic axes.
    """

    def __init__(
        self, model: Any, args: Any, kwargs: Mapping[str, Any] | None, input_names: Sequence[str] | None
    ) -> None:
        args = args if isinstance(args, (tuple, list)) else (args,)
        self.tree = (tuple(args), dict(kwargs or {}))
        self.bound = _bound(model, *self.tree)
        # A Tensor that is given twice is one input.
        self.tensors: list[Tensor] = []
        self.names: list[str] = []
        for name, value in self.bound.items():
            inside = [part for part in leaves(value) if isinstance(part, Tensor)]
            for position, part in enumerate(inside):
                if not any(part is other for other in self.tensors):
                    self.tensors.append(part)
                    self.names.append(name if part is value else f"{name}_{position}")
        if input_names is not None:
            if len(set(input_names)) != len(input_names) or len(input_names) > len(self.names):
                raise ValueError(
                    f"onnx.export: input_names must be different names for at most {len(self.names)} inputs, not "
                    f"{list(input_names)}"
                )
            self.names[: len(input_names)] = input_names

    def call(self, model: Any, tensors: Sequence[Tensor]) -> Any:
        """What the model makes of ``tensors`` in place of the examples."""
        taking = {id(one): other for one, other in zip(self.tensors, tensors)}
        args, kwargs = mapped(lambda part: taking.get(id(part), part), self.tree)
        return model(*args, **kwargs)

    def axes(self, dynamic_axes: Any, dynamic_shapes: Any, outputs: Sequence[str]) -> Axes:
        """The dynamic axes of each input, by the names of both."""
        if dynamic_axes and dynamic_shapes:
            raise ValueError("onnx.export: give dynamic_axes or dynamic_shapes, not both")
        found: Axes = {}
        for name, given in dict(dynamic_axes or {}).items():
            if name in self.names:
                found[name] = self._checked(name, given)
            elif name not in outputs:
                known = ", ".join([*self.names, *outputs])
                raise ValueError(f"onnx.export: dynamic_axes names {name!r}; inputs and outputs are {known}")
        for name, given in zip(self.names, self._shapes(dynamic_shapes)):
            if given:
                found[name] = self._checked(name, given)
        return found

    def _shapes(self, dynamic_shapes: Any) -> list[Any]:
        """What ``dynamic_shapes``, built as the arguments are, says of each input."""
        if dynamic_shapes is None:
            return []
        if not isinstance(dynamic_shapes, Mapping):
            dynamic_shapes = dict(zip(self.bound, dynamic_shapes))
        found: dict[int, Any] = {}

        def walk(value: Any, given: Any) -> None:
            if isinstance(value, Tensor):
                found.setdefault(id(value), given)
            elif isinstance(value, Mapping):
                for key, part in value.items():
                    walk(part, None if given is None else given.get(key))
            elif isinstance(value, (tuple, list)):
                for i, part in enumerate(value):
                    walk(part, None if given is None else given[i])

        unknown = [name for name in dynamic_shapes if name not in self.bound]
        if unknown:
            raise ValueError(
                f"onnx.export: dynamic_shapes names {', '.join(map(repr, unknown))}; the arguments are "
                f"{', '.join(self.bound)}"
            )
        for name, value in self.bound.items():
            walk(value, dynamic_shapes.get(name))
        return [found.get(id(one)) for one in self.tensors]

    def _checked(self, name: str, given: Any) -> dict[int, str]:
        """The dynamic axes of an input: ``{0: "batch"}``, ``[0]``, or an entry for each axis as in dynamic_shapes."""
        ndim = self.tensors[self.names.index(name)].ndim
        if not isinstance(given, Mapping):
            plain = all(isinstance(one, int) and not isinstance(one, bool) for one in given)
            given = dict.fromkeys(given) if plain else {i: one for i, one in enumerate(given) if one is not None}
            given = {axis: f"{name}_{axis}" if dim is None else dim for axis, dim in given.items()}
        found = {}
        for axis, dim in given.items():
            if not isinstance(axis, int) or not -ndim <= axis < ndim:
                raise ValueError(f"onnx.export: {name} has {ndim} dimensions; there is no axis {axis!r}")
            label = dim if isinstance(dim, str) else getattr(dim, "__name__", None)
            if dim is not None:
                found[axis % ndim] = label or f"{name}_{axis % ndim}"
        return found


def _bound(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by the names that ``forward`` has for them; those of an ``*args`` are numbered."""
    signature = inspect.signature(getattr(model, "forward", model))
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"onnx.export: the model takes {signature}: {error}") from None
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found.update((f"{name}_{i}", one) for i, one in enumerate(value))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found.update(value)
        else:
            found[name] = value
    return found
