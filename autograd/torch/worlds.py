"""Which modules ``torch`` means: PyTorch's and ours, each with what was built on it, are never imported together."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

# Whoever swaps modules stays, and so does what PyTorch has changed of Python's own.
STAYING = {"__main__", "autograd", "nn", "optim", *sys.stdlib_module_names}


class World:
    """The modules under the name ``torch`` and what was built on them: in `sys.modules`, or set aside.

    homes: the packages in which the classes of this torch are defined.
    """

    def __init__(self, homes: tuple[str, ...]) -> None:
        self.homes = homes
        self.aside: dict[str, ModuleType] = {}
        self.before: set[str] = set()

    def enter(self) -> None:
        """Put back what was set aside."""
        self.before = set(sys.modules)
        sys.modules.update(self.aside)
        for name, module in self.aside.items():
            package, _, last = name.rpartition(".")
            if package in sys.modules:
                setattr(sys.modules[package], last, module)

    def leave(self) -> None:
        """Set aside what is of this world."""
        loaded = {name: module for name, module in sys.modules.items() if isinstance(module, ModuleType)}
        self.aside = {name: module for name, module in loaded.items() if top(name) == "torch"}
        others = {n: m for n, m in loaded.items() if n not in self.before and top(n) not in {"torch", *STAYING}}
        torch = set(map(id, self.aside.values()))
        new = {name: module for name, module in others.items() if self.aside and self.refers(module, torch)}
        while new:
            self.aside |= new
            rest = {name: module for name, module in others.items() if name not in self.aside}
            new = {name: module for name, module in rest.items() if any(o in new for o in origins(module))}
        for name in self.aside:
            del sys.modules[name]

    def refers(self, module: ModuleType, torch: set[int]) -> bool:
        """Whether a global of ``module`` is a module of torch, or a class or function that is defined in its homes."""
        return any(id(value) in torch for value in list(vars(module).values())) or any(
            top(origin) in self.homes for origin in origins(module)
        )


def top(name: str) -> str:
    """The package that everything under a dotted name is in."""
    return name.partition(".")[0]


def origins(module: ModuleType) -> list[str]:
    """Where the classes and functions among the globals of ``module`` are defined."""
    values = list(vars(module).values())
    found = [value.__module__ for value in values if issubclass(type(value), (type, FunctionType))]
    return [name for name in found if isinstance(name, str)]
