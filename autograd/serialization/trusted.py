"""Reading objects of any class, whole modules among them, from files that are trusted.

A pickle names the functions and classes that make its objects again, and reading it calls them, whatever they are.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..engine.tensor import Tensor
from .unpickling import Call


class TrustingUnpickler(pickle.Unpickler):
    """Reads pickles of any objects and runs what they say.

    names: what isn't looked up where it says it is, such as how PyTorch makes Tensors. storage: gives what a persistent
    id stands for.
    """

    def __init__(self, file: Any, names: Mapping[str, Any], storage: Callable[[Any], Any]) -> None:
        super().__init__(file)
        self.names, self.storage = names, storage

    def persistent_load(self, pid: Any) -> Any:
        # Old files have a module's class beside its source.
        if isinstance(pid, tuple) and pid and pid[0] == "module":
            return pid[1]
        return self.storage(pid)

    def find_class(self, module_name: str, global_name: str) -> Any:
        found = self.names.get(f"{module_name} {global_name}")
        if found is not None:
            return found.function if isinstance(found, Call) else found
        if module_name.split(".")[0] == "torch" and getattr(sys.modules.get("torch"), "Tensor", None) is not Tensor:
            raise pickle.UnpicklingError(
                f"load: the file has a {module_name}.{global_name} of PyTorch, which is one of this package only after "
                "autograd.as_torch()"
            )
        return super().find_class(module_name, global_name)
