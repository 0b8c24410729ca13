"""All operations, one file a family. ``OPS`` is the registry that everything else follows from."""

from ..kernels.compiling.gathering import import_files
from .op import OPS, Op, op, usage

__all__ = ["OPS", "Op", "op", "usage"]

# Importing a family registers its ops.
import_files(__name__, __path__[0])
