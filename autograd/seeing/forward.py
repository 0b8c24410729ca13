"""The drawing of a model: it is called, and what ran is drawn from its inputs on, as far as it got if it raised."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from ..creation.generator import get_rng_state, set_rng_state
from ..engine.above import is_module
from ..engine.grad_mode import enable_grad
from ..engine.node import Node
from ..engine.tensor import Tensor
from ..transforms.tree import leaves
from .dot import Drawing
from .drawing import picture_of
from .modules import named_buffers
from .names import Names
from .recording import Recording


def draw_call(model: Any, inputs: Sequence[Any], **options: Any) -> Drawing:
    """The picture of ``model(*inputs)``; what the call changes, buffers and the state of randomness, is put back."""
    names = Names()
    given = [_as_input(value) for value in inputs]
    for name, value in zip(_parameter_names(model), given):
        if isinstance(value, Tensor):
            names.add(name, value, "input")
    buffers = [(buffer, buffer.array.copy()) for _, buffer in named_buffers(model)] if is_module(model) else []
    state = get_rng_state()
    recording = Recording()
    error = None
    roots: dict[Node, None] = {}
    try:
        with enable_grad(), recording:
            result = model(*given)
        roots = {one.node: None for one in leaves(result) if isinstance(one, Tensor) and one.node is not None}
    except Exception as raised:
        if recording.failure is None:
            raise
        error = raised
    finally:
        set_rng_state(state)
        for buffer, before in buffers:
            buffer.array[...] = before
    names.update(recording.names)
    if not roots and error is None:
        raise RuntimeError(
            "draw: nothing that the model returned has a graph; its inputs must be floating-point Tensors"
        )
    drawn = roots or dict.fromkeys(recording.calls)
    made = picture_of(drawn, names, recording=recording, results=roots, **options)
    made.error = error
    return made


def _as_input(value: Any) -> Any:
    """A Tensor of floats as a leaf of its own, so that the graph reaches from it on."""
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.detach().clone().requires_grad_()
    return value


def _parameter_names(model: Any) -> list[str]:
    """What ``forward`` calls its arguments; those of an ``*args`` are numbered."""
    parameters = inspect.signature(getattr(model, "forward", model)).parameters.values()
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    names = [p.name for p in parameters if p.kind not in several]
    return [*names, *(f"input{i}" for i in range(len(names), 10))]
