"""The state of a module: what of it is saved, and how it goes out and in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from autograd import Tensor
from autograd.engine.hooks import RemovableHandle

from .attributes import own_buffers, own_parameters
from .loading import EXTRA_STATE, IncompatibleKeys, load, load_own
from .tree import Tree


class StateHooks:
    """The functions that are called around the saving and the loading of one module."""

    def __init__(self) -> None:
        self.before_saving: list[Callable[..., Any]] = []
        self.after_saving: list[Callable[..., Any]] = []
        self.before_loading: list[Callable[..., Any]] = []
        self.after_loading: list[Callable[..., Any]] = []


NO_HOOKS = StateHooks()


class Replacing(partial[Any]):
    """A hook after saving, that may return another dict to take the place of what was saved."""


class State(Tree):
    """The part of a Module that saves and loads."""

    # The number of the layout in which a class saves; a subclass may raise it, and a hook that loads look at it.
    _version: int = 1
    _state_hooks: StateHooks = NO_HOOKS

    def get_extra_state(self) -> Any:
        """What of this module a `state_dict` is to have beside its parameters and buffers; a subclass may define it."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_extra_state")

    def set_extra_state(self, state: Any) -> None:
        """Take over what `get_extra_state` gave."""
        raise NotImplementedError(f"{type(self).__name__} does not define set_extra_state")

    def _wants_extra_state(self) -> bool:
        return type(self).set_extra_state is not State.set_extra_state

    def _own_state(self) -> Iterator[tuple[str, Tensor]]:
        """What of this module alone is saved: its Parameters and persistent buffers."""
        yield from own_parameters(self)
        yield from ((name, value) for name, value in own_buffers(self) if self._persistent[name])

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Put what of this module alone is saved into ``destination``; `state_dict` calls this of each module.

        A subclass may define it to save something else, together with `_load_from_state_dict`.
        """
        for name, value in self._own_state():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load what of this module alone ``state_dict`` has; `load_state_dict` calls this of each module.

        A subclass may define it, to change the dict before it calls this one: an old file may have other names.

        state_dict: a copy of what there is to load, in which the names of this module and of those below it begin with
        ``prefix``. local_metadata: what was saved beside it, such as the "version" of the layout. The lists are added
        to: names that are missing or unexpected, if ``strict``, and what else is to be refused.

        >>> class Renamed(nn.Linear):
        ...     def _load_from_state_dict(self, state_dict, prefix, *others):
        ...         state_dict[prefix + "weight"] = state_dict.pop(prefix + "kernel")
        ...         super()._load_from_state_dict(state_dict, prefix, *others)
        >>> nn.Sequential(Renamed(2, 1, bias=False)).load_state_dict({"0.kernel": autograd.ones(1, 2)})
        <All keys matched successfully>
        """
        lists = (missing_keys, unexpected_keys, error_msgs)
        for hook in tuple(self._state_hooks.before_loading):
            hook(self, state_dict, prefix, local_metadata, strict, *lists)
        load_own(self, state_dict, prefix, local_metadata, strict, *lists)

    def state_dict(
        self, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by dotted name, sharing memory with the module.

        destination: the dict that they are put into; a new OrderedDict if not given. prefix: what their names begin
        with. keep_vars: the parameters themselves, which require grad.

        >>> list(nn.BatchNorm1d(2).state_dict())
        ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
        """
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()  # type: ignore[attr-defined]  # as PyTorch has it, beside the items
        details = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = details
        for hook in tuple(self._state_hooks.before_saving):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, child in self._modules_and_places().items():
            if child is not None:
                child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in tuple(self._state_hooks.after_saving):
            made = hook(self, destination, prefix, details)
            if made is not None:
                if not isinstance(hook, Replacing):
                    raise RuntimeError("state_dict post-hook must return None")
                destination = made
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy the values of a `state_dict` into the parameters and buffers of the same names.

        assign: take its Tensors instead of copying their values, in their dtype. RuntimeError, listing them all and
        changing nothing, for names missing or unexpected (unless not ``strict``), for shapes that differ, for what is
        no Tensor, and for parameters that can't be written to.
        """
        return load(self, state_dict, strict, assign)

    def _own_state_hooks(self) -> StateHooks:
        hooks: StateHooks = self.__dict__.setdefault("_state_hooks", StateHooks())
        return hooks

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before this module is saved by `state_dict`."""
        return RemovableHandle(self._own_state_hooks().before_saving, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after this module was saved by `state_dict`.

        It may change the dict, which has also what other modules saved, and returns None; RuntimeError otherwise.
        """
        return RemovableHandle(self._own_state_hooks().after_saving, hook)

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """As `register_state_dict_post_hook`; where `state_dict` was asked of this module, it gives what it returns."""
        return RemovableHandle(self._own_state_hooks().after_saving, Replacing(hook))

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """As `register_load_state_dict_pre_hook`, for a hook that isn't given the module unless ``with_module``."""
        given = hook if with_module else lambda module, *args: hook(*args)
        return self.register_load_state_dict_pre_hook(given)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call a function before anything is loaded, with what there is to load, which it may change.

        It is called as ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
        error_msgs)``: a copy of the whole dict, in which the names of this module begin with ``prefix``; and lists to
        which it may add what else is to be refused.

        >>> def rename(module, state, prefix, *others):
        ...     state[prefix + "weight"] = state.pop(prefix + "kernel")
        >>> layer = nn.Linear(2, 1, bias=False)
        >>> handle = layer.register_load_state_dict_pre_hook(rename)
        >>> layer.load_state_dict({"kernel": autograd.ones(1, 2)})
        <All keys matched successfully>
        """
        return RemovableHandle(self._own_state_hooks().before_loading, hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after this module and those below were loaded.

        It may change both lists, ``missing_keys`` and ``unexpected_keys``: what it takes out is not refused.
        """
        return RemovableHandle(self._own_state_hooks().after_loading, hook)
