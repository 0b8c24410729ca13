"""Functions to be called when a module is, when gradients pass through it, or when something is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

from autograd.engine.hooks import RemovableHandle


class Hook(NamedTuple):
    """A function that is called around a module's forward; with the keywords, and even if something was raised."""

    function: Callable[..., Any]
    with_kwargs: bool = False
    always_call: bool = False


class Hooks:
    """The hooks of one module, or those of all, by when they are called."""

    def __init__(self) -> None:
        self.before: list[Hook] = []
        self.after: list[Hook] = []
        self.before_backward: list[Hook] = []
        self.after_backward: list[Hook] = []
        # Which of the two kinds of those there are, once there are any.
        self.full: bool | None = None

    def of_gradients(self, full: bool) -> list[Hook]:
        """The hooks after the backward, for one more of a kind; RuntimeError if there are those of the other."""
        if self.full is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only "
                "one of them."
            )
        self.full = full
        return self.after_backward


class Numbered(MutableMapping[int, Callable[..., Any]]):
    """The hooks of one kind as the dict that PyTorch keeps of them, which libraries count, call and clear.

    >>> layer = nn.Linear(1, 1)
    >>> handle = layer.register_forward_hook(lambda module, args, out: None)
    >>> len(layer._forward_hooks), len(layer._backward_hooks)
    (1, 0)
    """

    def __init__(self, hooks: list[Hook]) -> None:
        self.hooks = hooks

    def __iter__(self) -> Iterator[int]:
        return iter([id(hook) for hook in self.hooks])

    def __len__(self) -> int:
        return len(self.hooks)

    def __getitem__(self, number: int) -> Callable[..., Any]:
        return self.hooks[self._place(number)].function

    def __setitem__(self, number: int, function: Callable[..., Any]) -> None:
        self.hooks.append(Hook(function))

    def __delitem__(self, number: int) -> None:
        del self.hooks[self._place(number)]

    def _place(self, number: int) -> int:
        for place, hook in enumerate(self.hooks):
            if id(hook) == number:
                return place
        raise KeyError(number)


def numbered(kind: str) -> property:
    """The attribute of a module that has its hooks of a ``kind`` of `Hooks` as a dict."""

    def get(self: Hooked) -> Numbered:
        own = self.__dict__.get("_hooks")
        return Numbered([] if own is None else getattr(own, kind))

    def become(self: Hooked, functions: Mapping[int, Callable[..., Any]]) -> None:
        getattr(self._own_hooks(), kind)[:] = map(Hook, functions.values())

    return property(get, become)


class Hooked:
    """The part of a Module that registers hooks."""

    # Made when the first hook of a module is registered: most modules have none. As long as there are hooks of all
    # modules, those are here for a module that has none of its own.
    _hooks: Hooks | None = None
    _forward_pre_hooks, _forward_hooks = numbered("before"), numbered("after")
    _backward_pre_hooks, _backward_hooks = numbered("before_backward"), numbered("after_backward")

    def _own_hooks(self) -> Hooks:
        hooks: Hooks = self.__dict__.setdefault("_hooks", Hooks())
        return hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before every forward; what it returns takes the place of ``args``.

        prepend: before the hooks that are there. with_kwargs: it is called with ``(module, args, kwargs)``, and returns
        both.
        """
        return RemovableHandle(self._own_hooks().before, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after every forward; what it returns takes the place of ``output``.

        prepend: before the hooks that are there. with_kwargs: it is called with ``(module, args, kwargs, output)``.
        always_call: also if the forward or another hook raises, with the output None if there is none yet.
        """
        return RemovableHandle(self._own_hooks().after, Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of what the module gave are known.

        What it returns takes their place, in a tuple.
        """
        return RemovableHandle(self._own_hooks().before_backward, Hook(hook), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of what the module was given are known.

        Both are tuples, with None for what has no gradient. What it returns takes the place of ``grad_input``.
        """
        return RemovableHandle(self._own_hooks().of_gradients(True), Hook(hook), prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """As `register_full_backward_hook`, which PyTorch wants in its place.

        There ``grad_input`` is what goes into the last operation of the forward, here always what the module was given.
        """
        return RemovableHandle(self._own_hooks().of_gradients(False), Hook(hook))


# The hooks of all modules, and the functions that are called when something is registered in any.
EVERYWHERE = Hooks()
REGISTRATION: dict[str, list[Callable[..., Any]]] = {"parameter": [], "buffer": [], "module": []}


class GlobalHandle(RemovableHandle):
    """Registers a hook of all modules, until it is removed."""

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        super().__init__(hooks, hook)
        Hooked._hooks = EVERYWHERE

    def remove(self) -> None:
        super().remove()
        if not any(vars(EVERYWHERE).values()):
            Hooked._hooks = None


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """As `Module.register_forward_pre_hook`, of all modules, whose hooks are called before those of one."""
    return GlobalHandle(EVERYWHERE.before, Hook(hook))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """As `Module.register_forward_hook`, of all modules, whose hooks are called before those of one.

    >>> with nn.modules.module.register_module_forward_hook(lambda module, args, out: print(module, out.shape)):
    ...     model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    ...     shape = model[:1](autograd.ones(1, 2)).shape
    Linear(in_features=2, out_features=3, bias=True) autograd.Size([1, 3])
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
    ) autograd.Size([1, 3])
    """
    return GlobalHandle(EVERYWHERE.after, Hook(hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """As `Module.register_full_backward_pre_hook`, of all modules."""
    return GlobalHandle(EVERYWHERE.before_backward, Hook(hook))


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """As `Module.register_full_backward_hook`, of all modules."""
    return GlobalHandle(EVERYWHERE.after_backward, Hook(hook))


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """As `register_module_full_backward_hook`; see `Module.register_backward_hook`."""
    return register_module_full_backward_hook(hook)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` when a Parameter is registered; what it returns takes its place."""
    return RemovableHandle(REGISTRATION["parameter"], hook)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` when a buffer is registered; what it returns takes its place."""
    return RemovableHandle(REGISTRATION["buffer"], hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` when a module is registered; what it returns takes its place."""
    return RemovableHandle(REGISTRATION["module"], hook)


def registered(module: Any, name: str, value: Any, what: str) -> Any:
    """``value``, or what the hooks of all modules make of it, to be registered as parameter, buffer or module."""
    for hook in tuple(REGISTRATION[what]):
        changed = hook(module, name, value)
        if changed is not None:
            value = changed
    return value
