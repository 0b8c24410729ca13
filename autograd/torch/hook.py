"""``import torch`` means this package: in a block, or from now on."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from multiprocessing import spawn
from types import ModuleType, TracebackType
from typing import Any

from ..types import package
from .scope import absence
from .table import HIDDEN, MODULES
from .version import VERSION
from .worlds import World


class as_torch:
    """From this call on, ``import torch`` and all below it mean this package; in a ``with`` block, up to its end.

    A PyTorch that is installed is not touched. What was imported of it, and whatever refers to that, is set aside, so
    that the two never mix, and put back at the end of the block. Names that aren't here raise AttributeError or
    ImportError, which say whether they are out of scope or missing.

    >>> with autograd.as_torch() as torch:
    ...     from torch.nn import functional as F
    ...     F.relu(torch.tensor([-1., 2.])), torch.__version__
    (tensor([0., 2.]), '2.13.0+chalkgrad')
    """

    def __init__(self) -> None:
        self._entered = FINDER not in sys.meta_path
        if self._entered:
            ELSEWHERE.leave()
            sys.meta_path.insert(0, FINDER)
            HERE.enter()
            package.name = "torch"

    def __enter__(self) -> ModuleType:
        return importlib.import_module("torch")

    def __reduce__(self) -> tuple[Any, ...]:
        # Whoever unpickles one means the same by torch.
        return as_torch, ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._entered and FINDER in sys.meta_path:
            HERE.leave()
            sys.meta_path.remove(FINDER)
            package.name = "autograd"
            ELSEWHERE.enter()


HERE, ELSEWHERE = World(("torch", "autograd", "nn", "optim")), World(("torch",))


class StandIn(ModuleType):
    """A module of PyTorch's name, which has the names of the modules that stand for it.

    These are imported when a name is first asked for, and a name that was found is kept.
    """

    def __init__(self, name: str, sources: tuple[str, ...]) -> None:
        super().__init__(name, f"What stands for {name} here: {', '.join(sources) or 'nothing but the name'}.")
        self._sources = sources
        self.__file__ = __file__
        if name == "torch":
            # Some write `torch.torch`.
            self.torch = self
        if name in ("torch", "torch.version"):
            self.__version__ = VERSION

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """With all names, which libraries go through."""
        for name in self.__all__:
            getattr(self, name)
        return super().__dict__

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return sorted({n for s in map(importlib.import_module, self._sources) for n in dir(s) if n[0] != "_"})
        below = f"{self.__name__}.{name}"
        if below in MODULES and below not in HIDDEN:
            return importlib.import_module(below)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        for source in map(importlib.import_module, self._sources):
            if hasattr(source, name):
                found = getattr(source, name)
                # Whoever writes a test, or an extension, may put something else there, and take it away again.
                setattr(self, name, found)
                return found
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}: {absence(below)}")

    def __setattr__(self, name: str, value: Any) -> None:
        # Whoever imports a module puts it into the one above.
        if f"{self.__name__}.{name}" not in HIDDEN or not isinstance(value, StandIn):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        prefix = f"{self.__name__}."
        below = {module.removeprefix(prefix) for module in MODULES if module.startswith(prefix)}
        return sorted({*self.__all__, *(name for name in below if "." not in name and name[0] != "_")})


class Finder(MetaPathFinder, Loader):
    """Finds ``torch`` and what is below it, and says that this distribution is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "torch":
            return None
        if fullname not in MODULES:
            raise ModuleNotFoundError(f"No module named {fullname!r}: {absence(fullname)}", name=fullname)
        return ModuleSpec(fullname, self, origin=__file__, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name, MODULES[spec.name])

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: its names are found when they are asked for."""

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterator[Distribution]:
        """For ``importlib.metadata``, by which libraries ask whether torch is installed, and which."""
        if context is None or context.name in (None, "torch"):
            yield Installed()


class Installed(Distribution):
    """What ``importlib.metadata`` tells of the distribution ``torch``."""

    def read_text(self, filename: str) -> str | None:
        return f"Metadata-Version: 2.1\nName: torch\nVersion: {VERSION}\n" if filename == "METADATA" else None

    def locate_file(self, path: str | os.PathLike[str]) -> Any:
        return os.path.join(os.path.dirname(__file__), path)


FINDER = Finder()


def inherit() -> None:
    """Have ``import torch`` mean this package in the Python processes, too, that are started from now on."""
    first = os.path.join(os.path.dirname(__file__), "inherited")
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([first, *(path for path in before if path not in ("", first))])


def _prepared(name: str, of_python: Callable[[str], dict[str, Any]] = spawn.get_preparation_data) -> dict[str, Any]:
    """What a new process unpickles before it imports the program, such as a worker of a DataLoader that was spawned."""
    return of_python(name) | ({"torch": as_torch()} if FINDER in sys.meta_path else {})


spawn.get_preparation_data = _prepared
