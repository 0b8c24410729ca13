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

    def __repr__(self) -> str:
        if not (self.missing_keys or self.unexpected_keys):
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Details(dict[str, Any]):
    """What a state dict has of a module beside its items, for one that is loaded.

    later: takes what fits, to be put into the module when all was found to fit; None if it goes there at once.
    """

    def __init__(self, saved: Mapping[str, Any], assign: bool, later: list[tuple[Entry, Any]] | None) -> None:
        super().__init__(saved)
        if assign:
            self[ASSIGN] = True
        self.later = later


# Under this name a module is told to take the Tensors of a state dict instead of their values.
ASSIGN = "assign_to_params_buffers"


def load(module: State, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """See `Module.load_state_dict`."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    keys = IncompatibleKeys([], [])
    problems: list[str] = []
    modules = list(placed(module))
    hooked = any(part._state_hooks.after_loading for part in modules)
    # Classes that load in a way of their own may do so at once, and functions of the user's may refuse what has been
    # loaded already: then what was before is put back.
    own_way = any(loads_in_its_own_way(part) for part in modules)
    refusable = hooked or own_way or any(part._wants_extra_state() for part in modules)
    kept = [Kept(part, name) for part in modules for name, _ in part._own_state()] if refusable else []
    later: list[tuple[Entry, Any]] = []
    metadata = getattr(state_dict, "_metadata", {})

    def visit(part: Any, state: dict[str, Any], prefix: str) -> None:
        details = Details(metadata.get(prefix[:-1], {}), assign, None if own_way else later)
        part._load_from_state_dict(state, prefix, details, True, *keys, problems)
        for name, child in part._modules_and_places().items():
            if child is not None:
                below = f"{prefix}{name}."
                visit(child, {key: value for key, value in state.items() if key.startswith(below)}, below)

    try:
        visit(module, OrderedDict(state_dict), "")
        if problems or not hooked:
            refuse(module, keys, problems, strict)
        for entry, given in later:
            entry.put(given)
        if hooked:
            finish(module, keys)
            refuse(module, keys, problems, strict)
    except BaseException:
        for before in kept:
            before.put_back()
        raise
    return keys


def load_own(
    module: State,
    state: Mapping[str, Any],
    prefix: str,
    details: dict[str, Any],
    strict: bool,
    missing: list[str],
    unexpected: list[str],
    problems: list[str],
) -> None:
    """What `Module._load_from_state_dict` does after the hooks."""
    names = [name for name, _ in module._own_state()] + [EXTRA_STATE] * module._wants_extra_state()
    later = getattr(details, "later", None)
    for name in names:
        entry, dotted = Entry(module, name, details.get(ASSIGN, False)), prefix + name
        if dotted not in state:
            if strict:
                missing.append(dotted)
            continue
        problem = entry.misfit(dotted, state[dotted])
        if problem:
            problems.append(problem)
        elif later is None:
            entry.put(state[dotted])
        else:
            later.append((entry, state[dotted]))
    if strict:
        below = module._modules_and_places()
        for key in state:
            first, dot, _ = key[len(prefix) :].partition(".")
            if key.startswith(prefix) and first not in (below if dot else names):
                unexpected.append(key)


def loads_in_its_own_way(module: Any) -> bool:
    """Whether the class of ``module`` comes from outside of this package and defines how it is loaded."""
    defined = type(module)._load_from_state_dict
    return not str(defined.__module__).startswith(f"{__package__}.")


def placed(module: Any) -> Iterator[Any]:
    """A module and those below it; one in several places comes with each."""
    yield module
    for child in module._modules_and_places().values():
        if child is not None:
            yield from placed(child)


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
                f"size mismatch for {dotted}: copying a param with shape {given.shape} from checkpoint, "
                f"the shape in current model is {value.shape}."
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

    def __init__(self, owner: State, name: str) -> None:
        self.owner, self.name = owner, name
        self.value: Any = owner.__dict__[name]
        self.kind, self.data = type(self.value), self.value.data.clone()

    def put_back(self) -> None:
        self.value.__class__ = self.kind
        if is_lazy(self.value):
            self.value.data = self.data
        else:
            with no_grad():
                self.value.copy_(self.data)
        self.owner.__dict__[self.name] = self.value


def number_in_a_list(given: Tensor, value: Tensor) -> bool:
    """Whether a number was saved by a PyTorch that had no Tensors without dimensions."""
    return not is_lazy(value) and not is_lazy(given) and value.dim() == 0 and tuple(given.shape) == (1,)
