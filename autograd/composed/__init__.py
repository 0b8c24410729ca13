"""Functions that are composed of ops, one file a family: many of them because they return several Tensors."""

from importlib import import_module
from pathlib import Path

from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

# Importing a family registers its functions.
for _family in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_family.stem}")
