"""The drawing of a model: it is called, and what ran is drawn from its inputs on, as far as it got if it raised."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import GeneratorType
from typing import Any

from ..creation.generator import get_rng_state, set_rng_state
from ..engine.above import is_module, is_uninitialized
from ..engine.grad_mode import enable_grad
from ..engine.node import Node
from ..engine.tensor import Tensor
from ..transforms.tree import leaves, mapped
from .dot import Drawing
from .drawing import picture_of
from .modules import named_buffers
from .names import Names
from .recording import Recording

# The keywords that are about the picture; a model is given all others.
OPTIONS = ("direction", "show", "depth", "fold", "expand", "theme")


def draw_call(model: Any, inputs: Sequence[Any], keywords: Mapping[str, Any]) -> Drawing:
    """The picture of ``model(*inputs, **keywords)``, without the keywords that are options of the picture.

    What the call changes, buffers and the state of randomness, is put back. TypeError for inputs that ``forward``
    doesn't take.
    """
    options = {name: value for name, value in keywords.items() if name in OPTIONS}
    copies: dict[int, Tensor] = {}
    given = [_as_input(value, copies) for value in inputs]
    keyed = {name: _as_input(value, copies) for name, value in keywords.items() if name not in OPTIONS}
    names = Names()
    for name, tensor in _named_tensors(_named_arguments(model, given, keyed)):
        names.add(name, tensor, "input")
    held = [buffer for _, buffer in named_buffers(model)] if is_module(model) else []
    buffers = [(buffer, buffer.array.copy()) for buffer in held if not is_uninitialized(buffer)]
    state = get_rng_state()
    recording = Recording()
    error = None
    roots: dict[Node, None] = {}
    try:
        with enable_grad(), recording:
            result = model(*given, **keyed)
            if isinstance(result, GeneratorType):
                result = list(result)
        roots = {one.node: None for one in leaves(result) if isinstance(one, Tensor) and one.node is not None}
    except Exception as raised:
        error = raised
    finally:
        set_rng_state(state)
        for buffer, before in buffers:
            buffer.array[...] = before
    names.update(recording.names)
    if not roots and not recording.calls and error is None:
        raise RuntimeError("draw: nothing that the model did has a graph; its inputs must be floating-point Tensors")
    # Without a result, after an exception or because it is in an object of another class, all calls are shown; without
    # any calls the inputs.
    if not roots and not recording.calls:
        roots = {copy.node: None for copy in copies.values() if copy.node is not None}
    made = picture_of(roots or dict.fromkeys(recording.calls), names, recording=recording, results=roots, **options)
    made.error = error
    return made


def _as_input(value: Any, copies: dict[int, Tensor]) -> Any:
    """``value`` with each Tensor of floats in it as a leaf of its own, so that the graph reaches from it on.

    copies: what was made of which Tensor, by identity: the same Tensor given twice stays the same.
    """

    def leaf(one: Any) -> Any:
        if not isinstance(one, Tensor) or not one.is_floating_point():
            return one
        if id(one) not in copies:
            copies[id(one)] = one.detach().clone().requires_grad_()
        return copies[id(one)]

    return mapped(leaf, value)


def _named_arguments(model: Any, inputs: Sequence[Any], keywords: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What ``forward`` calls its arguments; those of an ``*args`` are numbered."""
    try:
        signature = inspect.signature(getattr(model, "forward", model))
    except (TypeError, ValueError):
        # It is written in another language.
        signature = inspect.signature(lambda *args, **kwargs: None)
    try:
        bound = signature.bind(*inputs, **keywords)
    except TypeError as error:
        if is_module(model) and vars(model).get("_forward_pre_hooks"):
            # A hook may give ``forward`` other arguments.
            return
        name = type(model).__name__ if is_module(model) else getattr(model, "__name__", "the function")
        raise TypeError(
            f"draw: {name} takes {signature}: {error}; options of the picture are {', '.join(OPTIONS)}"
        ) from None
    for position, (name, value) in enumerate(bound.arguments.items()):
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            yield from value.items()
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            yield from ((f"input{i}", one) for i, one in enumerate(value, position))
        else:
            yield name, value


def _named_tensors(pairs: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Tensor]]:
    """The Tensors in arguments, those in lists, tuples and dicts under their places: ``batch['mask']``."""
    for name, value in pairs:
        if isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, (list, tuple, dict)):
            places = value.items() if isinstance(value, dict) else enumerate(value)
            yield from _named_tensors((f"{name}[{place!r}]", one) for place, one in places)
