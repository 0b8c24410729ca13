"""Functions that are composed of ops, one file a family: many of them because they return several Tensors."""

from importlib import import_module
from pkgutil import iter_modules

from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

# Importing a family registers its functions.
for _family in iter_modules(__path__):
    import_module(f"{__name__}.{_family.name}")
