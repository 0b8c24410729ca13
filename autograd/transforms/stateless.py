"""Modules as functions of their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..engine.tensor import Tensor
from ..ops.joining import stack


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """``module(*args, **kwargs)`` with other Tensors in place of its parameters and buffers, by dotted name.

    args: a tuple, or one argument. tie_weights: a Tensor given for one name of a shared parameter counts for all.
    strict: RuntimeError for names that are missing or that the module doesn't have.

    >>> layer = nn.Linear(2, 1)
    >>> params = {"weight": autograd.tensor([[1., 2.]]), "bias": autograd.tensor([3.])}
    >>> autograd.func.functional_call(layer, params, autograd.tensor([1., 1.]))
    tensor([6.])
    """
    given = _merged(parameter_and_buffer_dicts)
    own = dict([*_all_named(module, "parameters"), *_all_named(module, "buffers")])
    if tie_weights:
        shared = {id(own[name]): value for name, value in given.items() if name in own}
        given = {name: shared[id(value)] for name, value in own.items() if id(value) in shared} | given
    if strict:
        problems = [
            f"\n\t{word} key(s): {', '.join(map(repr, names))}."
            for word, names in (
                ("Unexpected", [name for name in given if name not in own]),
                ("Missing", [name for name in own if name not in given]),
            )
            if names
        ]
        if problems:
            raise RuntimeError(f"Error(s) in reparametrizing for {type(module).__name__}:{''.join(problems)}")
    if args is None:
        args = ()
    with _swapped(module, given):
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))


def _merged(dicts: Any) -> dict[str, Tensor]:
    if isinstance(dicts, dict):
        dicts = [dicts]
    if not isinstance(dicts, (list, tuple)) or not all(isinstance(d, dict) for d in dicts):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(dicts)}"
        )
    merged: dict[str, Tensor] = {}
    for d in dicts:
        for name, value in d.items():
            if name in merged:
                raise ValueError(
                    f"{name!r} appeared in multiple dictionaries; behavior of functional call is ambiguous"
                )
            if not isinstance(value, Tensor):
                raise TypeError(f"functional_call: {name!r} must be a Tensor, not {type(value).__name__}")
            merged[name] = value
    return merged


def _all_named(module: Any, kind: str) -> Iterator[tuple[str, Tensor]]:
    """The parameters or buffers under every name that they have; ``named_parameters`` gives the first of them."""
    for path, part in _paths(module, ""):
        for name, value in getattr(part, f"named_{kind}")(recurse=False):
            yield path + name, value


def _paths(module: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    yield prefix, module
    for name, child in module.named_children():
        yield from _paths(child, f"{prefix}{name}.")


@contextmanager
def _swapped(module: Any, values: dict[str, Tensor]) -> Iterator[None]:
    """``module`` with these attributes, by dotted name, until the block ends."""
    before = []
    try:
        for dotted, value in values.items():
            path, _, name = dotted.rpartition(".")
            attributes = module.get_submodule(path).__dict__
            before.append((attributes, name, attributes.get(name)))
            attributes[name] = value
        yield
    finally:
        for attributes, name, value in reversed(before):
            if value is None:
                attributes.pop(name, None)
            else:
                attributes[name] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of modules built alike, each stacked along a new first dimension.

    >>> params, buffers = autograd.func.stack_module_state([nn.Linear(2, 1) for _ in range(3)])
    >>> {name: tuple(value.shape) for name, value in params.items()}
    {'weight': (3, 1, 2), 'bias': (3, 1)}
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if any(model.training != models[0].training for model in models):
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(model) is not type(models[0]) for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    states = [[dict(model.named_parameters()) for model in models], [dict(model.named_buffers()) for model in models]]
    params, buffers = ({name: stack([s[name].detach() for s in state]) for name in state[0]} for state in states)
    for name, value in params.items():
        value.requires_grad_(states[0][0][name].requires_grad)
    return params, buffers
