"""Functions that are composed of ops, one file a family; the bodies of ``nn.functional`` are among them.

Imports the creation of Tensors and what is below it.
"""

from importlib import import_module
from pathlib import Path

from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

# Importing a family registers its functions.
for _family in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_family.stem}")
