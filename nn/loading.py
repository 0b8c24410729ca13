"""Putting what a state dict has into a module: everything or nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Tensor, no_grad

from .parameter import Parameter, is_lazy

if TYPE_CHECKING:
    from .state import State

# The name under which a state dict has what `Module.get_extra_state` gives.
EXTRA_STATE = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(module: State, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """See `Module.load_state_dict`."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    keys = IncompatibleKeys([], [])
    problems: list[str] = []
    state = OrderedDict(state_dict)
    metadata = getattr(state_dict, "_metadata", {})
    for prefix, part in placed(module):
        for hook in tuple(part._state_hooks.before_loading):
            hook(part, state, prefix, metadata.get(prefix[:-1], {}), True, *keys, problems)
    entries = {
        prefix + name: Entry(part, name, assign) for prefix, part in placed(module) for name in part._loaded_names()
    }
    keys.missing_keys.extend(dotted for dotted in entries if dotted not in state)
    keys.unexpected_keys.extend(dotted for dotted in state if dotted not in entries)
    found = [(entry, state[dotted]) for dotted, entry in entries.items() if dotted in state]
    problems += filter(None, (entries[dotted].misfit(dotted, state[dotted]) for dotted in entries if dotted in state))
    hooked = any(part._state_hooks.after_loading for _, part in placed(module))
    if problems or not hooked:
        refuse(module, keys, problems, strict)
    # Functions of the user's may refuse what has been loaded already: then what was before is put back.
    refusable = hooked or any(entry.name == EXTRA_STATE for entry, _ in found)
    kept = [Kept(entry) for entry, _ in found if entry.name != EXTRA_STATE] if refusable else []
    try:
        for entry, given in found:
            entry.put(given)
        if hooked:
            finish(module, keys)
            refuse(module, keys, problems, strict)
    except BaseException:
        for before in kept:
            before.put_back()
        raise
    return keys


def placed(module: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """A module and those below it, with what the names of each begin with; one in several places comes with each."""
    yield prefix, module
    for name, child in module._modules_and_places().items():
        if child is not None:
            yield from placed(child, f"{prefix}{name}.")


def refuse(module: State, keys: IncompatibleKeys, problems: list[str], strict: bool) -> None:
    """Raise RuntimeError that lists what is missing, what is unexpected, and all other ``problems``, if there are."""
    listed = list(problems)
    if strict:
        for what, names in (("Unexpected", keys.unexpected_keys), ("Missing", keys.missing_keys)):
            if names:
                listed.insert(0, f"{what} key(s) in state_dict: " + ", ".join(f'"{name}"' for name in names) + ". ")
    if listed:
        text = "\n\t".join(listed)
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t{text}")


def finish(module: Any, keys: IncompatibleKeys) -> None:
    """Call the hooks of what was loaded, those of a module after those below it."""
    for child in module._modules_and_places().values():
        if child is not None:
            finish(child, keys)
    for hook in tuple(module._state_hooks.after_loading):
        if hook(module, keys) is not None:
            raise AssertionError("a load_state_dict post-hook must return None; it may change the lists of keys")


class Entry:
    """A place in a module that something of a state dict goes into."""

    def __init__(self, owner: State, name: str, assign: bool) -> None:
        self.owner, self.name, self.assign = owner, name, assign

    def misfit(self, dotted: str, given: Any) -> str | None:
        """Why ``given``, which a state dict has under the name ``dotted``, can't be put here; None if it can."""
        if self.name == EXTRA_STATE:
            return None
        value = self.owner.__dict__[self.name]
        if not isinstance(given, Tensor):
            return f'While copying the parameter named "{dotted}", expected a Tensor from checkpoint, not {type(given)}'
        if is_lazy(value):
            return None
        if is_lazy(given):
            return f"{dotted} has no shape in the checkpoint, which was saved before the first forward of its layer."
        if given.shape != value.shape and not number_in_a_list(given, value):
            return (
                f"size mismatch for {dotted}: copying a param with shape {tuple(given.shape)} from checkpoint, "
                f"the shape in current model is {tuple(value.shape)}."
            )
        if not self.assign and not value.array.flags.writeable:
            return (
                f"{dotted} of shape {tuple(value.shape)} can't be written to: it is expanded or read-only; use "
                "assign=True"
            )
        return None

    def put(self, given: Any) -> None:
        """Copy or assign what fits."""
        if self.name == EXTRA_STATE:
            self.owner.set_extra_state(given)
            return
        value = self.owner.__dict__[self.name]
        if number_in_a_list(given, value):
            given = given[0]
        if self.assign:
            made = isinstance(value, Parameter) and not isinstance(given, Parameter)
            setattr(self.owner, self.name, Parameter(given, value.requires_grad) if made else given)
        elif not is_lazy(given):
            if is_lazy(value):
                value.materialize(given.shape)
            with no_grad():
                value.copy_(given)


class Kept:
    """What is in such a place before it is loaded."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.value: Any = entry.owner.__dict__[entry.name]
        self.kind, self.data = type(self.value), self.value.data.clone()

    def put_back(self) -> None:
        self.value.__class__ = self.kind
        if is_lazy(self.value):
            self.value.data = self.data
        else:
            with no_grad():
                self.value.copy_(self.data)
        self.entry.owner.__dict__[self.entry.name] = self.value


def number_in_a_list(given: Tensor, value: Tensor) -> bool:
    """Whether a number was saved by a PyTorch that had no Tensors without dimensions."""
    return not is_lazy(value) and not is_lazy(given) and value.dim() == 0 and tuple(given.shape) == (1,)
