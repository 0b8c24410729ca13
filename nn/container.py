"""Modules that hold other modules."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import groupby
from typing import Any, TypeVar

from autograd import Tensor

from .module import Module

Row = TypeVar("Row", bound="_Ordered")


class _Ordered(Module):
    """Modules in a row, edited as a list is. Their names are 0, 1, 2, ... unless they were given others."""

    def _key(self, index: Any) -> str:
        """The name of the module at ``index``; IndexError if there is none."""
        names = list(self._modules_and_places())
        index = operator.index(index)
        if not -len(names) <= index < len(names):
            raise IndexError(f"index {index} is out of range for {len(names)} modules")
        return names[index]

    def __len__(self) -> int:
        return len(self._modules_and_places())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules_and_places().values())

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._part(list(self._modules_and_places().items())[index])
        return self.__dict__[self._key(index)]

    def _part(self, named: list[tuple[str, Any]]) -> Module:
        raise NotImplementedError

    def __setitem__(self, index: int, module: Module | None) -> None:
        self.add_module(self._key(index), module)

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        if not isinstance(index, slice):
            self._key(index)
        del modules[index]
        self._renew(modules)

    def _renew(self, modules: list[Any]) -> None:
        """Hold these instead, under the names 0, 1, 2, ..."""
        for name in self._modules_and_places():
            delattr(self, name)
        for number, module in enumerate(modules):
            self.add_module(str(number), module)

    def append(self: Row, module: Module | None) -> Row:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: Row, modules: Iterable[Any]) -> Row:
        """Add modules at the end."""
        modules = _checked(self, modules)
        for module in modules:
            self.append(module)
        return self

    def insert(self: Row, index: int, module: Module | None) -> Row:
        """Add a module before the one at ``index``; all are named anew, 0, 1, 2, ... IndexError beyond both ends."""
        _checked(self, [module])
        modules = list(self)
        if not -len(modules) <= index <= len(modules):
            raise IndexError(f"Index out of range: {index} for {len(modules)} modules")
        modules.insert(index, module)
        self._renew(modules)
        return self

    def pop(self, index: int = -1) -> Any:
        """Take out the module at ``index``, and return it."""
        module = self[index]
        del self[index]
        return module

    def __iadd__(self: Row, modules: Iterable[Any]) -> Row:
        return self.extend(modules)


def _checked(owner: Module, modules: Iterable[Any]) -> list[Any]:
    """``modules`` as a list; TypeError if they can't be iterated over or one is no module."""
    name = type(owner).__name__
    if not isinstance(modules, Iterable):
        raise TypeError(f"{name} takes modules from an iterable, but got {type(modules).__name__}")
    found = list(modules)
    for module in found:
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{name}: {type(module).__name__} is not a Module subclass")
    return found


class Sequential(_Ordered):
    """Modules run one after the other; given as arguments, or as an OrderedDict that names them.

    >>> nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def _part(self, named: list[tuple[str, Any]]) -> Module:
        return type(self)(OrderedDict(named))

    def __add__(self, other: Sequential) -> Sequential:
        """The modules of both, one after the other, in a new Sequential."""
        return Sequential(*self, *other) if isinstance(other, Sequential) else NotImplemented

    def __mul__(self, times: int) -> Sequential:
        """The modules as often as that, in a new Sequential: the same ones, which share their parameters."""
        return Sequential(*(list(self) * _checked_times(times)))

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Sequential:
        return self.extend(list(self) * (_checked_times(times) - 1))

    def forward(self, input: Tensor) -> Tensor:
        for module in self:
            input = module(input)
        return input


def _checked_times(times: Any) -> int:
    if not isinstance(times, int):
        raise TypeError(f"unsupported operand type(s) for *: Sequential and {type(times).__name__}")
    if times <= 0:
        raise ValueError(f"Sequential * {times}: expected a factor of at least 1")
    return times


class ModuleList(_Ordered):
    """A list of modules, whose parameters are also those of the module that holds the list.

    None in the list keeps a place.

    >>> len(nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]))
    3
    """

    def __init__(self, modules: Iterable[Any] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _part(self, named: list[tuple[str, Any]]) -> Module:
        return type(self)([module for _, module in named])

    def _printed_modules(self) -> Iterable[tuple[str, str]]:
        """Modules one after the other that print alike are printed once."""
        first = 0
        for text, alike in groupby(map(repr, self)):
            count = len(list(alike))
            last = first + count - 1
            yield (f"{first}-{last}", f"{count} x {text}") if count > 1 else (str(first), text)
            first += count

    def __add__(self, other: Iterable[Any]) -> ModuleList:
        """The modules of both, one after the other, in a new ModuleList."""
        return ModuleList([*self, *other])


class ModuleDict(Module):
    """A dictionary of modules, whose parameters are also those of the module that holds the dictionary.

    modules: a mapping, or pairs of a name and a module. None keeps the place of its name.

    >>> list(nn.ModuleDict({"body": nn.Linear(2, 2), "head": nn.Linear(2, 1)}))
    ['body', 'head']
    """

    def __init__(self, modules: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules_and_places()[key]

    def __setitem__(self, key: str, module: Module | None) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._modules_and_places())

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules_and_places())

    def __contains__(self, key: str) -> bool:
        return key in self._modules_and_places()

    def keys(self) -> KeysView[str]:
        return self._modules_and_places().keys()

    def values(self) -> ValuesView[Any]:
        return self._modules_and_places().values()

    def items(self) -> ItemsView[str, Any]:
        return self._modules_and_places().items()

    def update(self, modules: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add the modules of a mapping, or of pairs of a name and a module; those of the same names are replaced."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleDict.update: expected a mapping or pairs, but got {type(modules).__name__}")
        for name, module in modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules:
            self[name] = module

    def pop(self, key: str) -> Any:
        """Take out the module of this name, and return it."""
        module = self[key]
        del self[key]
        return module

    def clear(self) -> None:
        """Take out all modules."""
        for name in self._modules_and_places():
            delattr(self, name)
