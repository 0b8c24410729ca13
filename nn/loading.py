"""Putting what a state dict has into a module: everything or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Tensor, no_grad

from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module

# The name under which a state dict has what `Module.get_extra_state` gives.
EXTRA_STATE = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(module: Module, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """See `Module.load_state_dict`."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    own = {dotted: (owner, name) for dotted, owner, name in module._saved()}
    missing = [dotted for dotted in own if dotted not in state]
    unexpected = [dotted for dotted in state if dotted not in own]
    problems = []
    if strict and unexpected:
        problems.append(f"Unexpected key(s) in state_dict: {', '.join(map(repr, unexpected))}.")
    if strict and missing:
        problems.append(f"Missing key(s) in state_dict: {', '.join(map(repr, missing))}.")
    found = [(dotted, owner, name, state[dotted]) for dotted, (owner, name) in own.items() if dotted in state]
    for dotted, owner, name, given in found:
        problem = None if name == EXTRA_STATE else misfit(dotted, owner.__dict__[name], given, assign)
        if problem:
            problems.append(problem)
    if problems:
        text = "\n\t".join(problems)
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t{text}")
    for _, owner, name, given in found:
        if name == EXTRA_STATE:
            owner.set_extra_state(given)
        elif assign:
            before = owner.__dict__[name]
            made = isinstance(before, Parameter) and not isinstance(given, Parameter)
            owner.__dict__[name] = Parameter(given, before.requires_grad) if made else given
        else:
            with no_grad():
                owner.__dict__[name].copy_(given)
    return IncompatibleKeys(missing, unexpected)


def misfit(name: str, value: Tensor, given: Any, assign: bool) -> str | None:
    """Why ``given``, which a state dict has under ``name``, can't be loaded into ``value``; None if it can."""
    if not isinstance(given, Tensor):
        return f'While copying the parameter named "{name}", expected a Tensor from checkpoint, not {type(given)}'
    if given.shape != value.shape:
        return (
            f"size mismatch for {name}: copying a param with shape {tuple(given.shape)} from checkpoint, "
            f"the shape in current model is {tuple(value.shape)}."
        )
    if not assign and not value.array.flags.writeable:
        return f"{name} of shape {tuple(value.shape)} can't be written to: it is expanded or read-only; use assign=True"
    return None
