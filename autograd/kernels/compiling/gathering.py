"""Importing all files of a folder: at once, for what they register, or each when something in it is first asked for."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from .forks import mind

# Several threads may be the first to ask for something in a file, and a file may ask for what is in others.
READING = mind(threading.RLock())
RUNNING: set[str] = set()

# What Python's imports read of a module before it has run.
OF_IMPORTS = frozenset({"__class__", "__file__", "__loader__", "__name__", "__package__", "__path__", "__spec__"})


def import_files(package: str, folder: str) -> None:
    """Import the files of a package that lie in ``folder``, in the order of their names."""
    with declaring():
        for name in names_of_files(folder):
            import_module(f"{package}.{name}")


@contextmanager
def declaring() -> Iterator[None]:
    """A block that declares what stays: Python need not look through it for garbage, again and again as it grows."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # All there is counts as old now, as it would once it had been looked through a few times.
            gc.freeze()
            gc.unfreeze()
        if collects:
            gc.enable()


def import_files_later(package: str, folder: str) -> None:
    """Have each file of a package that lies in ``folder`` run when something in it is first asked for.

    They are imported as ever: ``from ..kernels import ctc`` makes a module that is still empty, and ``ctc.forward``
    fills it. ``from ..kernels.ctc import forward`` asks for something at once.
    """
    for name in names_of_files(folder):
        full = f"{package}.{name}"
        spec: Any = spec_from_file_location(full, os.path.join(folder, f"{name}.py"))
        module = sys.modules[full] = module_from_spec(spec)
        module.__class__ = Later
        setattr(sys.modules[package], name, module)


def run_files() -> None:
    """Run all files that wait for being asked for something."""
    for module in [module for module in sys.modules.values() if type(module) is Later]:
        vars(module)


def names_of_files(folder: str) -> list[str]:
    """The modules in a folder, by name, without what begins with an underscore."""
    return sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_"))


class Later(ModuleType):
    """A module whose file has not been run yet; once it has, the module is like any other."""

    def __getattribute__(self, name: str) -> Any:
        if name not in OF_IMPORTS:
            with READING:
                if self.__name__ not in RUNNING and self.__class__ is Later:
                    RUNNING.add(self.__name__)
                    try:
                        self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
                        self.__class__ = ModuleType  # type: ignore[assignment]
                    finally:
                        RUNNING.remove(self.__name__)
        return ModuleType.__getattribute__(self, name)
