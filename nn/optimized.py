"""A module that was compiled, as a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograd.engine import above

from .module import Module


class OptimizedModule(Module):
    """What `autograd.compile` makes of a module: ``compiled`` is called in place of it; all else is the module's.

    The module itself is ``_orig_mod``, as in PyTorch, and so are names of parameters prefixed; attributes that are read
    or set are the module's.

    >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
    >>> compiled = autograd.compile(model)
    >>> [compiled(autograd.ones(1, 2)).shape for _ in range(3)][-1], compiled.replays, compiled[0] is model[0]
    (autograd.Size([1, 3]), 1, True)
    >>> list(compiled.state_dict())
    ['_orig_mod.0.weight', '_orig_mod.0.bias']
    """

    _orig_mod: Any

    def __init__(self, module: Module, compiled: Callable[..., Any]) -> None:
        super().__init__()
        self.__dict__.update(_orig_mod=module, compiled=compiled)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.compiled(*args, **kwargs)

    @property
    def training(self) -> bool:
        return self._orig_mod.training

    @training.setter
    def training(self, mode: bool) -> None:
        self._orig_mod.training = mode

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in self.__dict__ or "_orig_mod" not in self.__dict__:
            return super().__getattr__(name)
        # How often it was replayed, for example.
        return getattr(self.compiled if name in ("replays", "reason", "explain") else self._orig_mod, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or name == "training":
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __len__(self) -> int:
        return len(self._orig_mod)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._orig_mod)

    def __getitem__(self, index: Any) -> Any:
        return self._orig_mod[index]

    def __contains__(self, thing: Any) -> bool:
        return thing in self._orig_mod

    def __bool__(self) -> bool:
        return True


above.OptimizedModule = OptimizedModule
