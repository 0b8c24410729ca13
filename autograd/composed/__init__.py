"""Functions that are composed of ops, one file a family; the bodies of ``nn.functional`` are among them.

Imports the creation of Tensors and what is below it.
"""

from importlib import import_module
from pkgutil import iter_modules

from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

# Importing a family registers its functions.
for _family in iter_modules(__path__, f"{__name__}."):
    import_module(_family.name)
