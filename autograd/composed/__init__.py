"""Functions that are composed of ops, one file a family; the bodies of ``nn.functional`` are among them.

Imports the creation of Tensors and what is below it.
"""

from ..kernels.compiling.gathering import import_files
from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

# Importing a family registers its functions.
import_files(__name__, __path__[0])
